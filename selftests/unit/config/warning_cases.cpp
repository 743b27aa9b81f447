// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Profiles that are accepted with remarks, and some that need none.
#include "error_cases.h"

namespace xdpmirror::test {
namespace {

std::string source(const std::string& rest) {
    return profile_with({{3, "  - {name: a, " + rest + "}"}});
}

std::string pool(const std::string& fields) {
    return profile_with({{7, "  p: {" + fields + ", via: e}"}});
}

std::string match(const std::string& fields) {
    return profile_with({{5, "  - {name: r, match: {" + fields + "}, send: {to: p}}"}});
}

// Plain packets to these destinations, and `ready` in line 10.
std::string plain(const std::string& to, const std::string& fields, const std::string& ready) {
    return profile_with({{3, "  - {name: a, plain: {to: " + to + "}}"},
                         {5, "  - {name: r, match: {" + fields + "}, send: {to: p}}"},
                         {10, "ready: {http: " + ready.substr(6) + "}"}});
}

}  // namespace

const std::vector<WarningCase>& warning_cases() {
    static const std::vector<WarningCase> cases = {
        {"nothing to remark", profile_with(), {}},
        {"what the vocabulary has and we do",
         profile_with(
             {{3,
               "  - {name: a, vxlan: {vni: 1}, from: [10.0.0.0/8], truncated: drop, checksum: "
               "update}"},
              {7,
               "  p: {balance: exporter, collectors: [{address: 192.0.2.1, weight: 7}], via: e}"},
              {9, "  e: {interface: eth1, oversize: drop}"}}),
         {}},
        {"health", pool("collectors: [{address: 192.0.2.1}], health: {icmp: {}}"), {}},
        {"several collectors",
         pool("balance: flow, collectors: [{address: 192.0.2.1}, {address: 192.0.2.2, weight: 0}], "
              "all_down: spread"),
         {}},
        {"metrics", profile_with({{1, "version: 1\nmetrics: {listen: '127.0.0.1:9435'}"}}), {}},
        {"metrics that nobody can read",
         profile_with({{10, "metrics: {}"}}),
         {"p.yaml:10:1: 'metrics' can be read nowhere; add 'textfile: PATH' or 'listen: "
          "ADDRESS:PORT'"}},
        {"ready",
         profile_with({{10, "ready: {http: ['0.0.0.0:9436', '[::]:9436'], tcp: '0.0.0.0:9437'}"}}),
         {}},
        {"ready, and nowhere to ask", profile_with({{10, "ready: {needs: [egress]}"}}),
         {"p.yaml:10:1: 'ready' answers nobody; add 'http: ADDRESS:PORT' or 'tcp: ADDRESS:PORT'"}},
        {"ready where a rule takes everything",
         plain("10.3.0.0/24", "protocol: any", "http: '10.3.0.1:9436', tcp: '10.3.0.1:9437'"),
         {"p.yaml:10:15: rule 'r' takes TCP to port 9436 of the addresses that plain source 'a' "
          "claims, and nobody is answered there; name another protocol in the rule, or listen on "
          "another port",
          "p.yaml:10:37: rule 'r' takes TCP to port 9437 of the addresses that plain source 'a' "
          "claims, and nobody is answered there; name another protocol in the rule, or listen on "
          "another port"}},
        {"ready at every address, where a rule takes TCP",
         plain("10.3.0.1", "protocol: tcp, port: 9000-9500", "http: '0.0.0.0:9436'"),
         {"p.yaml:10:15: rule 'r' takes TCP to port 9436 of the addresses that plain source 'a' "
          "claims, and nobody is answered there; name another protocol in the rule, or listen on "
          "another port"}},
        {"ready beside what a rule takes", plain("10.3.0.1", "port: 9436", "http: '0.0.0.0:9436'"), {}},
        {"ready at another port",
         plain("10.3.0.1", "protocol: tcp, port: 9437", "http: '0.0.0.0:9436'"), {}},
        {"ready at another address",
         plain("10.3.0.1", "protocol: any", "http: ['10.3.0.2:9436', '[::]:9436']"), {}},
        {"ready at another address than the rule's",
         plain("10.3.0.0/24", "protocol: any, to: 10.3.0.1", "http: '10.3.0.2:9436'"), {}},
        {"ready at an address that no packet has",
         plain("127.0.0.0/8", "protocol: any", "http: '127.0.0.1:9436'"), {}},
        {"any sender",
         source("vxlan: {vni: 1, port: 4790}"),
         {"p.yaml:3:5: source 'a' admits every sender: any host that can reach UDP port 4790 may "
          "inject "
          "packets; list the outer senders in 'from'"}},
        {"any sender, written out",
         source("vxlan: {vni: 1}, from: [0.0.0.0/0]"),
         {"p.yaml:3:5: source 'a' admits every IPv4 sender: any host that can reach UDP port 4789 "
          "may "
          "inject packets; list the outer senders in 'from'"}},
        {"any IPv6 sender",
         source("vxlan: {vni: 1}, from: [10.0.0.0/8, '::/0']"),
         {"p.yaml:3:5: source 'a' admits every IPv6 sender: any host that can reach UDP port 4789 "
          "may "
          "inject packets; list the outer senders in 'from'"}},
        {"any sender of Geneve",
         source("geneve: {port: 7000}"),
         {"p.yaml:3:5: source 'a' admits every sender: any host that can reach UDP port 7000 may "
          "inject packets; list the outer senders in 'from'"}},
        {"anybody may send plain packets, since rules claim them",
         source("plain: {to: 10.3.0.1}"),
         {}},
        {"plain packets have no VNI",
         profile_with({{3,
                        "  - {name: a, plain: {to: 10.3.0.1}}\n"
                        "  - {name: b, vxlan: {vni: 2}, from: [10.0.0.0/8]}"},
                       {5, "  - {name: r, match: {vni: 2}, send: {to: p}}"}}),
         {"p.yaml:3:5: source 'a': every rule names a VNI, which plain packets have not: none will "
          "be claimed"}},
        {"Geneve may have any VNI",
         profile_with({{3, "  - {name: a, geneve: {}, from: [10.0.0.0/8]}"},
                       {5, "  - {name: r, match: {vni: 2}, send: {to: p}}"}}),
         {}},
        {"a tunnel's port",
         match("port: 4789"),
         {"p.yaml:5:5: rule 'r' can never match: port 4789 is that of a tunnel, and mirrored "
          "packets that are tunnelled themselves are dropped as nested_tunnel"}},
        {"the other tunnel's port",
         profile_with({{3, "  - {name: a, geneve: {port: 7000}, from: [10.0.0.0/8]}"},
                       {5, "  - {name: r, match: {port: 7000}, send: {to: p}}"}}),
         {"p.yaml:5:5: rule 'r' can never match: port 7000 is that of a tunnel, and mirrored "
          "packets that are tunnelled themselves are dropped as nested_tunnel"}},
        {"a tunnel's port where plain packets may have it",
         profile_with({{3, "  - {name: a, plain: {to: 10.3.0.1}}"},
                       {5, "  - {name: r, match: {port: 4789}, send: {to: p}}"}}),
         {}},
        {"covered but for the protocol",
         profile_with({{5,
                        "  - {name: r, match: {port: 1000}, send: {to: p}}\n"
                        "  - {name: s, match: {protocol: any}, send: {to: p}}\n"
                        "  - {name: t, match: {protocol: tcp, port: 1000}, send: {to: p}}"}}),
         {"p.yaml:7:5: rule 't' can never match: rule 's' before it takes all its packets"}},
        {"covered",
         profile_with({{5,
                        "  - {name: r, match: {port: 1000-2000}, send: {to: p}}\n"
                        "  - {name: s, match: {port: 1500, vni: 1}, send: {to: p}}"}}),
         {"p.yaml:6:5: rule 's' can never match: rule 'r' before it takes all its packets"}},
        {"covered together",
         profile_with({{5,
                        "  - {name: r, match: {port: 1000-2000}, send: {to: p}}\n"
                        "  - {name: s, match: {port: 2001-3000}, send: {to: p}}\n"
                        "  - {name: t, match: {port: 1500-2500}, send: {to: p}}"}}),
         {"p.yaml:7:5: rule 't' can never match: rule 'r' and other rules before it take all its "
          "packets"}},
        {"VNI of no source",
         match("vni: 2"),
         {"p.yaml:5:5: rule 'r' can never match: no source has VNI 2",
          "p.yaml:3:5: source 'a': no rule takes VNI 1, all its packets will be dropped"}},
        {"collector of another family",
         match("from: '2001:db8::/32'"),
         {"p.yaml:5:5: rule 'r' takes IPv6 packets, but its collector 192.0.2.1 is IPv4: all of "
          "them "
          "will be dropped"}},
        {"unused",
         profile_with({{7,
                        "  p: {collectors: [{address: 192.0.2.1}], via: e}\n"
                        "  q: {collectors: [{address: 192.0.2.2}], via: e}"},
                       {9, "  e: {interface: eth1}\n  f: {interface: eth2}"}}),
         {"p.yaml:8:3: pool 'q' is used by no rule", "p.yaml:11:3: egress 'f' is used by no pool"}},
    };
    return cases;
}

}  // namespace xdpmirror::test
