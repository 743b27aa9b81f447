// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/fuzzing/profiles.h"

namespace xdpmirror::fuzz {
namespace {

constexpr const char* kVxlan = R"yaml(
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, from: [10.0.1.0/24, "2001:db8:1::/64"]}
  - {name: edge, vxlan: {vni: 4242}, from: [10.0.1.128/25, 10.0.1.200]}
  - {name: open, vxlan: {vni: 1}}
rules:
  - {name: flows6, match: {from: "2000::/3", port: 31756}, send: {to: fdi6, port: 8081}}
  - {name: flows, match: {from: 0.0.0.0/0, protocol: udp, port: 31756}, send: {to: fdi, port: 8081}}
  - {name: kept, match: {vni: 1, port: 2055}, send: {to: fdi}}
  - {name: mixed, match: {from: 192.168.0.0/16}, send: {to: fdi6, port: 9}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}
  fdi6: {collectors: [{address: "2001:db8:fd1::11"}], via: gcp}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01"}
)yaml";

constexpr const char* kEverything = R"yaml(
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, from: [10.0.1.0/24, "2001:db8:1::/64"]}
  - {name: odd, vxlan: {vni: 4242}, from: [10.0.1.128/25, "2001:db8:1:0:8000::/65"], strict: true,
     exporters: [192.168.0.0/16, 172.16.0.0/12, "2001:db8::/32"], truncated: forward, checksum: zero}
  - {name: balancer, geneve: {vni: 7}, from: [10.9.0.0/16, "2001:db8:9::/48"],
     checksum: recompute}
  - {name: balancers, geneve: {other: pass}, from: [10.8.0.0/15, "2001:db8:8::/47"],
     truncated: forward, checksum: recompute}
  - {name: routers, plain: {to: [10.50.0.0/16, "2001:db8:50::/48"]},
     from: [192.168.0.0/16, "2001:db8::/32"]}
  - {name: router, plain: {to: [10.50.7.0/24, "2001:db8:50:7::/64"]}, checksum: zero}
rules:
  - {name: flows, match: {vni: 4242, from: 192.168.0.0/16, port: 31756}, send: {to: fdi, port: 8081}}
  - {name: range, match: {from: 0.0.0.0/0, port: 2055-2060}, send: {to: fdi, port: 2055}}
  - {name: tcp, match: {from: 0.0.0.0/0, protocol: tcp, port: 179}, send: {to: fdi, port: 1790}}
  - {name: sctp, match: {from: 0.0.0.0/0, protocol: sctp}, send: {to: fdi}}
  - {name: flows6, match: {from: "2000::/3", port: 2055-4739}, send: {to: fdi6, port: 8081}}
  - {name: any, match: {from: 128.0.0.0/1, protocol: any}, send: {to: other}}
  - {name: any6, match: {from: "2001:db8::/32", protocol: any}, send: {to: fdi6}}
  - {name: last6, match: {from: "::/0", protocol: udplite, port: 1-65535}, send: {to: fdi}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}
  fdi6: {collectors: [{address: "2001:db8:fd1::11"}], via: gcp}
  other: {collectors: [{address: 100.76.10.12}], via: split}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01"}
  split: {interface: lo, next_hop: "02:00:00:20:00:02", oversize: fragment}
)yaml";

constexpr const char* kGenevePass = R"yaml(
version: 1
sources:
  - {name: any, geneve: {other: pass}, from: [10.9.0.0/16, "2001:db8:9::/48"]}
rules:
  - {name: flows, match: {from: 0.0.0.0/0}, send: {to: fdi, port: 8081}}
  - {name: flows6, match: {from: "::/0"}, send: {to: fdi6, port: 8081}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}
  fdi6: {collectors: [{address: "2001:db8:fd1::11"}], via: gcp}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01"}
)yaml";

constexpr const char* kGeneveDrop = R"yaml(
version: 1
sources:
  - {name: seven, geneve: {vni: 7, port: 6082}, from: [10.9.0.0/16]}
  - {name: seven-host, geneve: {vni: 7, port: 6082, other: pass}, from: [10.9.9.9, "2001:db8:9::/48"],
     strict: true}
  - {name: eight, geneve: {vni: 8, port: 6082, other: drop}, from: [10.9.9.0/24, 10.8.0.0/16]}
rules:
  - {name: eights, match: {vni: 8, from: 0.0.0.0/0, port: 53}, send: {to: fdi, port: 8081}}
  - {name: flows, match: {from: 0.0.0.0/0}, send: {to: fdi}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01"}
)yaml";

constexpr const char* kPlain = R"yaml(
version: 1
sources:
  - {name: wide, plain: {to: [10.50.0.0/16, "2001:db8:50::/48"]},
     from: [192.168.0.0/16, 10.0.0.0/8, "2001:db8::/32"]}
  - {name: narrow, plain: {to: [10.50.0.5, 10.0.2.20]}, from: [192.168.10.0/24],
     checksum: recompute}
rules:
  - {name: flows, match: {from: 0.0.0.0/0, port: 31756}, send: {to: fdi, port: 8081}}
  - {name: flows6, match: {from: "::/0", port: 31756}, send: {to: fdi6, port: 8081}}
  - {name: kept, match: {from: 192.168.0.0/16, to: 10.50.0.5, port: 2055}, send: {to: old}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}
  fdi6: {collectors: [{address: "2001:db8:fd1::11"}], via: gcp}
  old: {collectors: [{address: 10.50.0.5}], via: gcp}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01"}
)yaml";

constexpr const char* kProtocols = R"yaml(
version: 1
sources:
  - {name: core, vxlan: {vni: 4242, port: 8472}, from: [10.0.1.0/24, "2001:db8:1::/64"]}
  - {name: old, plain: {to: [10.50.0.0/16]}, from: [192.168.0.0/16]}
rules:
  - {name: bgp, match: {from: 0.0.0.0/0, protocol: tcp, port: 179-200}, send: {to: fdi, port: 1179}}
  - {name: ipfix, match: {from: 0.0.0.0/0, protocol: sctp, port: 4739}, send: {to: fdi}}
  - {name: tcp6, match: {from: "::/0", protocol: tcp}, send: {to: fdi6, port: 65535}}
  - {name: low, match: {from: 0.0.0.0/0, protocol: udplite, port: 1-1023}, send: {to: fdi, port: 1}}
  - {name: dccp, match: {from: 0.0.0.0/0, protocol: dccp, port: 53}, send: {to: fdi}}
  - {name: all, match: {from: 0.0.0.0/0, protocol: any}, send: {to: fdi}}
  - {name: all6, match: {from: "::/0", protocol: any}, send: {to: fdi6}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}
  fdi6: {collectors: [{address: "2001:db8:fd1::11"}], via: gcp}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01"}
)yaml";

constexpr const char* kPolicies = R"yaml(
version: 1
sources:
  - {name: strict, vxlan: {vni: 1}, from: [10.0.1.0/24], strict: true}
  - {name: cut, vxlan: {vni: 2}, from: [10.0.1.0/24, "2001:db8:1::/64"], truncated: forward}
  - {name: zero, vxlan: {vni: 3}, from: [10.0.1.0/24, "2001:db8:1::/64"], checksum: zero,
     truncated: forward}
  - {name: whole, vxlan: {vni: 4}, from: [10.0.1.0/24, "2001:db8:1::/64"], checksum: recompute,
     truncated: forward}
  - {name: few, vxlan: {vni: 5}, exporters: [192.168.10.0/24, 192.168.10.128/25, "2001:db8:10::/48"]}
rules:
  - {name: flows, match: {from: 0.0.0.0/0}, send: {to: fdi, port: 8081}}
  - {name: flows6, match: {from: "::/0"}, send: {to: fdi6, port: 8081}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}
  fdi6: {collectors: [{address: "2001:db8:fd1::11"}], via: gcp}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01"}
)yaml";

constexpr const char* kOversize = R"yaml(
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, from: [10.0.1.0/24], truncated: forward}
  - {name: zero, vxlan: {vni: 4243}, from: [10.0.1.0/24], checksum: zero, truncated: forward}
rules:
  - {name: low, match: {from: 0.0.0.0/1, protocol: any}, send: {to: fdi}}
  - {name: high, match: {from: 128.0.0.0/1}, send: {to: whole, port: 8081}}
  - {name: six, match: {from: "::/0"}, send: {to: fdi6, port: 8081}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: split}
  fdi6: {collectors: [{address: "2001:db8:fd1::11"}], via: split}
  whole: {collectors: [{address: 100.76.10.12}], via: gcp}
egress:
  split: {interface: lo, next_hop: "02:00:00:20:00:01", oversize: fragment}
  gcp: {interface: lo, next_hop: "02:00:00:20:00:02"}
)yaml";

constexpr NamedProfile kProfiles[] = {
    {"vxlan", kVxlan},
    {"everything", kEverything},
    {"geneve-pass", kGenevePass},
    {"geneve-drop", kGeneveDrop},
    {"plain", kPlain},
    {"protocols", kProtocols},
    {"policies", kPolicies},
    {"oversize", kOversize},
    {"oversize-paper", kOversize, true},
    {"everything-paper", kEverything, true},
};

}  // namespace

std::span<const NamedProfile> profiles() {
    return kProfiles;
}

}  // namespace xdpmirror::fuzz
