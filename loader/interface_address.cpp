// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The machine's own addresses on an interface, through RTM_GETADDR.
#include "loader/interface_address.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace xdpmirror {

std::optional<InterfaceAddress> parse_interface_address(const NetlinkMessage& message) {
    const auto* header = message.fixed<ifaddrmsg>();
    if (message.type() != RTM_NEWADDR || header == nullptr) return std::nullopt;
    const Attributes attributes(message, sizeof(*header), IFA_MAX);

    // With a peer, IFA_ADDRESS is the peer's and IFA_LOCAL ours; IPv6 without one has no IFA_LOCAL.
    auto address = attributes.address(IFA_LOCAL);
    if (!address) address = attributes.address(IFA_ADDRESS);
    if (!address) return std::nullopt;

    const std::uint32_t flags = attributes.u32(IFA_FLAGS).value_or(header->ifa_flags);
    InterfaceAddress found;
    found.ifindex = header->ifa_index;
    found.address = *address;
    found.prefix_length = header->ifa_prefixlen;
    // A tentative address is only seconds away from being used, so it counts.
    found.addressable = header->ifa_scope < RT_SCOPE_HOST && (flags & IFA_F_DADFAILED) == 0;
    return found;
}

Result<std::vector<InterfaceAddress>> list_addresses(NetlinkSocket& socket, unsigned ifindex) {
    ifaddrmsg header{};
    header.ifa_family = AF_UNSPEC;
    header.ifa_index = ifindex;
    const auto answer = socket.request(NetlinkRequest(RTM_GETADDR, NLM_F_DUMP, header));
    if (!answer) return while_doing("list addresses", answer.error());

    std::vector<InterfaceAddress> addresses;
    for (const auto& message : *answer) {
        auto address = parse_interface_address(message);
        // Kernels before strict checking ignore the index in the request.
        if (address && (ifindex == 0 || address->ifindex == ifindex)) {
            addresses.push_back(*address);
        }
    }
    return addresses;
}

}  // namespace xdpmirror
