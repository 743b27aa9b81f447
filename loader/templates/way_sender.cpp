// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/templates/way_sender.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/ipv6.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "loader/socket_address.h"

namespace xdpmirror {
namespace {

#ifndef IPV6_HDRINCL
constexpr int IPV6_HDRINCL = 36;  // linux/in6.h, which does not go with netinet/in.h
#endif

struct Handover {
    std::uint8_t how;     // enum xm_handover_how
    std::uint32_t value;  // ifindex or mark
};

Handover handover_of(const xm_next_hop& way) {
    xm_handover handover{};
    std::memcpy(&handover, way.dst_mac, sizeof(handover));
    return {handover.how, static_cast<std::uint32_t>(ntohs(handover.value[0])) << 16 | ntohs(handover.value[1])};
}

Result<UniqueFd> raw_socket(Family family) {
    const bool ipv4 = family == Family::ipv4;
    UniqueFd fd(::socket(ipv4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW));
    if (!fd) return system_error("open a raw socket for templates", errno);
    const int on = 1;
    const int level = ipv4 ? IPPROTO_IP : IPPROTO_IPV6;
    if (::setsockopt(fd.get(), level, ipv4 ? IP_HDRINCL : IPV6_HDRINCL, &on, sizeof(on)) != 0)
        return system_error("send packets with their own header", errno);
    return fd;
}

}  // namespace

Result<> WaySender::send_frame(int socket, const xm_next_hop& way, Family family,
                               std::span<const std::uint8_t> frame) {
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_protocol = htons(family == Family::ipv4 ? ETH_P_IP : ETH_P_IPV6);
    to.sll_ifindex = static_cast<int>(way.ifindex);
    if (::sendto(socket, frame.data(), frame.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) < 0)
        return system_error("send templates", errno);
    return Ok{};
}

// Into a device whose neighbours the kernel finds, or by the route of a mark.
Result<> WaySender::send_routed(const xm_next_hop& way, const IpAddress& to,
                                std::span<const std::uint8_t> packet) {
    auto& fd = to.family == Family::ipv4 ? routed4_ : routed6_;
    if (!fd) {
        auto made = raw_socket(to.family);
        if (!made) return made.error();
        fd = std::move(*made);
    }
    const auto [how, value] = handover_of(way);
    const std::uint32_t mark = how == XM_HANDOVER_ROUTE ? value : 0;
    const int device = how == XM_HANDOVER_ROUTE ? 0 : static_cast<int>(way.ifindex);
    if (::setsockopt(fd.get(), SOL_SOCKET, SO_MARK, &mark, sizeof(mark)) != 0 ||
        ::setsockopt(fd.get(), SOL_SOCKET, SO_BINDTOIFINDEX, &device, sizeof(device)) != 0)
        return system_error("choose the way of templates", errno);
    socklen_t size = 0;
    const auto address = socket_address(to, 0, size);
    if (::sendto(fd.get(), packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&address), size) < 0)
        return system_error("send templates", errno);
    return Ok{};
}

Result<> WaySender::send(const xm_next_hop& way, const IpAddress& to, std::span<const std::uint8_t> packet) {
    if (way.ifindex == 0) return Error{"send templates: the collector has no next hop"};
    if (packet.size() > way.mtu) return system_error("send templates", EMSGSIZE);
    const bool ethernet = way.path == XM_PATH_REDIRECT || way.path == XM_PATH_TX;
    if (!ethernet && handover_of(way).how != XM_HANDOVER_DEVICE) return send_routed(way, to, packet);
    if (!frames_) {
        frames_.reset(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (!frames_) return system_error("open a packet socket for templates", errno);
    }
    if (!ethernet) return send_frame(frames_.get(), way, to.family, packet);
    std::vector<std::uint8_t> frame(ETH_HLEN);
    std::memcpy(frame.data(), way.dst_mac, 2 * ETH_ALEN);
    const auto protocol = htons(to.family == Family::ipv4 ? ETH_P_IP : ETH_P_IPV6);
    std::memcpy(frame.data() + 2 * ETH_ALEN, &protocol, sizeof(protocol));
    frame.insert(frame.end(), packet.begin(), packet.end());
    return send_frame(frames_.get(), way, to.family, frame);
}

}  // namespace xdpmirror
