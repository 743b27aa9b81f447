// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the kernel tells of XDP on an interface: what the driver can do, and which program is there.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/if_link.h>

#include <cerrno>
#include <cstring>

#include "loader/xdp_features.h"
#include "loader/xdp_occupant.h"
#include "maps/unique_fd.h"
#include "network.h"

namespace xdpmirror {
namespace {

class XdpNetwork : public NetworkTest {
  protected:
    int ifindex(const std::string& name) { return static_cast<int>(link(name).ifindex); }
    std::optional<XdpOccupant> occupant(const std::string& name) {
        const auto found = xdp_occupant(link(name).ifindex);
        EXPECT_TRUE(found) << message(found.error());
        return found ? *found : std::nullopt;
    }
};

// Passes every packet.
UniqueFd load_pass(const char* name) {
    const bpf_insn program[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_K,
         .dst_reg = BPF_REG_0,
         .src_reg = 0,
         .off = 0,
         .imm = XDP_PASS},
        {.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0},
    };
    UniqueFd loaded(
        bpf_prog_load(BPF_PROG_TYPE_XDP, name, "GPL", program, std::size(program), nullptr));
    EXPECT_TRUE(loaded) << std::strerror(errno);
    return loaded;
}

std::uint32_t id_of(const UniqueFd& program) {
    bpf_prog_info info{};
    std::uint32_t size = sizeof(info);
    EXPECT_EQ(bpf_obj_get_info_by_fd(program.get(), &info, &size), 0);
    return info.id;
}

std::uint32_t device_of(const UniqueFd& held) {
    bpf_link_info info{};
    std::uint32_t size = sizeof(info);
    EXPECT_EQ(bpf_obj_get_info_by_fd(held.get(), &info, &size), 0);
    return info.xdp.ifindex;
}

// A veth end takes redirected frames when its peer polls, which GRO makes it do.
TEST_F(XdpNetwork, VethIsATargetOnceItsPeerHasGro) {
    const auto features = [&] { return xdp_features(link("e1").ifindex); };
    const auto before = features();
    ASSERT_TRUE(before) << message(before.error());
    if (!*before) GTEST_SKIP() << "this kernel tells no XDP features";
    EXPECT_EQ(**before & (kXdpActBasic | kXdpActRedirect), kXdpActBasic | kXdpActRedirect);
    EXPECT_EQ(**before & kXdpActNdoXmit, 0u);
    there("ethtool -K p1 gro on");
    EXPECT_EQ(**features() & kXdpActNdoXmit, kXdpActNdoXmit);
    there("ethtool -K p1 gro off");
    EXPECT_EQ(**features() & kXdpActNdoXmit, 0u);
}

TEST_F(XdpNetwork, FeaturesOfNoInterface) {
    const auto features = xdp_features(9999);
    if (features && !*features) GTEST_SKIP() << "this kernel tells no XDP features";
    ASSERT_FALSE(features);
    EXPECT_EQ(message(features.error()),
              "read XDP features of interface 9999: the kernel refuses: No such device");
}

TEST_F(XdpNetwork, NobodyThere) {
    EXPECT_FALSE(occupant("e1"));
    EXPECT_FALSE(*xdp_occupant(9999));  // an interface that is not there has none
}

TEST_F(XdpNetwork, ProgramByNetlink) {
    const auto program = load_pass("xm_test");
    const struct {
        std::uint32_t flag;
        XdpOccupant::Mode mode;
    } cases[] = {
        {XDP_FLAGS_DRV_MODE, XdpOccupant::Mode::native},
        {XDP_FLAGS_SKB_MODE, XdpOccupant::Mode::generic},
    };
    for (const auto& each : cases) {
        ASSERT_EQ(bpf_xdp_attach(ifindex("e1"), program.get(), each.flag, nullptr), 0);
        const auto found = occupant("e1");
        ASSERT_TRUE(found);
        EXPECT_EQ(found->program_id, id_of(program));
        EXPECT_EQ(found->program_name, "xm_test");
        EXPECT_EQ(found->mode, each.mode);
        EXPECT_FALSE(found->by_link());
        ASSERT_EQ(bpf_xdp_detach(ifindex("e1"), each.flag, nullptr), 0);
    }
    EXPECT_FALSE(occupant("e1"));
}

TEST_F(XdpNetwork, ProgramByLink) {
    const auto program = load_pass("xm_test");
    {
        LIBBPF_OPTS(bpf_link_create_opts, options, .flags = XDP_FLAGS_DRV_MODE);
        const UniqueFd held(bpf_link_create(program.get(), ifindex("e1"), BPF_XDP, &options));
        ASSERT_TRUE(held) << std::strerror(errno);
        const auto found = occupant("e1");
        ASSERT_TRUE(found);
        EXPECT_EQ(found->program_id, id_of(program));
        EXPECT_TRUE(found->by_link());
        EXPECT_EQ(found->mode, XdpOccupant::Mode::native);
    }
    EXPECT_FALSE(occupant("e1"));
}

TEST_F(XdpNetwork, LinkOfTheSameProgramElsewhereIsNotMeant) {
    const auto program = load_pass("xm_test");
    LIBBPF_OPTS(bpf_link_create_opts, options, .flags = XDP_FLAGS_DRV_MODE);
    const UniqueFd held(bpf_link_create(program.get(), ifindex("e0"), BPF_XDP, &options));
    ASSERT_TRUE(held) << std::strerror(errno);
    ASSERT_EQ(bpf_xdp_attach(ifindex("e1"), program.get(), XDP_FLAGS_DRV_MODE, nullptr), 0);
    EXPECT_TRUE(occupant("e0")->by_link());
    EXPECT_FALSE(occupant("e1")->by_link());
}

// Interface numbers repeat in every namespace, links are seen from all of them.
TEST_F(XdpNetwork, LinkOnTheSameNumberInAnotherNamespaceIsNotMeant) {
    const auto elsewhere = load_pass("xm_elsewhere");
    LIBBPF_OPTS(bpf_link_create_opts, options, .flags = XDP_FLAGS_DRV_MODE);
    const int number = ifindex("e1");
    const UniqueFd held(bpf_link_create(elsewhere.get(), number, BPF_XDP, &options));
    ASSERT_TRUE(held) << std::strerror(errno);

    const auto first = Namespace::current();  // keeps the device that the link is on
    const auto first_neighbour = std::move(neighbour_namespace);
    SetUp();
    ASSERT_EQ(ifindex("e1"), number);
    EXPECT_FALSE(occupant("e1"));
    ASSERT_EQ(device_of(held), link("e1").ifindex);
    const auto here_too = load_pass("xm_here");
    ASSERT_EQ(bpf_xdp_attach(number, here_too.get(), XDP_FLAGS_DRV_MODE, nullptr), 0);
    const auto found = occupant("e1");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->program_name, "xm_here");
    EXPECT_FALSE(found->by_link());
}

}  // namespace
}  // namespace xdpmirror
