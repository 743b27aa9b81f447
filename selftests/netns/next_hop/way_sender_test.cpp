// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A packet of somebody else's, by each kind of way: it arrives, and with the source that it had.
#include "loader/templates/way_sender.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "loader/handover.h"
#include "loader/socket_address.h"
#include "loader/templates/datagram.h"
#include "selftests/netns/next_hop/network.h"

namespace xdpmirror {
namespace {

using Bytes = std::vector<std::uint8_t>;

const Bytes kPayload = {1, 2, 3, 4, 5};
constexpr std::uint16_t kPort = 8081;
constexpr int kPatience = 5000;  // ms

bool is_readable(int fd) {
    pollfd waited{fd, POLLIN, 0};
    return ::poll(&waited, 1, kPatience) == 1;
}

class WaySenderTest : public NetworkTest {
  protected:
    // Collectors at the neighbour, which nothing here leads to by itself.
    void SetUp() override {
        NetworkTest::SetUp();
        there("ip link set lo up");
        there("ip address add 100.76.10.11/32 dev lo");
        there("ip address add 2001:db8:fd1::11/128 dev lo nodad");
        there("sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.p1.rp_filter=0");
        there("ip route add default dev p1");
        there("ip -6 route add default dev p1");
    }

    xm_next_hop row(xm_path path) {
        xm_next_hop row{};
        row.ifindex = link("e1").ifindex;
        row.mtu = 1500;
        row.path = static_cast<std::uint8_t>(path);
        return row;
    }

    // "192.168.1.1 50000" of what comes to the collector, or what went wrong.
    std::string sent(const xm_next_hop& way, Family family) {
        const bool ipv4 = family == Family::ipv4;
        const auto to = ip(ipv4 ? "100.76.10.11" : "2001:db8:fd1::11");
        const auto home = Namespace::current();
        neighbour_namespace->enter();
        UniqueFd socket(::socket(ipv4 ? AF_INET : AF_INET6, SOCK_DGRAM, 0));
        socklen_t size = 0;
        const auto address = socket_address(to, kPort, size);
        const int bound = ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size);
        home.enter();
        if (bound != 0) return "the collector cannot be bound";
        const DatagramHeader header{ip(ipv4 ? "192.168.1.1" : "2001:db8:10::1"), to, 50000, kPort, 61, 0};
        if (auto done = sender_.send(way, to, write_datagram(header, kPayload)); !done) return one_line(done.error());
        if (!is_readable(socket.get())) return "nothing comes";
        Bytes bytes(100);
        sockaddr_storage from{};
        size = sizeof(from);
        const auto got = ::recvfrom(socket.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
        bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
        if (bytes != kPayload) return "another payload";
        const auto port = ipv4 ? reinterpret_cast<const sockaddr_in*>(&from)->sin_port
                               : reinterpret_cast<const sockaddr_in6*>(&from)->sin6_port;
        return address_of(from)->text() + " " + std::to_string(ntohs(port));
    }

    WaySender sender_;
};

constexpr const char* kExporter4 = "192.168.1.1 50000";
constexpr const char* kExporter6 = "2001:db8:10::1 50000";

TEST_F(WaySenderTest, WhereTheDataPlaneRedirects) {
    auto way = row(XM_PATH_REDIRECT);
    const auto to = mac_there("p1"), from = link("e1").mac;
    std::memcpy(way.dst_mac, to.bytes.data(), sizeof(way.dst_mac));
    std::memcpy(way.src_mac, from.bytes.data(), sizeof(way.src_mac));
    EXPECT_EQ(sent(way, Family::ipv4), kExporter4);
    EXPECT_EQ(sent(way, Family::ipv6), kExporter6);
}

TEST_F(WaySenderTest, WhereTheKernelFindsTheNeighbour) {
    here("ip route add 100.76.10.11 via 10.2.0.1");
    here("ip -6 route add 2001:db8:fd1::11 via fd02::1");
    auto way = row(XM_PATH_TC);
    put_handover(way, XM_HANDOVER_NEIGHBOUR, way.ifindex);
    EXPECT_EQ(sent(way, Family::ipv4), kExporter4);
    EXPECT_EQ(sent(way, Family::ipv6), kExporter6);
}

TEST_F(WaySenderTest, WhereAMarkLeadsToTheRoute) {
    here("ip rule add fwmark 0x77 table 77");
    here("ip route add 100.76.10.11 via 10.2.0.1 table 77");
    here("ip -6 rule add fwmark 0x77 table 77");
    here("ip -6 route add 2001:db8:fd1::11 via fd02::1 table 77");
    auto way = row(XM_PATH_KERNEL);
    put_handover(way, XM_HANDOVER_ROUTE, 0x77);
    EXPECT_EQ(sent(way, Family::ipv4), kExporter4);
    EXPECT_EQ(sent(way, Family::ipv6), kExporter6);
    put_handover(way, XM_HANDOVER_ROUTE, 0x78);
    EXPECT_EQ(sent(way, Family::ipv4), "send templates: Network is unreachable");
}

TEST_F(WaySenderTest, IntoADeviceWithoutEthernetHeader) {
    UniqueFd tunnel(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
    ASSERT_TRUE(tunnel) << "no /dev/net/tun: modprobe tun";
    ifreq wanted{};
    wanted.ifr_flags = IFF_TUN | IFF_NO_PI;
    std::strncpy(wanted.ifr_name, "t0", IFNAMSIZ - 1);
    ASSERT_EQ(::ioctl(tunnel.get(), TUNSETIFF, &wanted), 0);
    here("sysctl -qw net.ipv6.conf.t0.disable_ipv6=1");
    here("ip link set t0 up");
    auto way = row(XM_PATH_TC);
    way.ifindex = link("t0").ifindex;
    put_handover(way, XM_HANDOVER_DEVICE, way.ifindex);
    for (const auto& [from, to] : {std::pair("192.168.1.1", "100.76.10.11"), std::pair("2001:db8:10::1", "2001:db8:fd1::11")}) {
        const auto packet = write_datagram({ip(from), ip(to), 50000, kPort, 61, 0}, kPayload);
        const auto done = sender_.send(way, ip(to), packet);
        ASSERT_TRUE(done) << one_line(done.error());
        ASSERT_TRUE(is_readable(tunnel.get()));
        Bytes got(200);
        const auto size = ::read(tunnel.get(), got.data(), got.size());
        got.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
        EXPECT_EQ(got, packet);
    }
}

TEST_F(WaySenderTest, SaysWhatFails) {
    auto way = row(XM_PATH_REDIRECT);
    way.mtu = 32;
    EXPECT_EQ(sent(way, Family::ipv4), "send templates: Message too long");
    way.mtu = 1500;
    here("ip link set e1 down");
    EXPECT_EQ(sent(way, Family::ipv4), "send templates: Network is down");
    way.ifindex = 0;
    EXPECT_EQ(sent(way, Family::ipv4), "send templates: the collector has no next hop");
}

}  // namespace
}  // namespace xdpmirror
