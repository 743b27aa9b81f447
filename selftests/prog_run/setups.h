// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The setup that most cases share: one source, one pool for each family, and every role of
// packet_roles.h where a reader expects it.
#pragma once

#include "selftests/prog_run/packet_case.h"

namespace xdpmirror::test {

inline constexpr const char* kPlainProfile = R"yaml(
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, from: [10.0.1.0/24, "2001:db8:1::/64"]}
rules:
  - {name: flows6, match: {from: "2001:db8::/32", protocol: udp, port: 31756},
     send: {to: fdi6, port: 8081}}
  - {name: flows, match: {protocol: udp, port: 31756}, send: {to: fdi, port: 8081}}
  - {name: kept6, match: {from: "2001:db8::/32", port: 2055}, send: {to: fdi6}}
  - {name: kept, match: {port: 2055}, send: {to: fdi}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}
  fdi6: {collectors: [{address: "2001:db8:fd1::11"}], via: gcp}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01"}
)yaml";

inline const Setup kPlain{kPlainProfile};

inline constexpr const char* kFdi = "fdi/100.76.10.11";
inline constexpr const char* kFdi6 = "fdi6/2001:db8:fd1::11";

// Accounts of a flow packet in the plain profile.
inline const Accounts kFlows{"core", "flows", kFdi};
inline const Accounts kFlows6{"core", "flows6", kFdi6};

// The usual frames: mirrored flow packets, and what leaves for them.
inline Packet flow4(std::size_t payload = 48) {
    return mirrored().ipv4().udp().payload(payload);
}
inline Packet flow6(std::size_t payload = 48) {
    return mirrored().ipv6().udp().payload(payload);
}

inline Packet delivered4(std::size_t payload = 48) {
    return delivered()
        .ipv4({.src = kExporter, .dst = kCollector, .ttl = 63})
        .udp({.src = kExporterPort, .dst = kCollectorPort})
        .payload(payload);
}
inline Packet delivered6(std::size_t payload = 48) {
    return delivered()
        .ipv6({.src = kExporter6, .dst = kCollector6, .hop_limit = 63})
        .udp({.src = kExporterPort, .dst = kCollectorPort})
        .payload(payload);
}

}  // namespace xdpmirror::test
