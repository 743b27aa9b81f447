// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/generic_netlink.h"

#include <cerrno>
#include <string>

namespace xdpmirror {

genlmsghdr generic_header(std::uint8_t command, std::uint8_t version) {
    genlmsghdr header{};
    header.cmd = command;
    header.version = version;
    return header;
}

Result<std::optional<std::uint16_t>> find_generic_family(NetlinkSocket& socket, const char* name) {
    NetlinkRequest request(GENL_ID_CTRL, 0, generic_header(CTRL_CMD_GETFAMILY, 1));
    request.put(CTRL_ATTR_FAMILY_NAME, std::string(name));
    const auto answer = socket.request(request);
    if (!answer) {
        if (answer.error().code.value() == ENOENT) return std::optional<std::uint16_t>{};
        return answer.error();
    }
    for (const auto& message : *answer) {
        const Attributes attributes(message, sizeof(genlmsghdr), CTRL_ATTR_MAX);
        if (const auto id = attributes.u16(CTRL_ATTR_FAMILY_ID)) return id;
    }
    return std::optional<std::uint16_t>{};
}

}  // namespace xdpmirror
