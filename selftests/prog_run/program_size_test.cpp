// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// How large the program is for a profile, in instructions and in what the verifier had to do. The
// figures are printed, so that growth is seen in the log of the tests; what is asserted is that kernels
// will take it: the verifier gives up at a million instructions.
#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <cstdio>

#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

constexpr std::uint32_t kVerifierLimit = 1000000;

struct ProgramSize {
    std::uint32_t instructions = 0;
    std::uint32_t native_bytes = 0;
    std::string verifier;  // "processed N insns ... peak_states N ..."
    std::uint32_t processed = 0;
};

std::string line_with(const std::string& text, const std::string& word) {
    const auto at = text.find(word);
    return at == std::string::npos ? "" : text.substr(at, text.find('\n', at) - at);
}

ProgramSize size_of(const std::string& profile_yaml, std::uint32_t features) {
    ProgramSize size;
    auto profile = parse_profile(profile_yaml, "case", process_environment());
    EXPECT_TRUE(profile) << profile.error().what;
    auto plan = make_plan(profile->config);
    EXPECT_TRUE(plan);
    Resolved resolved;
    resolved.local = {kNode, kNode6};
    resolved.own = resolved.local;
    resolved.features = features;
    resolved.next_hops.resize(1);
    resolved.egress_ifindex = {1};
    resolved.collector_next_hop.resize(plan->collectors.size());
    std::string stats;
    auto plane = DataPlane::make(*plan, resolved, {}, &stats);
    EXPECT_TRUE(plane) << plane.error().what;
    if (!plane) return size;
    bpf_prog_info info{};
    __u32 bytes = sizeof(info);
    EXPECT_EQ(bpf_obj_get_info_by_fd(plane->program_fd(), &info, &bytes), 0);
    size.instructions = info.xlated_prog_len / sizeof(bpf_insn);
    size.native_bytes = info.jited_prog_len;
    size.verifier = line_with(stats, "processed ");
    EXPECT_EQ(std::sscanf(size.verifier.c_str(), "processed %u", &size.processed), 1) << stats;
    return size;
}

std::string profile_of(const std::string& source, const std::string& rules,
                       const std::string& egress,
                       const std::string& pool = "collectors: [{address: 100.76.10.11}]") {
    return "version: 1\nsources:\n  - {name: core, vxlan: {vni: 4242}, from: [10.0.0.0/16]" + source +
           "rules:\n  - {name: flows, match: {port: 31756}, send: {to: fdi, port: 8081}}\n"
           "  - {name: ipfix, match: {port: 4739, from: 192.168.0.0/16}, send: {to: fdi}}\n" +
           rules +
           "pools:\n  fdi: {" + pool + ", via: gcp}\n"
           "egress:\n  gcp: {interface: lo, next_hop: '02:00:00:20:00:01'" + egress + "}\n";
}

const char kCollectors[] = "collectors: [{address: 100.76.10.11}, {address: 100.76.10.12}]";
const char kByFlow[] =
    "balance: flow, collectors: [{address: 100.76.10.11}, {address: 100.76.10.12}]";

const char kEverythingRules[] =
    "  - {name: tcp, match: {protocol: tcp, port: 1-9}, send: {to: fdi}}\n"
    "  - {name: any, match: {protocol: any, to: 10.0.0.0/9}, send: {to: fdi}}\n";
const char kEverythingSources[] =
    ", strict: true, truncated: forward, checksum: recompute, exporters: [10.0.0.0/8]}\n"
    "  - {name: geneve, geneve: {}, from: ['2001:db8::/32']}\n"
    "  - {name: plain, plain: {to: 10.1.0.0/16}}\n";

TEST(ProgramSize, IsTold) {
    struct Sized {
        const char* name;
        std::string profile;
        std::uint32_t features = 0;
    };
    const Sized profiles[] = {
        {"prod", profile_of("}\n", "", "")},
        {"strict", profile_of(", strict: true}\n", "", "")},
        {"recompute", profile_of(", checksum: recompute}\n", "", "")},
        {"geneve", profile_of("}\n  - {name: g, geneve: {}, from: [10.0.0.0/8]}\n", "", "")},
        {"plain", profile_of("}\n  - {name: p, plain: {to: 10.1.0.0/16}}\n", "", "")},
        {"protocols", profile_of("}\n", kEverythingRules, "")},
        {"oversize", profile_of("}\n", "", ", oversize: fragment")},
        {"tc", profile_of("}\n", "", ""), XM_FEATURE_HANDOVER},
        {"pool", profile_of("}\n", "", "", kCollectors)},
        {"flow", profile_of("}\n", "", "", kByFlow)},
        {"everything",
         profile_of(kEverythingSources, kEverythingRules, ", oversize: fragment", kByFlow),
         XM_FEATURE_HANDOVER | XM_FEATURE_TX},
    };
    std::uint32_t prod = 0;
    for (const auto& [name, profile, features] : profiles) {
        const ProgramSize size = size_of(profile, features);
        std::printf("%-10s %5u instructions, %5u bytes of machine code; verifier: %s\n", name,
                    size.instructions, size.native_bytes, size.verifier.c_str());
        EXPECT_LT(size.processed, kVerifierLimit * 6 / 10) << name;
        if (prod == 0) prod = size.instructions;
        EXPECT_GE(size.instructions, prod) << "the profile without features is the smallest";
    }
}

}  // namespace
}  // namespace xdpmirror::test
