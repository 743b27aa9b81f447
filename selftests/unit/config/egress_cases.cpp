// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Bad input below `egress`. Line numbers are those of profile_with().
#include "error_cases.h"

namespace xdpmirror::test {
namespace {

std::string egress(const std::string& fields) {
    return profile_with({{9, "  e: {" + fields + "}"}});
}

std::vector<ErrorCase> interface_cases() {
    return {
        {"bad interface", egress("interface: eth1:0"),
         "p.yaml:9:18: bad interface name 'eth1:0' for egress.e.interface; use 1 to 15 characters "
         "without blank, '/' or ':'"},
        {"interface too long", egress("interface: averylonginterface"),
         "p.yaml:9:18: bad interface name 'averylonginterface' for egress.e.interface; use 1 to 15 "
         "characters without blank, '/' or ':'"},
        {"interface of dots", egress("interface: '..'"),
         "p.yaml:9:18: bad interface name '..' for egress.e.interface; use 1 to 15 characters "
         "without "
         "blank, '/' or ':'"},
        {"interface of a standby", egress("interface: eth1, standby: {interface: ''}"),
         "p.yaml:9:45: bad interface name '' for egress.e.standby.interface; use 1 to 15 "
         "characters "
         "without blank, '/' or ':'"},
        {"the same way twice", egress("interface: eth1, standby: {interface: eth1}"),
         "p.yaml:9:45: egress.e.standby names 'eth1' again, as at p.yaml:9:6; give each way its own "
         "interface"},
        {"MTU below what IPv4 asks for", egress("interface: eth1, mtu: 500"),
         "p.yaml:9:29: bad value 500 for egress.e.mtu; give a whole number from 576 to 65535 "
         "(largest IP packet, bytes)"},
    };
}

std::vector<ErrorCase> next_hop_cases() {
    return {
        {"bad next hop", egress("interface: eth1, next_hop: automatic"),
         "p.yaml:9:34: bad next hop 'automatic' for egress.e.next_hop; give auto, an address or a "
         "MAC "
         "address"},
        {"next hop of a standby",
         egress("interface: eth1, standby: {interface: eth2, next_hop: x}"),
         "p.yaml:9:61: bad next hop 'x' for egress.e.standby.next_hop; give auto, an address or a "
         "MAC "
         "address"},
        {"next hop of the second standby",
         egress("interface: eth1, standby: [{interface: eth2}, {interface: eth3, next_hop: x}]"),
         "p.yaml:9:81: bad next hop 'x' for egress.e.standby[1].next_hop; give auto, an address or "
         "a MAC address"},
        {"next hop that the kernel finds", egress("interface: eth1, path: tc, next_hop: 192.0.2.9"),
         "p.yaml:9:44: next hop 192.0.2.9 does not go with egress.e: by path 'tc' the kernel finds "
         "the neighbour; leave next_hop out, or use path: redirect"},
        {"next hop multicast", egress("interface: eth1, next_hop: 224.0.0.1"),
         "p.yaml:9:34: next hop 224.0.0.1 is a multicast address; give the address of one "
         "neighbour"},
        {"next hop multicast MAC", egress("interface: eth1, next_hop: '01:00:5e:00:00:01'"),
         "p.yaml:9:34: next hop 01:00:5e:00:00:01 is a multicast MAC address; give the address of "
         "one "
         "neighbour"},
        {"next hop broadcast MAC", egress("interface: eth1, next_hop: 'ff:ff:ff:ff:ff:ff'"),
         "p.yaml:9:34: next hop ff:ff:ff:ff:ff:ff is a multicast MAC address; give the address of "
         "one "
         "neighbour"},
        {"next hop zero MAC", egress("interface: eth1, next_hop: '00:00:00:00:00:00'"),
         "p.yaml:9:34: next hop 00:00:00:00:00:00 is the zero MAC address; give the address of one "
         "neighbour"},
        {"next hop of another family", egress("interface: eth1, next_hop: '2001:db8::1'"),
         "p.yaml:9:34: next hop 2001:db8::1 cannot reach collector 192.0.2.1 at p.yaml:7:20: they "
         "are "
         "of different address families; give each family its own egress"},
    };
}

std::vector<ErrorCase> failover_cases() {
    return {
        {"hold-down that is no time", egress("interface: eth1, failover: {hold_down: soon}"),
         "p.yaml:9:46: bad value for egress.e.failover.hold_down: 'soon' is not a time from 1s to 1h, "
         "such as 60s or 2m"},
        {"time between probes that is none", egress("interface: eth1, failover: {every: 0s}"),
         "p.yaml:9:42: bad value for egress.e.failover.every: '0s' is not a time from 1s to 1h, such "
         "as 60s or 2m"},
        {"probe that is no address", egress("interface: eth1, probe: tunnel"),
         "p.yaml:9:31: bad address 'tunnel' for egress.e.probe; give an IPv4 or IPv6 address"},
        {"probe of a group", egress("interface: eth1, probe: 224.0.0.1"),
         "p.yaml:9:31: probe 224.0.0.1 is a multicast address; give the address of one host behind "
         "this way"},
    };
}

std::vector<ErrorCase> policy_routing_cases() {
    const std::string two = "  e: {interface: eth1, path: kernel, table: 100}\n  f: {interface: eth2, path: kernel";

    return {
        {"path that is none", egress("interface: eth1, path: fast"),
         "p.yaml:9:30: bad value 'fast' for egress.e.path; give auto or redirect or tx or tc or "
         "kernel"},
        {"mark without policy routing", egress("interface: eth1, mark: 7"),
         "p.yaml:9:30: 'mark' in egress.e is for policy routing, which only path: kernel asks; add "
         "path: kernel, or leave the mark out"},
        {"mark of zero", egress("interface: eth1, path: kernel, mark: 0"),
         "p.yaml:9:44: bad value 0 for egress.e.mark; give a whole number from 1 to 4294967295 "
         "(fwmark for policy routing, with path: kernel)"},
        {"mark of our own", egress("interface: eth1, path: kernel, mark: 0x786e"),
         "p.yaml:9:44: mark 0x786e in egress.e is xdpmirror's own, for packets that the kernel "
         "fragments; take another"},
        {"table without policy routing", egress("interface: eth1, table: 100"),
         "p.yaml:9:31: 'table' in egress.e is for policy routing, which only path: kernel asks; "
         "add path: kernel, or leave the table out"},
        {"table of a standby by tc",
         egress("interface: eth1, standby: {interface: eth2, path: tc, table: 100}"),
         "p.yaml:9:68: 'table' in egress.e.standby is for policy routing, which only path: kernel "
         "asks; add path: kernel, or leave the table out"},
        {"table of zero", egress("interface: eth1, path: kernel, table: 0"),
         "p.yaml:9:45: bad value 0 for egress.e.table; give a whole number from 1 to 4294967295 "
         "(routing table for packets with the mark, with path: kernel)"},
        {"table beyond 32 bits", egress("interface: eth1, path: kernel, table: 4294967296"),
         "p.yaml:9:45: bad value 4294967296 for egress.e.table; give a whole number from 1 to "
         "4294967295 (routing table for packets with the mark, with path: kernel)"},
        {"table by name", egress("interface: eth1, path: kernel, table: main"),
         "p.yaml:9:45: bad value 'main' for egress.e.table; give a whole number from 1 to "
         "4294967295 (routing table for packets with the mark, with path: kernel)"},
        {"table of the node's addresses", egress("interface: eth1, path: kernel, table: 255"),
         "p.yaml:9:45: table 255 in egress.e is the kernel's own, with the addresses of this node; "
         "packets would stay here, take another"},
        {"two tables for the mark that is the default", profile_with({{9, two + ", table: 200}"}}),
         "p.yaml:10:6: mark 0x786d leads to table 200 for 'eth2', but to table 100 for 'eth1' at "
         "p.yaml:9:6; give each its own mark"},
        {"a table that another way did not ask for", profile_with({{9, two + ", mark: 0x786d}"}}),
         "p.yaml:10:6: mark 0x786d leads to no table for 'eth2', but to table 100 for 'eth1' at "
         "p.yaml:9:6; give each its own mark"},
    };
}

}  // namespace

std::vector<ErrorCase> egress_cases() {
    std::vector<ErrorCase> all;

    for (auto& part :
         {interface_cases(), next_hop_cases(), failover_cases(), policy_routing_cases()}) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

}  // namespace xdpmirror::test
