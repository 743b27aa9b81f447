// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Pools that cannot balance. Line numbers are those of profile_with().
#include "error_cases.h"

namespace xdpmirror::test {
namespace {

std::string pool(const std::string& fields) {
    return profile_with({{7, "  p: {" + fields + ", via: e}"}});
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
        {"templates otherwise", pool("collectors: [{address: 192.0.2.1}], templates: always"),
         "p.yaml:7:54: bad value 'always' for pools.p.templates; give off or on_move or all"},
    };
}

}  // namespace xdpmirror::test
