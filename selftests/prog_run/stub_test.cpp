// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The stub that some drivers want on the egress passes everything byte for byte.
#include <bpf/bpf.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <stub.skel.h>

#include <memory>

#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

struct DestroyStub {
    void operator()(stub_bpf* stub) const { stub_bpf::destroy(stub); }
};

TEST(Stub, PassesEverything) {
    const std::unique_ptr<stub_bpf, DestroyStub> stub(stub_bpf::open_and_load());
    ASSERT_NE(stub, nullptr);
    for (const Packet& packet : {flow4(), flow6(), flow4(8900), Packet().eth().arp()}) {
        const Bytes in = packet.bytes();
        Bytes out(65536);
        bpf_test_run_opts options{};
        options.sz = sizeof(options);
        options.data_in = in.data();
        options.data_size_in = static_cast<std::uint32_t>(in.size());
        options.data_out = out.data();
        options.data_size_out = static_cast<std::uint32_t>(out.size());
        const int program = bpf_program__fd(stub->progs.xdpmirror_stub);
        ASSERT_EQ(bpf_prog_test_run_opts(program, &options), 0);
        EXPECT_EQ(options.retval, static_cast<std::uint32_t>(XDP_PASS));
        out.resize(options.data_size_out);
        EXPECT_EQ(out, in);
    }
}

}  // namespace
}  // namespace xdpmirror::test
