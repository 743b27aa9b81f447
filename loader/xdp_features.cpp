// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What XDP can do on an interface, through the kernel's "netdev" generic netlink family.
#include "loader/xdp_features.h"

#include <fmt/format.h>
#include <linux/netlink.h>

#include "loader/generic_netlink.h"

namespace xdpmirror {
namespace {

// From include/uapi/linux/netdev.h, see the header.
constexpr const char* kFamilyName = "netdev";
constexpr std::uint8_t kFamilyVersion = 1;
constexpr std::uint8_t kCommandDevGet = 1;
constexpr int kAttributeIfindex = 1;
constexpr int kAttributeXdpFeatures = 3;

Result<std::optional<std::uint64_t>> ask(unsigned ifindex) {
    auto socket = NetlinkSocket::open(NETLINK_GENERIC);
    if (!socket) return socket.error();
    const auto family = find_generic_family(*socket, kFamilyName);
    if (!family) return family.error();
    if (!*family) return std::optional<std::uint64_t>{};

    NetlinkRequest request(**family, 0, generic_header(kCommandDevGet, kFamilyVersion));
    request.put(kAttributeIfindex, ifindex);
    const auto answer = socket->request(request);
    if (!answer) return answer.error();
    for (const auto& message : *answer) {
        const Attributes attributes(message, sizeof(genlmsghdr), kAttributeXdpFeatures);
        if (const auto features = attributes.u64(kAttributeXdpFeatures)) return features;
    }
    return std::optional<std::uint64_t>{};
}

}  // namespace

Result<std::optional<std::uint64_t>> xdp_features(unsigned ifindex) {
    auto features = ask(ifindex);
    if (!features) {
        return while_doing(fmt::format("read XDP features of interface {}", ifindex),
                           features.error());
    }
    return features;
}

}  // namespace xdpmirror
