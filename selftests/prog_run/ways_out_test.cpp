// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Packets that the XDP program hands over to the tc program: rewritten as for a redirect, passed, and
// counted as delivered.
#include <bpf/bpf.h>
#include <gtest/gtest.h>

#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

constexpr const char* kFragmenting = R"yaml(
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, from: [10.0.0.0/16, "2001:db8::/32"]}
rules:
  - {name: flows, match: {port: 31756, from: 0.0.0.0/0}, send: {to: fdi, port: 8081}}
  - {name: flows6, match: {port: 31756, from: "::/0"}, send: {to: fdi6, port: 8081}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: gcp}
  fdi6: {collectors: [{address: "2001:db8:fd1::11"}], via: gcp}
egress:
  gcp: {interface: lo, next_hop: "02:00:00:20:00:01", oversize: fragment}
)yaml";

const Setup kTc{kPlainProfile, {.path = XM_PATH_TC}};
const Setup kKernel{kPlainProfile, {.path = XM_PATH_KERNEL}};
const Setup kTcFragments{kFragmenting, {.mtu = 600, .path = XM_PATH_TC}};
const Setup kKernelFragments{kFragmenting, {.mtu = 600, .path = XM_PATH_KERNEL}};

Want hands_over(Packet out, Accounts accounts) {
    Want want = sends(std::move(out), std::move(accounts));
    want.verdict = XDP_PASS;
    return want;
}

// As it came but for its destination: the kernel is the router, and takes one off the TTL.
Packet routed4(Ipv4 ip = {}, std::size_t payload = 48) {
    ip.src = kExporter;
    ip.dst = kCollector;
    return delivered().ipv4(ip).udp({.src = kExporterPort, .dst = kCollectorPort}).payload(payload);
}

Packet routed6() {
    return delivered()
        .ipv6({.src = kExporter6, .dst = kCollector6, .hop_limit = 64})
        .udp({.src = kExporterPort, .dst = kCollectorPort})
        .payload(48);
}

std::vector<PacketCase> ways_out() {
    return {
        {"to a device by tc", &kTc, flow4(), hands_over(delivered4(), kFlows)},
        {"IPv6 to a device by tc", &kTc, flow6(), hands_over(delivered6(), kFlows6)},
        {"last hop by tc", &kTc, mirrored().ipv4({.ttl = 1}).udp().payload(48),
         drops(XM_DROP_TTL_EXPIRED, {"core", "flows"})},
        {"routed by the kernel", &kKernel, flow4(), hands_over(routed4(), kFlows)},
        {"IPv6 routed by the kernel", &kKernel, flow6(), hands_over(routed6(), kFlows6)},
        {"DF stays", &kKernel, mirrored().ipv4({.df = true}).udp().payload(48),
         hands_over(routed4({.df = true}), kFlows)},
        {"last hop for the kernel, which would say so", &kKernel,
         mirrored().ipv4({.ttl = 1}).udp().payload(48), drops(XM_DROP_TTL_EXPIRED, {"core", "flows"})},
        {"last hop of IPv6", &kKernel, mirrored().ipv6({.hop_limit = 1}).udp().payload(48),
         drops(XM_DROP_TTL_EXPIRED, {"core", "flows6"})},
        {"fragmented by the kernel that routes", &kKernelFragments,
         mirrored().ipv4({.df = true}).udp().payload(600),
         sends_by_kernel(routed4({}, 600), kFlows)},
        {"fitting, routed by the kernel", &kKernelFragments, flow4(),
         hands_over(routed4(), kFlows)},
        {"too large for a device by tc, and no route", &kTcFragments, flow4(600),
         drops(XM_DROP_OVERSIZE_NO_ROUTE, {"core", "flows"})},
        {"too large for the kernel's way out", &kKernelFragments, flow6(600),
         drops(XM_DROP_EGRESS_OVERSIZE, {"core", "flows6"})},
    };
}

INSTANTIATE_TEST_SUITE_P(WaysOut, PacketTest, testing::ValuesIn(ways_out()), test_name);

TEST(WaysOut, DeviceThatIsGone) {
    auto rig = Rig::make(kPlainProfile, {.path = XM_PATH_TC});
    ASSERT_TRUE(rig) << rig.error().what;
    const std::uint32_t row = 0;
    ASSERT_EQ(bpf_map_delete_elem(rig->data_plane().map_fd("xm_egress"), &row), 0);
    EXPECT_TRUE(behaves(*rig, flow4(), drops(XM_DROP_EGRESS_MISSING, {"core", "flows"})));
}

TEST(WaysOut, TheKernelNeedsNoDevice) {
    auto rig = Rig::make(kPlainProfile, {.path = XM_PATH_KERNEL});
    ASSERT_TRUE(rig) << rig.error().what;
    const std::uint32_t row = 0;
    ASSERT_EQ(bpf_map_delete_elem(rig->data_plane().map_fd("xm_egress"), &row), 0);
    EXPECT_TRUE(behaves(*rig, flow4(), hands_over(routed4(), kFlows)));
}

}  // namespace
}  // namespace xdpmirror::test
