// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Pools that cannot balance. Line numbers are those of profile_with().
#include "error_cases.h"

namespace xdpmirror::test {
namespace {

std::string pool(const std::string& fields) {
    return profile_with({{7, "  p: {" + fields + ", via: e}"}});
}

std::string send(const std::string& sends) {
    return profile_with({{5, "  - {name: r, send: " + sends + "}"}});
}

}  // namespace

std::vector<ErrorCase> pool_cases() {
    return {
        {"no collector", pool("collectors: []"),
         "p.yaml:7:19: pools.p.collectors is empty; give at least one entry"},
        {"collector twice",
         pool("collectors: [{address: 192.0.2.1}, {address: 192.0.2.2}, {address: 192.0.2.1}]"),
         "p.yaml:7:74: collector 192.0.2.1 stands twice in pools.p, as at p.yaml:7:20; remove one, or "
         "give one more weight"},
        {"collector twice, written otherwise",
         pool("collectors: [{address: '2001:db8::1'}, {address: '2001:DB8:0::1'}]"),
         "p.yaml:7:56: collector 2001:db8::1 stands twice in pools.p, as at p.yaml:7:20; remove one, "
         "or give one more weight"},
        {"collectors of both families",
         pool("collectors: [{address: 192.0.2.1}, {address: '2001:db8::1'}]"),
         "p.yaml:7:52: collector 2001:db8::1 in pools.p is of another address family than 192.0.2.1 "
         "at p.yaml:7:20; a packet keeps its family, so give each family its own pool"},
        {"weight 0 everywhere",
         pool("collectors: [{address: 192.0.2.1, weight: 0}, {address: 192.0.2.2, weight: 0}]"),
         "p.yaml:7:19: every collector of pools.p has weight 0, so none takes anything; give one a "
         "weight"},
        {"weight that is too large", pool("collectors: [{address: 192.0.2.1, weight: 1001}]"),
         "p.yaml:7:49: bad value 1001 for pools.p.collectors[0].weight; give a whole number from 0 "
         "to 1000 (share in relation to the others' weights; 0 takes nothing)"},
        {"all_down otherwise", pool("collectors: [{address: 192.0.2.1}], all_down: wait"),
         "p.yaml:7:53: bad value 'wait' for pools.p.all_down; give hold or drop or spread"},
        {"no send", send("[]"), "p.yaml:5:21: rules[0].send is empty; give at least one entry"},
        {"a send that is no mapping", send("[p]"),
         "p.yaml:5:22: bad value 'p' for rules[0].send[0]; give a mapping of keys (where a packet goes)"},
        {"a copy without a pool", send("[{to: p}, {port: 5}]"),
         "p.yaml:5:31: key 'to' is missing in rules[0].send[1]; add 'to: ...'"},
        {"a copy with another source", send("[{to: p}, {to: p, from: 192.0.2.9}]"),
         "p.yaml:5:39: key 'from' in rules[0].send[1] would lose the source address by which collectors know "
         "an exporter; sources are never rewritten, remove the key"},
        {"a copy to a pool that is not there", send("[{to: p}, {to: q}]"),
         "p.yaml:5:36: no pool 'q' for rules[0].send[1].to; did you mean 'p'?"},
        {"a copy to the same collector", send("[{to: p, port: 5}, {to: p, port: 5}]"),
         "p.yaml:5:45: rules[0].send[1] would send every packet to 192.0.2.1 a second time, as "
         "rules[0].send[0] does already; remove one, or give them different ports"},
        {"copies to one collector in two pools",
         profile_with({{5, "  - {name: r, send: [{to: p}, {to: q}]}"},
                       {7, "  p: {collectors: [{address: 192.0.2.1}], via: e}\n"
                           "  q: {collectors: [{address: 192.0.2.2}, {address: 192.0.2.1}], via: e}"}}),
         "p.yaml:5:36: rules[0].send[1] would send every packet to 192.0.2.1 a second time, as "
         "rules[0].send[0] does already; remove one, or give them different ports"},
        {"a copy that is balanced by more than the exporter",
         profile_with({{5, "  - {name: r, send: [{to: p}, {to: q}]}"},
                       {7, "  p: {collectors: [{address: 192.0.2.1}], via: e}\n"
                           "  q: {balance: flow, collectors: [{address: 192.0.2.2}], via: e}"}}),
         "p.yaml:5:36: rules[0].send[1] is one of several sends, and pool 'q' has 'balance: flow'; a copy "
         "finds its collector by the exporter alone, so let the pool balance by exporter"},
        {"too many copies",
         send("[{to: p, port: 1}, {to: p, port: 2}, {to: p, port: 3}, {to: p, port: 4}, {to: p, port: 5}, "
              "{to: p, port: 6}, {to: p, port: 7}, {to: p, port: 8}, {to: p, port: 9}]"),
         "p.yaml:5:21: rules[0].send has 9 entries; a packet is sent to at most 8 pools"},
        {"a copy with a port that cannot be changed",
         profile_with({{5, "  - {name: r, match: {protocol: any}, send: [{to: p}, {to: p, port: 5}]}"}}),
         "p.yaml:5:69: rules[0].send[1].port would change the port of protocol 'any', which can only be done "
         "for udp, tcp and udplite; leave the port out"},
        {"templates otherwise", pool("collectors: [{address: 192.0.2.1}], templates: always"),
         "p.yaml:7:54: bad value 'always' for pools.p.templates; give off or on_move or all"},
    };
}

}  // namespace xdpmirror::test
