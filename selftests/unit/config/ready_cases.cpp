// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Bad `ready`. It begins in column 8 of line 10.
#include "error_cases.h"

namespace xdpmirror::test {
namespace {

std::string ready(const std::string& fields) {
    return profile_with({{10, "ready: {" + fields + "}"}});
}

}  // namespace

std::vector<ErrorCase> ready_cases() {
    return {
        {"ready: ready misspelt", ready("htp: 1"),
         "p.yaml:10:9: unknown key 'htp' in ready; did you mean 'http'?"},
        {"ready: ready is a mapping", profile_with({{10, "ready: true"}}),
         "p.yaml:10:8: bad value true for ready; give a mapping of keys (when load balancers may "
         "send packets here, and where they ask)"},
        {"ready: port without an address", ready("http: 9436"),
         "p.yaml:10:15: bad value 9436 for ready.http; give ADDRESS:PORT, or a list of these"},
        {"ready: address without a port", ready("http: 0.0.0.0"),
         "p.yaml:10:15: bad listen address '0.0.0.0' for ready.http; give ADDRESS:PORT, such as "
         "0.0.0.0:9436 or \"[::]:9436\""},
        {"ready: every address by leaving it out", ready("tcp: ':9437'"),
         "p.yaml:10:14: bad listen address ':9437' for ready.tcp; give ADDRESS:PORT, such as "
         "0.0.0.0:9436 or \"[::]:9436\""},
        {"ready: IPv6 without brackets", ready("http: '::1:9436'"),
         "p.yaml:10:15: bad listen address '::1:9436' for ready.http; give ADDRESS:PORT, such as "
         "0.0.0.0:9436 or \"[::]:9436\""},
        {"ready: IPv4 in brackets", ready("http: '[127.0.0.1]:9436'"),
         "p.yaml:10:15: bad listen address '[127.0.0.1]:9436' for ready.http; give ADDRESS:PORT, "
         "such as "
         "0.0.0.0:9436 or \"[::]:9436\""},
        {"ready: port 0", ready("http: '0.0.0.0:0'"),
         "p.yaml:10:15: bad listen address '0.0.0.0:0' for ready.http; give ADDRESS:PORT, such as "
         "0.0.0.0:9436 or \"[::]:9436\""},
        {"ready: port too large", ready("http: '0.0.0.0:65536'"),
         "p.yaml:10:15: bad listen address '0.0.0.0:65536' for ready.http; give ADDRESS:PORT, such "
         "as "
         "0.0.0.0:9436 or \"[::]:9436\""},
        {"ready: something behind the port", ready("http: ['0.0.0.0:9436', '[::]:9436/readyz']"),
         "p.yaml:10:32: bad listen address '[::]:9436/readyz' for ready.http[1]; give "
         "ADDRESS:PORT, such "
         "as 0.0.0.0:9436 or \"[::]:9436\""},
        {"ready: a name", ready("http: 'localhost:9436'"),
         "p.yaml:10:15: bad listen address 'localhost:9436' for ready.http; give ADDRESS:PORT, "
         "such as "
         "0.0.0.0:9436 or \"[::]:9436\""},
        {"ready: no address", ready("http: []"),
         "p.yaml:10:15: ready.http is empty; give at least one entry"},
        {"ready: multicast", ready("tcp: '224.0.0.1:9437'"),
         "p.yaml:10:14: cannot listen on 224.0.0.1 for ready.tcp: it is a multicast address; give "
         "an address of this node"},
        {"ready: IPv4 in IPv6 notation", ready("tcp: '[::ffff:192.0.2.1]:9437'"),
         "p.yaml:10:14: cannot listen on ::ffff:192.0.2.1 for ready.tcp: it is IPv4 in IPv6 "
         "notation; give an address of this node"},
        {"ready: HTTP and TCP on one port", ready("http: '0.0.0.0:9436', tcp: '192.0.2.1:9436'"),
         "p.yaml:10:36: 192.0.2.1:9436 overlaps with 0.0.0.0:9436 at p.yaml:10:15; give each its "
         "own port"},
        {"ready: the same twice", ready("tcp: ['[::1]:9437', '[0::1]:9437']"),
         "p.yaml:10:29: [::1]:9437 overlaps with [::1]:9437 at p.yaml:10:15; give each its own "
         "port"},
        {"ready: need misspelt", ready("needs: [attached, nexthop]"),
         "p.yaml:10:27: bad value 'nexthop' for ready.needs[1]; give attached or egress or "
         "next_hop or collectors"},
        {"ready: no need", ready("needs: []"),
         "p.yaml:10:16: ready.needs is empty; give at least one entry"},
        {"ready: pool misspelt",
         profile_with({{7, "  fdi: {collectors: [{address: 192.0.2.1}], via: e}"},
                       {5, "  - {name: r, send: {to: fdi}}"},
                       {10, "ready: {pools: [fdi, fid]}"}}),
         "p.yaml:10:22: no pool 'fid' for ready.pools[1]; did you mean 'fdi'?"},
        {"ready: no pool", ready("pools: []"),
         "p.yaml:10:16: ready.pools is empty; give at least one entry"},
    };
}

}  // namespace xdpmirror::test
