// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// An interface as the kernel describes it, through RTM_GETLINK and the ethtool ioctl.
#include "loader/link.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cstring>

#include "config/suggest.h"

namespace xdpmirror {
namespace {

constexpr std::size_t kNamesShown = 12;

NetlinkRequest link_request(int flags, unsigned ifindex) {
    ifinfomsg header{};
    header.ifi_family = AF_UNSPEC;
    header.ifi_index = static_cast<int>(ifindex);
    return {RTM_GETLINK, flags, header};
}

// Through the netlink descriptor: any socket takes the ioctl, and this one is in the namespace that
// the answers come from.
std::string driver_of(const NetlinkSocket& socket, const std::string& name) {
    ethtool_drvinfo info{};
    info.cmd = ETHTOOL_GDRVINFO;
    ifreq request{};
    name.copy(request.ifr_name, IFNAMSIZ - 1);
    request.ifr_data = reinterpret_cast<char*>(&info);
    if (::ioctl(socket.fd(), SIOCETHTOOL, &request) != 0) return {};
    return {info.driver, ::strnlen(info.driver, sizeof(info.driver))};
}

void complete(NetlinkSocket& socket, LinkInfo& link) {
    link.driver = driver_of(socket, link.name);
    if (link.master == 0) return;
    // The master may be gone by now, and then it does not matter.
    const auto answer = socket.request(link_request(0, link.master));
    if (!answer || answer->empty()) return;
    if (const auto master = parse_link(answer->front())) link.master_name = master->name;
}

Result<LinkInfo> first_link(NetlinkSocket& socket, const NetlinkRequest& request) {
    const auto answer = socket.request(request);
    if (!answer) return answer.error();
    for (const auto& message : *answer) {
        if (auto link = parse_link(message)) {
            complete(socket, *link);
            return *link;
        }
    }
    return system_error("the kernel describes no such link", ENODEV);
}

}  // namespace

bool LinkInfo::is_ethernet() const {
    return arp_type == ARPHRD_ETHER;
}

std::optional<LinkInfo> parse_link(const NetlinkMessage& message) {
    const auto* header = message.fixed<ifinfomsg>();
    if (message.type() != RTM_NEWLINK || header == nullptr) return std::nullopt;
    const Attributes attributes(message, sizeof(*header), IFLA_MAX);
    const Attributes about = attributes.nested(IFLA_LINKINFO, IFLA_INFO_MAX);

    LinkInfo link;
    link.ifindex = static_cast<unsigned>(header->ifi_index);
    link.name = attributes.text(IFLA_IFNAME);
    if (link.name.empty()) return std::nullopt;
    link.kind = about.text(IFLA_INFO_KIND);
    link.arp_type = header->ifi_type;
    link.mac = attributes.mac(IFLA_ADDRESS).value_or(MacAddress{});
    link.mtu = attributes.u32(IFLA_MTU).value_or(0);
    link.up = (header->ifi_flags & IFF_UP) != 0;
    // Not IFF_RUNNING: that follows the carrier up to a second late.
    link.carrier = (header->ifi_flags & IFF_LOWER_UP) != 0;
    link.asks_neighbours = (header->ifi_flags & IFF_NOARP) == 0;
    link.parent = attributes.u32(IFLA_LINK).value_or(0);
    link.master = attributes.u32(IFLA_MASTER).value_or(0);
    link.master_kind = about.text(IFLA_INFO_SLAVE_KIND);
    return link;
}

Result<std::vector<LinkInfo>> list_links(NetlinkSocket& socket) {
    const auto answer = socket.request(link_request(NLM_F_DUMP, 0));
    if (!answer) return while_doing("list interfaces", answer.error());
    std::vector<LinkInfo> links;
    for (const auto& message : *answer) {
        if (auto link = parse_link(message)) links.push_back(std::move(*link));
    }
    for (auto& link : links) {
        link.driver = driver_of(socket, link.name);
        const auto master = std::find_if(links.begin(), links.end(), [&](const LinkInfo& other) {
            return other.ifindex == link.master;
        });
        if (link.master != 0 && master != links.end()) link.master_name = master->name;
    }
    return links;
}

std::string no_such_interface(const std::string& name, const std::vector<std::string>& existing) {
    std::string text = fmt::format("interface '{}' does not exist", name);
    if (const auto meant = nearest(name, existing); !meant.empty()) {
        text += fmt::format(" (did you mean '{}'?)", meant);
    }
    const auto shown = std::min(existing.size(), kNamesShown);
    text += fmt::format(
        "; interfaces here: {}",
        fmt::join(existing.begin(), existing.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
    if (shown < existing.size()) text += fmt::format(" and {} more", existing.size() - shown);
    return text;
}

Result<LinkInfo> find_link(NetlinkSocket& socket, unsigned ifindex) {
    auto found = first_link(socket, link_request(0, ifindex));
    if (!found) return while_doing(fmt::format("read interface {}", ifindex), found.error());
    return found;
}

Result<LinkInfo> find_link(NetlinkSocket& socket, const std::string& name) {
    if (!name.empty()) {
        // The kernel finds alternative names by either, but takes longer ones only by the second.
        const int attribute = name.size() < IFNAMSIZ ? IFLA_IFNAME : IFLA_ALT_IFNAME;
        auto found = first_link(socket, link_request(0, 0).put(attribute, name));
        if (found) return found;
        const int err = found.error().code.value();
        if (err != ENODEV && err != EINVAL && err != ERANGE) {
            return while_doing(fmt::format("read interface '{}'", name), found.error());
        }
    }
    const auto links = list_links(socket);
    if (!links) return links.error();
    std::vector<std::string> names;
    for (const auto& link : *links) names.push_back(link.name);
    return Error{no_such_interface(name, names)};
}

}  // namespace xdpmirror
