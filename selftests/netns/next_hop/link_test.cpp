// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Interfaces and addresses as this kernel tells of them.
#include <fcntl.h>

#include <algorithm>

#include "loader/interface_address.h"
#include "network.h"

namespace xdpmirror {
namespace {

class LinkNetwork : public NetworkTest {};

TEST_F(LinkNetwork, Veth) {
    here("ip link set e1 address 02:00:00:00:00:e1 mtu 1400");
    const auto e1 = link("e1");
    EXPECT_EQ(e1.name, "e1");
    EXPECT_EQ(e1.kind, "veth");
    EXPECT_EQ(e1.driver, "veth");
    EXPECT_EQ(e1.mac.text(), "02:00:00:00:00:e1");
    EXPECT_EQ(e1.mtu, 1400u);
    EXPECT_TRUE(e1.is_ethernet());
    EXPECT_TRUE(e1.up);
    EXPECT_TRUE(e1.carrier);
    EXPECT_EQ(e1.master, 0u);
    const auto again = find_link(socket(), e1.ifindex);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->name, "e1");
}

TEST_F(LinkNetwork, StateFollowsAtOnce) {
    there("ip link set p1 down");
    EXPECT_TRUE(link("e1").up);
    EXPECT_FALSE(link("e1").carrier);
    there("ip link set p1 up");
    EXPECT_TRUE(link("e1").carrier);
    here("ip link set e1 down");
    EXPECT_FALSE(link("e1").up);
}

TEST_F(LinkNetwork, AlternativeNames) {
    here("ip link property add dev e1 altname uplink");
    here("ip link property add dev e1 altname uplink-with-a-long-name");
    EXPECT_EQ(link("uplink").name, "e1");
    EXPECT_EQ(link("uplink-with-a-long-name").name, "e1");
}

TEST_F(LinkNetwork, NoSuchInterface) {
    const std::string here_are = "; interfaces here: lo, e0, e1";
    const auto refused = [&](const std::string& name) {
        const auto found = find_link(socket(), name);
        return found ? "found " + found->name : message(found.error());
    };
    EXPECT_EQ(refused("e11"), "interface 'e11' does not exist (did you mean 'e1'?)" + here_are);
    EXPECT_EQ(refused("wan"), "interface 'wan' does not exist" + here_are);
    EXPECT_EQ(refused(""), "interface '' does not exist" + here_are);
    EXPECT_EQ(refused("no-interface-has-that-long-a-name"),
              "interface 'no-interface-has-that-long-a-name' does not exist" + here_are);
    EXPECT_EQ(refused(std::string(200, 'x')),
              "interface '" + std::string(200, 'x') + "' does not exist" + here_are);
    const auto gone = find_link(socket(), 9999u);
    ASSERT_FALSE(gone);
    EXPECT_EQ(message(gone.error()), "read interface 9999: the kernel refuses: No such device");
}

// More than one receive buffer holds.
TEST_F(LinkNetwork, ManyInterfaces) {
    constexpr std::size_t kMany = 60;
    here("for i in $(seq " + std::to_string(kMany) +
         "); do echo link add many$i type veth peer name "
         "other$i; done | ip -batch -");
    const auto links = list_links(socket());
    ASSERT_TRUE(links) << message(links.error());
    EXPECT_EQ(links->size(), 3 + 2 * kMany);
    EXPECT_TRUE(std::all_of(links->begin(), links->end(), [](const LinkInfo& each) {
        return each.name == "lo" || each.driver == "veth";
    }));
}

TEST_F(LinkNetwork, Addresses) {
    here("ip address add 10.2.0.3/24 dev e1");  // secondary
    here("ip address add 10.9.0.1 peer 10.9.0.2 dev e1");
    here("ip address add fe80::2/64 dev e1");
    const auto found = list_addresses(socket(), link("e1").ifindex);
    ASSERT_TRUE(found) << message(found.error());
    std::vector<std::string> addressable;
    for (const auto& each : *found) {
        EXPECT_EQ(each.ifindex, link("e1").ifindex);
        const auto text = each.address.text();
        const bool made_by_kernel = text.starts_with("fe80::") && text != "fe80::2";
        if (each.addressable && !made_by_kernel) addressable.push_back(text);
    }
    std::sort(addressable.begin(), addressable.end());
    EXPECT_EQ(addressable,
              (std::vector<std::string>{"10.2.0.2", "10.2.0.3", "10.9.0.1", "fd02::2", "fe80::2"}));
}

TEST_F(LinkNetwork, AddressesOfEveryInterface) {
    const auto found = list_addresses(socket(), 0);
    ASSERT_TRUE(found) << message(found.error());
    const auto has = [&](const char* text, bool addressable) {
        return std::any_of(found->begin(), found->end(), [&](const InterfaceAddress& each) {
            return each.address == ip(text) && each.addressable == addressable;
        });
    };
    EXPECT_TRUE(has("10.1.0.2", true));
    EXPECT_TRUE(has("10.2.0.2", true));
    EXPECT_TRUE(has("127.0.0.1", false));
    EXPECT_TRUE(has("::1", false));
}

TEST_F(LinkNetwork, DescriptorClosesOnExec) {
    EXPECT_NE(::fcntl(socket().fd(), F_GETFD) & FD_CLOEXEC, 0);
}

}  // namespace
}  // namespace xdpmirror
