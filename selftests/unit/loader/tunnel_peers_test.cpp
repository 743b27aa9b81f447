// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What is known of the other ends of tunnels, with a kernel that says what the test wants.
#include "loader/daemon/tunnel_peers.h"

#include <gtest/gtest.h>

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;

const IpAddress kCollector = IpAddress::parse("100.76.10.11").value();
const IpAddress kElsewhere = IpAddress::parse("fd00:100:76::11").value();

LinkInfo device(const char* kind = "wireguard") {
    LinkInfo link;
    link.ifindex = 7;
    link.name = "wg0";
    link.kind = kind;
    return link;
}

class Ends : public testing::Test {
  protected:
    void look(const LinkInfo& link = device()) {
        ends_.look(link, now_, [this](const std::string& text) { said_.push_back(text); });
    }
    TunnelPeers::Finding find(const IpAddress& collector, const LinkInfo& link = device()) {
        return ends_.find(link, collector, now_);
    }

    Result<std::vector<WireguardPeer>> kernel_ = std::vector<WireguardPeer>{
        {.public_key = "xTIBA5rboUvnH4htodjb", .keepalive = 25s, .last_handshake = 1s,
         .allowed = {Prefix::of(kCollector, 16)}}};
    TunnelPeers ends_{[this](unsigned) { return kernel_; }};
    std::vector<std::string> said_;
    Handshakes::Time now_ = Handshakes::Time{} + 1h;
};

TEST_F(Ends, EachCollectorHasAPeerOfItsOwn) {
    look();
    EXPECT_EQ(find(kCollector).no_peer, "");
    EXPECT_TRUE(find(kCollector).silent.starts_with("its peer xTIBA5rb…= has had no handshake for"));
    EXPECT_TRUE(find(kElsewhere).no_peer.starts_with("no peer of 'wg0' has fd00:100:76::11"));
    kernel_->at(0).last_handshake = 2s;  // another one
    look();
    EXPECT_EQ(find(kCollector).silent, "");
}

TEST_F(Ends, OfOtherDevicesNothingIsKnown) {
    look(device("gre"));
    EXPECT_EQ(find(kElsewhere, device("gre")).no_peer, "");
    EXPECT_EQ(find(kCollector, device("gre")).silent, "");
    EXPECT_EQ(find(kElsewhere).no_peer, "") << "nobody has looked";
}

TEST_F(Ends, AKernelThatDoesNotTellIsSaidOnce) {
    const auto peers = kernel_;
    kernel_ = Error{"the kernel refuses: Operation not permitted"};
    look();
    look();
    ASSERT_EQ(said_.size(), 1U);
    EXPECT_EQ(said_[0], "the peers of 'wg0' cannot be read, so nobody sees when they are gone; give its way a "
                        "'probe': the kernel refuses: Operation not permitted");
    EXPECT_EQ(find(kCollector).silent, "");
    EXPECT_EQ(find(kElsewhere).no_peer, "");
    kernel_ = peers;
    look();
    EXPECT_NE(find(kElsewhere).no_peer, "");
    kernel_ = Error{"lost again"};
    look();
    EXPECT_EQ(said_.size(), 2U);
    EXPECT_EQ(find(kElsewhere).no_peer, "");
}

}  // namespace
}  // namespace xdpmirror
