// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The golden vectors of the hash in the kernel: what the packet path computes is what config/
// and every other node do.
#include <bpf/bpf.h>
#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "flow_hash.skel.h"
#include "selftests/unit/pools/golden.h"

namespace xdpmirror {
namespace {

struct Destroy {
    void operator()(flow_hash_bpf* program) const { flow_hash_bpf::destroy(program); }
};

class FlowHashInKernel : public testing::Test {
  protected:
    void SetUp() override { ASSERT_TRUE(program_) << std::strerror(errno); }

    std::uint64_t hash(const GoldenFlow& golden) {
        auto& flow = program_->bss->flow;
        flow.family = static_cast<__u64>(golden.from.family);
        std::memcpy(flow.from, golden.from.bytes.data(), sizeof(flow.from));
        std::memcpy(flow.to, golden.to.bytes.data(), sizeof(flow.to));
        flow.from_port = golden.from_port;
        flow.to_port = golden.to_port;
        flow.protocol = golden.protocol;
        flow.slots = 65537;

        std::array<char, 64> frame{};
        LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame.data(),
                    .data_size_in = static_cast<__u32>(frame.size()));
        EXPECT_EQ(bpf_prog_test_run_opts(bpf_program__fd(program_->progs.xm_flow_hash), &options),
                  0);
        const auto& hashed = program_->bss->hashed;
        return golden.by == "exporter"        ? hashed.by_exporter
               : golden.by == "exporter-port" ? hashed.by_exporter_port
                                              : hashed.by_tuple;
    }
    std::uint32_t slot() const { return program_->bss->hashed.slot; }

  private:
    std::unique_ptr<flow_hash_bpf, Destroy> program_{flow_hash_bpf::open_and_load()};
};

TEST_F(FlowHashInKernel, IsGolden) {
    for (const auto& flow : read_golden(XM_GOLDEN).flows) {
        EXPECT_EQ(hash(flow), flow.hash) << flow.line;
        if (flow.by == "exporter") {
            EXPECT_EQ(slot(), flow.slot_of_65537) << flow.line;
        }
    }
}

}  // namespace
}  // namespace xdpmirror

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    flow_hash_bpf* const program = flow_hash_bpf::open_and_load();
    if (program == nullptr && errno == EPERM) {
        std::puts("skipped: loading a program is not permitted");
        return 77;
    }
    flow_hash_bpf::destroy(program);
    return RUN_ALL_TESTS();
}
