// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The kernel leaves out of the answer what the driver does not have.
#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "loader/device/ethtool.h"
#include "loader/netlink_socket.h"

namespace xdpmirror {
namespace {

genlmsghdr generic_header(std::uint8_t command) {
    genlmsghdr header{};
    header.cmd = command;
    header.version = ETHTOOL_GENL_VERSION;
    return header;
}

Result<std::optional<std::uint16_t>> ethtool_family(NetlinkSocket& socket) {
    NetlinkRequest request(GENL_ID_CTRL, 0, generic_header(CTRL_CMD_GETFAMILY));
    request.put(CTRL_ATTR_FAMILY_NAME, std::string(ETHTOOL_GENL_NAME));
    const auto answer = socket.request(request);
    if (!answer) return answer.error();
    for (const auto& message : *answer) {
        const Attributes attributes(message, sizeof(genlmsghdr), CTRL_ATTR_MAX);
        if (const auto id = attributes.u16(CTRL_ATTR_FAMILY_ID)) return id;
    }
    return std::optional<std::uint16_t>{};
}

// One attribute as it stands in a message.
struct IndexAttribute {
    nlattr header;
    std::uint32_t ifindex;
};

}  // namespace

Result<std::optional<bool>> adaptive_rx(unsigned ifindex) {
    auto socket = NetlinkSocket::open(NETLINK_GENERIC);
    if (!socket) return socket.error();
    const auto family = ethtool_family(*socket);
    if (!family) return family.error();
    if (!*family) return std::optional<bool>{};

    IndexAttribute inside{};
    inside.header.nla_len = sizeof(inside);
    inside.header.nla_type = ETHTOOL_A_HEADER_DEV_INDEX;
    inside.ifindex = ifindex;
    NetlinkRequest request(**family, 0, generic_header(ETHTOOL_MSG_COALESCE_GET));
    request.put(ETHTOOL_A_COALESCE_HEADER | NLA_F_NESTED,
                std::span(reinterpret_cast<const std::uint8_t*>(&inside), sizeof(inside)));
    const auto answer = socket->request(request);
    if (!answer) return answer.error();
    for (const auto& message : *answer) {
        const Attributes attributes(message, sizeof(genlmsghdr), ETHTOOL_A_COALESCE_MAX);
        if (const auto on = attributes.u8(ETHTOOL_A_COALESCE_USE_ADAPTIVE_RX)) return {{*on != 0}};
    }
    return std::optional<bool>{};
}

}  // namespace xdpmirror
