// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The bad input. Line numbers are those of profile_with().
#include "error_cases.h"

#include <fmt/format.h>

#include "config/schema.h"
#include "config/yaml.h"

namespace xdpmirror::test {
namespace {

std::string source(const std::string& rest) {
    return profile_with({{3, "  - {name: a, " + rest + "}"}});
}

std::string match(const std::string& fields) {
    return profile_with({{5, "  - {name: r, match: {" + fields + "}, send: {to: p}}"}});
}

std::string send(const std::string& value) {
    return profile_with({{5, "  - {name: r, send: " + value + "}"}});
}

std::string pool(const std::string& fields) {
    return profile_with({{7, "  p: {" + fields + ", via: e}"}});
}

std::string collector(const std::string& address) {
    return pool("collectors: [{address: '" + address + "'}]");
}

std::string egress(const std::string& fields) {
    return profile_with({{9, "  e: {" + fields + "}"}});
}

// Ten times as many values with each line.
std::string alias_bomb() {
    std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";

    for (int i = 1; i < 9; i++) {
        text += fmt::format(
            "a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, "
            "*a{1}]\n",
            i, i - 1);
    }
    return text;
}

std::vector<ErrorCase> yaml_cases() {
    return {
        {"bracket", profile_with({{3, "  - {name: a, vxlan: {vni: 1}"}}),
         "p.yaml:5:3: not valid YAML: illegal block entry; look near here for a bracket, quote, "
         "colon or indentation"},
        {"tab", "version: 1\nsources:\n\t- x\n",
         "p.yaml:3:2: not valid YAML: illegal block entry; look near here for a bracket, quote, "
         "colon "
         "or indentation"},
        {"deep", "version: " + std::string(5000, '['),
         "p.yaml:1:1: mappings and lists stand in each other too deep; no profile needs that"},
        {"empty", "", "p.yaml:1:1: the profile is empty; begin with 'version: 1'"},
        {"comment only", "# nothing\n",
         "p.yaml:1:1: the profile is empty; begin with 'version: 1'"},
        {"two documents", profile_with({{9, "  e: {interface: eth1}\n---\nversion: 1"}}),
         "p.yaml:10:1: a second YAML document begins here; one file holds one profile"},
        {"list", "- version: 1\n",
         "p.yaml:1:1: a profile is a mapping, but here stands a list; begin with 'version: 1'"},
        {"word", "version\n",
         "p.yaml:1:1: a profile is a mapping, but here stands 'version'; begin with 'version: 1'"},
        {"list as key", "[a, b]: 1\n",
         "p.yaml:1:1: a key must be plain text, but here stands a list; write 'key: value'"},
        {"tag", "version: !!int 1\n",
         "p.yaml:1:10: tag 'tag:yaml.org,2002:int' is not supported; put text in quotes and leave "
         "the "
         "tag out"},
        {"alias loop", "version: &a [*a]\n",
         "p.yaml:1:14: the alias refers to a value that contains it; write the value out"},
        {"alias unknown", "version: *a\n",
         "p.yaml:1:10: not valid YAML: the referenced anchor is not defined; look near here for a "
         "bracket, quote, colon or indentation"},
        {"alias bomb", alias_bomb(),
         "p.yaml:6:25: more than 500000 values, aliases counted each time; make the profile "
         "smaller"},
        {"long text", source("vxlan: {vni: 1}, from: [" + std::string(1025, '1') + "]"),
         "p.yaml:3:39: text of 1025 bytes; at most 1024 bytes are possible"},
        {"long variable",
         egress("interface: '${LONG}'"),
         "p.yaml:9:18: text of 5000 bytes; at most 1024 bytes are possible",
         {{"LONG", std::string(5000, 'x')}}},
        {"duplicate key", profile_with({{9, "  e: {interface: eth1}\n  e: {interface: eth2}"}}),
         "p.yaml:10:3: key 'e' stands twice, first at p.yaml:9:3; remove one of them"},
        {"duplicate key in a flow", match("port: 1, vni: 1, port: 2"),
         "p.yaml:5:40: key 'port' stands twice, first at p.yaml:5:23; remove one of them"},
    };
}

std::vector<ErrorCase> variable_cases() {
    return {
        {"unset variable", egress("interface: '${XM_IF}'"),
         "p.yaml:9:18: variable XM_IF is not set; set it or give a default: ${XM_IF:-default}"},
        {"bad reference", egress("interface: $XM_IF"),
         "p.yaml:9:18: bad reference in '$XM_IF'; write ${NAME} or ${NAME:-default}, and $$ for a "
         "dollar sign"},
        {"variable that looks like a secret",
         egress("interface: '${WG_private_Key:-wg0}'"),
         "p.yaml:9:18: variable WG_private_Key looks like a secret by its name, but a profile is "
         "shown, recorded and backed up, and nothing in it needs one; give the variable another name",
         {{"WG_private_Key", "hush"}}},
        {"variable in a default that looks like a secret",
         egress("interface: '${XM_IF:-${SECRETS}}'"),
         "p.yaml:9:18: variable SECRETS looks like a secret by its name, but a profile is shown, "
         "recorded and backed up, and nothing in it needs one; give the variable another name",
         {{"SECRETS", "hush"}}},
        {"empty variable",
         source("vxlan: {vni: '${VNI}'}"),
         "p.yaml:3:28: bad value nothing for sources[0].vxlan.vni; give a whole number from 0 to "
         "16777215 (24-bit VXLAN network identifier)",
         {{"VNI", ""}}},
        {"variable of a wrong type",
         source("vxlan: {vni: '${VNI}'}"),
         "p.yaml:3:28: bad value 'x' for sources[0].vxlan.vni; give a whole number from 0 to "
         "16777215 "
         "(24-bit VXLAN network identifier)",
         {{"VNI", "x"}}},
    };
}

std::vector<ErrorCase> version_cases() {
    return {
        {"no version", profile_with({{1, "metrics: {}"}}),
         "p.yaml:1:1: key 'version' is missing; add 'version: 1'"},
        {"other version", profile_with({{1, "version: 2"}}),
         "p.yaml:1:10: version 2 is not known; this xdpmirror reads 'version: 1'"},
        {"version as text", profile_with({{1, "version: '1'"}}),
         "p.yaml:1:10: version '1' is not known; this xdpmirror reads 'version: 1'"},
        {"version with a dot", profile_with({{1, "version: 1.0"}}),
         "p.yaml:1:10: version 1.0 is not known; this xdpmirror reads 'version: 1'"},
        {"version from a variable", profile_with({{1, "version: '${V}'"}}),
         "p.yaml:1:10: variable V is not set; set it or give a default: ${V:-default}"},
    };
}

std::vector<ErrorCase> key_cases() {
    return {
        {"unknown key", match("prot: udp"),
         "p.yaml:5:23: unknown key 'prot' in rules[0].match; did you mean 'protocol'?"},
        {"unknown key at the top", profile_with({{2, "source:"}}),
         "p.yaml:2:1: unknown key 'source' in the profile; did you mean 'sources'?"},
        {"unknown key without a neighbour",
         profile_with({{9, "  e: {interface: eth1, colour: red}"}}),
         "p.yaml:9:24: unknown key 'colour' in egress.e; known keys: failover, "
         "interface, mark, mtu, next_hop, oversize, path, probe, standby, table"},
        {"merge key", "version: 1\n<<: {sources: []}\n",
         "p.yaml:2:1: unknown key '<<' in the profile; known keys: egress, extends, metrics, "
         "pools, ready, "
         "rules, sources, version"},
        {"the first of two",
         profile_with(
             {{5, "  - {name: r, mach: {port: 1}, send: {to: p}}"}, {9, "  e: {interfaze: eth1}"}}),
         "p.yaml:5:15: unknown key 'mach' in rules[0]; did you mean 'match'?"},
        {"source rewriting", send("{to: p, snat: 192.0.2.9}"),
         "p.yaml:5:29: key 'snat' in rules[0].send would lose the source address by which "
         "collectors "
         "know an exporter; sources are never rewritten, remove the key"},
        {"source rewriting by 'from'", send("{to: p, from: 192.0.2.9}"),
         "p.yaml:5:29: key 'from' in rules[0].send would lose the source address by which "
         "collectors "
         "know an exporter; sources are never rewritten, remove the key"},
        {"masquerade", egress("interface: eth1, masquerade: true"),
         "p.yaml:9:24: key 'masquerade' in egress.e would lose the source address by which "
         "collectors "
         "know an exporter; sources are never rewritten, remove the key"},
        {"missing section", profile_with({{8, ""}, {9, ""}}),
         "p.yaml:1:1: key 'egress' is missing in the profile; add 'egress: ...'"},
        {"missing name", profile_with({{3, "  - {vxlan: {vni: 1}}"}}),
         "p.yaml:3:5: key 'name' is missing in sources[0]; add 'name: ...'"},
        {"missing target", send("{port: 1}"),
         "p.yaml:5:21: key 'to' is missing in rules[0].send; add 'to: ...'"},
        {"missing VNI", source("vxlan: {port: 1}"),
         "p.yaml:3:22: key 'vni' is missing in sources[0].vxlan; add 'vni: ...'"},
        {"missing egress of a pool",
         profile_with({{7, "  p: {collectors: [{address: 192.0.2.1}]}"}}),
         "p.yaml:7:6: key 'via' is missing in pools.p; add 'via: ...'"},
        {"empty sources", profile_with({{2, "sources: []"}, {3, ""}}),
         "p.yaml:2:10: sources is empty; give at least one entry"},
        {"nothing in sources", profile_with({{3, ""}}),
         "p.yaml:2:1: bad value nothing for sources; give a list (who may send mirrored packets, "
         "and "
         "how they are wrapped)"},
        {"empty rules", profile_with({{4, "rules: []"}, {5, ""}}),
         "p.yaml:4:8: rules is empty; give at least one entry"},
        {"empty pools", profile_with({{6, "pools: {}"}, {7, ""}}),
         "p.yaml:6:8: pools is empty; give at least one entry"},
        {"empty egress", profile_with({{8, "egress: {}"}, {9, ""}}),
         "p.yaml:8:9: egress is empty; give at least one entry"},
        {"empty from", source("vxlan: {vni: 1}, from: []"),
         "p.yaml:3:38: sources[0].from is empty; give at least one entry"},
        {"empty collectors", pool("collectors: []"),
         "p.yaml:7:19: pools.p.collectors is empty; give at least one entry"},
    };
}

std::vector<ErrorCase> value_cases() {
    const std::string port = "give a whole number from 1 to 65535 (UDP port)";
    const std::string range = "give a port from 1 to 65535 or a range such as 2055-2060";
    const std::string vni =
        "give a whole number from 0 to 16777215 (24-bit VXLAN network identifier)";

    return {
        {"VNI too large", source("vxlan: {vni: 16777216}"),
         "p.yaml:3:28: bad value 16777216 for sources[0].vxlan.vni; " + vni},
        {"VNI negative", source("vxlan: {vni: -1}"),
         "p.yaml:3:28: bad value -1 for sources[0].vxlan.vni; " + vni},
        {"VNI beyond any integer", source("vxlan: {vni: 99999999999999999999}"),
         "p.yaml:3:28: bad value 99999999999999999999 for sources[0].vxlan.vni; " + vni},
        {"VNI of a rule", match("vni: 16777216"),
         "p.yaml:5:28: bad value 16777216 for rules[0].match.vni; " + vni},
        {"VXLAN port 0", source("vxlan: {vni: 1, port: 0}"),
         "p.yaml:3:37: bad value 0 for sources[0].vxlan.port; " + port},
        {"target port 0", send("{to: p, port: 0}"),
         "p.yaml:5:35: bad value 0 for rules[0].send.port; " + port},
        {"target port too large", send("{to: p, port: 65536}"),
         "p.yaml:5:35: bad value 65536 for rules[0].send.port; " + port},
        {"target port in quotes", send("{to: p, port: '8081'}"),
         "p.yaml:5:35: bad value '8081' for rules[0].send.port; " + port},
        {"port 0", match("port: 0"), "p.yaml:5:29: bad value 0 for rules[0].match.port; " + range},
        {"port too large", match("port: 65536"),
         "p.yaml:5:29: bad value 65536 for rules[0].match.port; " + range},
        {"port with a fraction", match("port: 1.5"),
         "p.yaml:5:29: bad value 1.5 for rules[0].match.port; " + range},
        {"port is a word", match("port: http"),
         "p.yaml:5:29: bad port 'http' for rules[0].match.port; " + range},
        {"range from 0", match("port: 0-10"),
         "p.yaml:5:29: bad port '0-10' for rules[0].match.port; " + range},
        {"range too far", match("port: 1-65536"),
         "p.yaml:5:29: bad port '1-65536' for rules[0].match.port; " + range},
        {"range without an end", match("port: 1-"),
         "p.yaml:5:29: bad port '1-' for rules[0].match.port; " + range},
        {"range of three", match("port: 1-2-3"),
         "p.yaml:5:29: bad port '1-2-3' for rules[0].match.port; " + range},
        {"range reversed", match("port: 2060-2055"),
         "p.yaml:5:29: port range '2060-2055' for rules[0].match.port is reversed; did you mean "
         "2055-2060?"},
        {"send as text", send("p"),
         "p.yaml:5:21: bad value 'p' for rules[0].send; give {to: POOL, port: N}, or a list of them"},
        {"list as port", match("port: [1, 2]"),
         "p.yaml:5:29: bad value a list for rules[0].match.port; " + range},
        {"name is a number", profile_with({{3, "  - {name: 10, vxlan: {vni: 1}}"}}),
         "p.yaml:3:12: bad value 10 for sources[0].name; give text in quotes"},
        {"rules as mapping", profile_with({{5, "  r: {send: {to: p}}"}}),
         "p.yaml:5:3: bad value a mapping for rules; give a list (which inner packets go where; "
         "the "
         "first rule that matches wins)"},
        {"pools as list", profile_with({{7, "  - p"}}),
         "p.yaml:7:3: bad value a list for pools; give a mapping of keys (named sets of "
         "collectors)"},
        {"from as text", source("vxlan: {vni: 1}, from: 10.0.0.0/8"),
         "p.yaml:3:38: bad value '10.0.0.0/8' for sources[0].from; give a list (outer senders that "
         "are admitted; everybody if left out)"},
        {"from as number", source("vxlan: {vni: 1}, from: [10]"),
         "p.yaml:3:39: bad value 10 for sources[0].from[0]; give text in quotes (IPv4 or IPv6 "
         "prefix "
         "or address)"},
        {"from with nothing in it", source("vxlan: {vni: 1}, from: [~]"),
         "p.yaml:3:39: bad value nothing for sources[0].from[0]; give text (IPv4 or IPv6 prefix or "
         "address)"},
        {"truncated otherwise", source("vxlan: {vni: 1}, truncated: cut"),
         "p.yaml:3:43: bad value 'cut' for sources[0].truncated; give drop or forward"},
        {"balance otherwise", pool("collectors: [{address: 192.0.2.1}], balance: random"),
         "p.yaml:7:52: bad value 'random' for pools.p.balance; give exporter or exporter_port "
         "or flow"},
        {"empty duration", pool("collectors: [{address: 192.0.2.1}], health: {every: ''}"),
         "p.yaml:7:59: bad value '' for pools.p.health.every; give text (duration such as 2s)"},
        {"extends in a wrong type", profile_with({{1, "version: 1\nextends: [a]"}}),
         "p.yaml:2:10: bad value a list for extends; give the name or the path of a profile"},
        {"name with a blank", profile_with({{3, "  - {name: a b, vxlan: {vni: 1}}"}}),
         "p.yaml:3:12: bad name 'a b' in sources[0].name; use 1 to 63 letters, digits, '.', '_' or "
         "'-'"},
        {"name too long",
         profile_with({{5, "  - {name: " + std::string(64, 'x') + ", send: {to: p}}"}}),
         "p.yaml:5:12: bad name '" + std::string(64, 'x') +
             "' in rules[0].name; use 1 to 63 letters, digits, '.', '_' or '-'"},
        {"name empty", profile_with({{5, "  - {name: '', send: {to: p}}"}}),
         "p.yaml:5:12: bad name '' in rules[0].name; use 1 to 63 letters, digits, '.', '_' or '-'"},
        {"pool name with a slash",
         profile_with({{7, "  p/q: {collectors: [{address: 192.0.2.1}], via: e}"}}),
         "p.yaml:7:3: bad name 'p/q' in pools; use 1 to 63 letters, digits, '.', '_' or '-'"},
        {"egress name too long",
         profile_with({{9, "  " + std::string(64, 'x') + ": {interface: eth1}"}}),
         "p.yaml:9:3: bad name '" + std::string(64, 'x') +
             "' in egress; use 1 to 63 letters, digits, '.', '_' or '-'"},
    };
}

std::vector<ErrorCase> address_cases() {
    return {
        {"bad address", collector("10.0.0.300"),
         "p.yaml:7:30: bad address '10.0.0.300' for pools.p.collectors[0].address; give an IPv4 or "
         "IPv6 address"},
        {"host name", collector("collector.example"),
         "p.yaml:7:30: bad address 'collector.example' for pools.p.collectors[0].address; give an "
         "IPv4 "
         "or IPv6 address"},
        {"collector as prefix", collector("10.0.0.1/32"),
         "p.yaml:7:30: bad address '10.0.0.1/32' for pools.p.collectors[0].address; give one "
         "address "
         "without a length"},
        {"collector with host bits", collector("10.0.0.1/8"),
         "p.yaml:7:30: bad address '10.0.0.1/8' for pools.p.collectors[0].address; give one "
         "address "
         "without a length"},
        {"collector unspecified", collector("0.0.0.0"),
         "p.yaml:7:30: collector address 0.0.0.0 is the unspecified address; give the address of "
         "one "
         "host"},
        {"collector multicast", collector("ff02::1"),
         "p.yaml:7:30: collector address ff02::1 is a multicast address; give the address of one "
         "host"},
        {"collector loopback", collector("127.0.0.1"),
         "p.yaml:7:30: collector address 127.0.0.1 is a loopback address; give the address of one "
         "host"},
        {"collector broadcast", collector("255.255.255.255"),
         "p.yaml:7:30: collector address 255.255.255.255 is the broadcast address; give the "
         "address of "
         "one host"},
        {"collector mapped", collector("::ffff:10.0.0.1"),
         "p.yaml:7:30: collector address ::ffff:10.0.0.1 is IPv4 in IPv6 notation; give the "
         "address of "
         "one host"},
        {"bad prefix", source("vxlan: {vni: 1}, from: [10.0.0.0/33]"),
         "p.yaml:3:39: bad prefix '10.0.0.0/33' for sources[0].from[0]; give an address with or "
         "without a length, such as 10.0.0.0/16 or 2001:db8::/32"},
        {"host bits", source("vxlan: {vni: 1}, from: [10.0.0.0/8, 10.0.5.1/16]"),
         "p.yaml:3:51: prefix '10.0.5.1/16' for sources[0].from[1] has bits set behind its length; "
         "did "
         "you mean 10.0.0.0/16?"},
        {"host bits in IPv6", match("from: '2001:db8::1/64'"),
         "p.yaml:5:29: prefix '2001:db8::1/64' for rules[0].match.from has bits set behind its "
         "length; "
         "did you mean 2001:db8::/64?"},
        {"mapped prefix", source("vxlan: {vni: 1}, from: ['::ffff:10.0.0.0/104']"),
         "p.yaml:3:39: prefix '::ffff:10.0.0.0/104' for sources[0].from[0] is IPv4 in IPv6 "
         "notation; "
         "write the IPv4 prefix"},
        {"two families", match("from: 10.0.0.0/8, to: '::/0'"),
         "p.yaml:5:22: rules[0].match has 'from' 10.0.0.0/8 and 'to' ::/0: no packet has both; use "
         "one "
         "address family"},
    };
}

std::vector<ErrorCase> text_cases() {
    const std::string cut = "\xc3\xbc\x80\x80\x80\x80\x80\x80\x80";

    return {
        {"value that is not UTF-8", source("vxlan: {vni: 1}, x: '" + cut + "'"),
         "p.yaml:3:35: the value is not UTF-8 text; save the file, or set the variable, in UTF-8"},
        {"key that is not UTF-8", source("vxlan: {vni: 1}, '\xed\xa0\x80': 1"),
         "p.yaml:3:32: the key is not UTF-8 text; save the file, or set the variable, in UTF-8"},
        {"variable that is not UTF-8",
         source("vxlan: {vni: 1}, from: ['${FROM}']"),
         "p.yaml:3:39: the value is not UTF-8 text; save the file, or set the variable, in UTF-8",
         {{"FROM", "10.0.0.0/8\xff"}}},
    };
}

std::vector<ErrorCase> way_in_cases() {
    return {
        {"no encapsulation", source("from: [10.0.0.0/8]"),
         "p.yaml:3:5: sources[0] does not say how its packets come in; add 'vxlan: {vni: ...}', "
         "'geneve: {}' or 'plain: {to: ...}'"},
        {"two encapsulations", source("vxlan: {vni: 1}, geneve: {}"),
         "p.yaml:3:32: sources[0] has 'vxlan' and 'geneve'; a source has one way in, remove one of "
         "them"},
        {"plain and Geneve", source("plain: {to: 10.3.0.1/32}, geneve: {}"),
         "p.yaml:3:15: sources[0] has 'geneve' and 'plain'; a source has one way in, remove one of "
         "them"},
        {"plain to nowhere", source("plain: {}"),
         "p.yaml:3:22: key 'to' is missing in sources[0].plain; add 'to: ...'"},
        {"plain to an empty list", source("plain: {to: []}"),
         "p.yaml:3:27: sources[0].plain.to is empty; give at least one entry"},
        {"plain to a number", source("plain: {to: 10}"),
         "p.yaml:3:27: bad value 10 for sources[0].plain.to; give prefix, or list of prefixes, of "
         "the destinations that are claimed"},
        {"plain to a mapped prefix", source("plain: {to: ['::ffff:10.3.0.1']}"),
         "p.yaml:3:28: prefix '::ffff:10.3.0.1' for sources[0].plain.to[0] is IPv4 in IPv6 "
         "notation; write the IPv4 prefix"},
        {"plain to host bits", source("plain: {to: 10.3.0.1/24}"),
         "p.yaml:3:27: prefix '10.3.0.1/24' for sources[0].plain.to has bits set behind its "
         "length; "
         "did you mean 10.3.0.0/24?"},
        {"plain twice to the same", source("plain: {to: [10.3.0.1, 10.3.0.1/32]}"),
         "p.yaml:3:38: prefix 10.3.0.1/32 stands twice in sources[0].plain.to; remove one of them"},
        {"plain and strict", source("plain: {to: 10.3.0.1}, strict: true"),
         "p.yaml:3:38: 'strict' in sources[0] does not go with 'plain'; there is no VXLAN header "
         "to "
         "be strict about, remove it"},
        {"plain and exporters", source("plain: {to: 10.3.0.1}, exporters: [10.0.0.0/8]"),
         "p.yaml:3:38: 'exporters' in sources[0] does not go with 'plain'; name them in 'from'"},
        {"plain and truncated", source("plain: {to: 10.3.0.1}, truncated: drop"),
         "p.yaml:3:38: 'truncated' in sources[0] does not go with 'plain'; nothing cuts plain "
         "packets, remove it"},
        {"plain claimed twice",
         profile_with({{3,
                        "  - {name: a, plain: {to: 10.3.0.1}}\n"
                        "  - {name: b, plain: {to: [10.4.0.0/16, 10.3.0.1/32]}}"}}),
         "p.yaml:4:41: destination 10.3.0.1/32 is already claimed by source 'a' at p.yaml:3:5; a "
         "packet belongs to one source, remove it from one of them"},
        {"plain claimed twice without a list",
         profile_with({{3,
                        "  - {name: a, plain: {to: [10.4.0.0/16, 10.3.0.1]}}\n"
                        "  - {name: b, plain: {to: 10.3.0.1/32}, from: [10.0.0.0/8]}"}}),
         "p.yaml:4:27: destination 10.3.0.1/32 is already claimed by source 'a' at p.yaml:3:5; a "
         "packet belongs to one source, remove it from one of them"},
        {"other is unknown", source("geneve: {other: keep}"),
         "p.yaml:3:31: bad value 'keep' for sources[0].geneve.other; give drop or pass"},
        {"Geneve ports",
         profile_with({{3,
                        "  - {name: a, geneve: {vni: 1}}\n"
                        "  - {name: b, geneve: {vni: 2, port: 7000}}"}}),
         "p.yaml:4:38: Geneve port 7000 differs from port 6081 at p.yaml:3:23; give all sources "
         "the "
         "same port"},
        {"one port for both",
         profile_with({{3,
                        "  - {name: a, vxlan: {vni: 1, port: 6081}}\n"
                        "  - {name: b, geneve: {vni: 2}}"}}),
         "p.yaml:4:23: port 6081 is both for VXLAN and for Geneve; give each its own"},
        {"one port for both, VXLAN last",
         profile_with({{3,
                        "  - {name: b, geneve: {vni: 2, port: 8472}}\n"
                        "  - {name: a, vxlan: {vni: 1, port: 8472}}"}}),
         "p.yaml:3:38: port 8472 is both for VXLAN and for Geneve; give each its own"},
        {"one port for both, VXLAN inside only", source("geneve: {port: 4789}"),
         "p.yaml:3:30: port 4789 is both for VXLAN and for Geneve; give each its own"},
        {"the same Geneve sender twice",
         profile_with({{3,
                        "  - {name: a, geneve: {}, from: [10.0.0.0/8]}\n"
                        "  - {name: b, geneve: {}, from: [10.0.0.0/8]}"}}),
         "p.yaml:4:34: prefix 10.0.0.0/8 with VNI left out is already in source 'a' at p.yaml:3:5; "
         "a packet belongs to one source, remove it from one of them"},
        {"the same sender for the same Geneve VNI",
         profile_with({{3,
                        "  - {name: a, geneve: {vni: 7}, from: [10.0.0.0/8]}\n"
                        "  - {name: v, vxlan: {vni: 7}, from: [10.0.0.0/8]}\n"
                        "  - {name: b, geneve: {vni: 7}, from: [10.0.0.0/8]}"}}),
         "p.yaml:5:40: prefix 10.0.0.0/8 with VNI 7 is already in source 'a' at p.yaml:3:5; a "
         "packet belongs to one source, remove it from one of them"},
        {"nothing in Geneve", source("geneve: "),
         "p.yaml:3:15: bad value nothing for sources[0].geneve; give a mapping of keys (VXLAN "
         "inside Geneve, as a gateway load balancer sends it)"},
        {"key of Geneve", source("geneve: {vin: 1}"),
         "p.yaml:3:24: unknown key 'vin' in sources[0].geneve; did you mean 'vni'?"},
        {"Geneve VNI", source("geneve: {vni: 16777216}"),
         "p.yaml:3:29: bad value 16777216 for sources[0].geneve.vni; give a whole number from 0 to "
         "16777215 (24-bit VXLAN network identifier)"},
        {"Geneve port", source("geneve: {port: 0}"),
         "p.yaml:3:30: bad value 0 for sources[0].geneve.port; give a whole number from 1 to 65535 "
         "(UDP port)"},
        {"no exporters", source("vxlan: {vni: 1}, exporters: []"),
         "p.yaml:3:43: sources[0].exporters is empty; give at least one entry"},
        {"exporters twice", source("vxlan: {vni: 1}, exporters: [10.0.0.1, 10.0.0.1/32]"),
         "p.yaml:3:54: prefix 10.0.0.1/32 stands twice in sources[0].exporters; remove one of "
         "them"},
        {"exporters mapped", source("geneve: {}, exporters: ['::ffff:10.0.0.0/104']"),
         "p.yaml:3:39: prefix '::ffff:10.0.0.0/104' for sources[0].exporters[0] is IPv4 in IPv6 "
         "notation; write the IPv4 prefix"},
        {"exporters with host bits", source("vxlan: {vni: 1}, exporters: [10.0.0.1/8]"),
         "p.yaml:3:44: prefix '10.0.0.1/8' for sources[0].exporters[0] has bits set behind its "
         "length; did you mean 10.0.0.0/8?"},
        {"strict is yes or no", source("vxlan: {vni: 1}, strict: 2"),
         "p.yaml:3:40: bad value 2 for sources[0].strict; give true or false (refuse VXLAN headers "
         "with reserved bits set)"},
    };
}

std::vector<ErrorCase> protocol_cases() {
    return {
        {"unknown protocol", match("protocol: upd"),
         "p.yaml:5:33: unknown protocol 'upd' for rules[0].match.protocol; did you mean 'udp'?"},
        {"protocol without a neighbour", match("protocol: ospf"),
         "p.yaml:5:33: unknown protocol 'ospf' for rules[0].match.protocol; use: udp, tcp, icmp, "
         "icmpv6, sctp, gre, esp, ah, udplite, dccp, any"},
        {"protocol number negative", match("protocol: -1"),
         "p.yaml:5:33: bad value -1 for rules[0].match.protocol; give a name such as udp, or any, "
         "or a number from 0 to 255"},
        {"protocol number too large", match("protocol: 256"),
         "p.yaml:5:33: bad value 256 for rules[0].match.protocol; give a name such as udp, or any, "
         "or a number from 0 to 255"},
        {"port without ports", match("protocol: icmp, port: 7"),
         "p.yaml:5:45: rules[0].match.port asks for a port, but protocol 'icmp' has none; use udp, "
         "tcp, sctp, udplite or dccp, or leave the port out"},
        {"port of any protocol", match("protocol: any, port: 7"),
         "p.yaml:5:44: rules[0].match.port asks for a port, but protocol 'any' has none; use udp, "
         "tcp, sctp, udplite or dccp, or leave the port out"},
        {"port of a numbered protocol", match("protocol: 89, port: 7"),
         "p.yaml:5:43: rules[0].match.port asks for a port, but protocol '89' has none; use udp, "
         "tcp, sctp, udplite or dccp, or leave the port out"},
        {"a port of any protocol that cannot change",
         profile_with({{5, "  - {name: r, match: {protocol: any}, send: {to: p, port: 9}}"}}),
         "p.yaml:5:59: rules[0].send.port would change the port of protocol 'any', which can only "
         "be done for udp, tcp and udplite; leave the port out"},
        {"a port by number that cannot change",
         profile_with({{5, "  - {name: r, match: {protocol: 33}, send: {to: p, port: 9}}"}}),
         "p.yaml:5:58: rules[0].send.port would change the port of protocol 'dccp', which can only "
         "be done for udp, tcp and udplite; leave the port out"},
        {"a port that cannot change",
         profile_with({{5, "  - {name: r, match: {protocol: sctp}, send: {to: p, port: 9}}"}}),
         "p.yaml:5:60: rules[0].send.port would change the port of protocol 'sctp', which can only "
         "be done for udp, tcp and udplite; leave the port out"},
    };
}

std::vector<ErrorCase> reference_cases() {
    return {
        {"source name twice",
         profile_with({{3, "  - {name: a, vxlan: {vni: 1}}\n  - {name: a, vxlan: {vni: 2}}"}}),
         "p.yaml:4:12: name 'a' is taken by sources[0] at p.yaml:3:12; give each its own name"},
        {"rule name twice",
         profile_with({{5,
                        "  - {name: r, send: {to: p}}\n  - {name: s, send: {to: p}}\n"
                        "  - {name: r, send: {to: p}}"}}),
         "p.yaml:7:12: name 'r' is taken by rules[0] at p.yaml:5:12; give each its own name"},
        {"prefix twice", source("vxlan: {vni: 1}, from: [10.0.0.1, 10.0.0.1/32]"),
         "p.yaml:3:49: prefix 10.0.0.1/32 stands twice in sources[0].from; remove one of them"},
        {"prefix of two sources",
         profile_with({{3,
                        "  - {name: a, vxlan: {vni: 1}, from: [10.0.0.0/8]}\n"
                        "  - {name: b, vxlan: {vni: 1}, from: [10.1.0.0/16, 10.0.0.0/8]}"}}),
         "p.yaml:4:52: prefix 10.0.0.0/8 with VNI 1 is already in source 'a' at p.yaml:3:5; a "
         "packet "
         "belongs to one source, remove it from one of them"},
        {"everybody twice",
         profile_with({{3, "  - {name: a, vxlan: {vni: 1}}\n  - {name: b, vxlan: {vni: 1}}"}}),
         "p.yaml:4:5: prefix 0.0.0.0/0 with VNI 1 is already in source 'a' at p.yaml:3:5; a packet "
         "belongs to one source, remove it from one of them"},
        {"two VXLAN ports",
         profile_with(
             {{3, "  - {name: a, vxlan: {vni: 1}}\n  - {name: b, vxlan: {vni: 2, port: 4790}}"}}),
         "p.yaml:4:37: VXLAN port 4790 differs from port 4789 at p.yaml:3:22; give all sources the "
         "same port"},
        {"missing pool", send("{to: q}"),
         "p.yaml:5:26: no pool 'q' for rules[0].send.to; did you mean 'p'?"},
        {"missing pool without a neighbour", send("{to: collectors}"),
         "p.yaml:5:26: no pool 'collectors' for rules[0].send.to; known pools: p"},
        {"missing egress",
         profile_with({{7, "  p: {collectors: [{address: 192.0.2.1}], via: eth1}"}}),
         "p.yaml:7:48: no egress 'eth1' for pools.p.via; known egress: e"},
    };
}

}  // namespace

const std::vector<ErrorCase>& error_cases() {
    static const std::vector<ErrorCase> cases = [] {
        std::vector<ErrorCase> all;
        for (const auto& part :
             {yaml_cases(), variable_cases(), version_cases(), key_cases(), value_cases(),
              address_cases(), egress_cases(), pool_cases(), health_cases(), metrics_cases(), ready_cases(),
              text_cases(), way_in_cases(), protocol_cases(), reference_cases()}) {
            all.insert(all.end(), part.begin(), part.end());
        }
        return all;
    }();
    return cases;
}

std::string foreign_schema_error() {
    auto tree = parse_yaml("a: 3\n", "p.yaml");
    auto done = check_schema(*tree, R"({"properties": {"a": {"multipleOf": 2}}})");

    return done ? "" : done.error().what;
}

}  // namespace xdpmirror::test
