// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What was asked for is taken or refused; what was not is the fastest way that is right.
#include "loader/way_out.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "loader/xdp_features.h"

namespace xdpmirror {
namespace {

// Virtual devices with an ndo_xdp_xmit, for kernels that do not tell. Hardware has no kind, and its
// driver is asked when the stub is attached.
constexpr std::array<const char*, 5> kTakesFrames = {"", "veth", "tun", "bond", "team"};

bool takes_redirects(const LinkInfo& link, std::optional<std::uint64_t> features) {
    if (features) return (*features & (kXdpActBasic | kXdpActNdoXmit)) != 0;
    return std::any_of(kTakesFrames.begin(), kTakesFrames.end(),
                       [&](const char* kind) { return link.kind == kind; });
}

std::string what_it_is(const LinkInfo& link) {
    if (!link.kind.empty()) return link.kind;
    return link.driver.empty() ? "of unknown kind" : link.driver;
}

Error refused(const WayOut& way, const LinkInfo& link, const std::string& why) {
    return Error{fmt::format("path '{}' is not for interface '{}' ({}): {}",
                             path_name(static_cast<std::uint32_t>(way.path)), link.name,
                             what_it_is(link), why)};
}

Result<ChosenPath> to_ingress(const WayOut& way, const LinkInfo& link) {
    if (way.path == PathChoice::automatic || way.path == PathChoice::tx)
        return ChosenPath{XM_PATH_TX, "it is the interface that packets come in by"};
    return refused(way, link, "packets come in by it, and go back out of it by path: tx");
}

Result<ChosenPath> to_l3(const WayOut& way, const LinkInfo& link) {
    if (way.path == PathChoice::automatic || way.path == PathChoice::tc)
        return ChosenPath{XM_PATH_TC, "its packets have no Ethernet header, which XDP cannot take off"};
    return refused(way, link, "it has no Ethernet header, and would send frames malformed; use path: tc");
}

Result<ChosenPath> to_ethernet(const WayOut& way, const LinkInfo& link,
                               std::optional<std::uint64_t> features) {
    const bool finds_neighbour = std::holds_alternative<NextHopAuto>(way.next_hop);
    if (way.path == PathChoice::tx)
        return refused(way, link, "packets come in by another one; use path: redirect");
    if (way.path == PathChoice::tc) return ChosenPath{XM_PATH_TC, "as the profile says"};
    if (way.path == PathChoice::redirect) return ChosenPath{XM_PATH_REDIRECT, "as the profile says"};
    if (takes_redirects(link, features))
        return ChosenPath{XM_PATH_REDIRECT, "its driver takes redirected frames"};
    if (finds_neighbour) return ChosenPath{XM_PATH_TC, "its driver takes no redirected frames"};
    return Error{fmt::format(
        "interface '{}' ({}) takes no redirected frames, and by path: tc the kernel finds the "
        "neighbour; set next_hop: auto, or name the NIC below it",
        link.name, what_it_is(link))};
}

}  // namespace

const char* path_name(std::uint32_t path) {
    constexpr std::array<const char*, 5> kNames = {"none", "redirect", "tx", "tc", "kernel"};
    return kNames[path < kNames.size() ? path : 0];
}

Result<ChosenPath> choose_path(const WayOut& way, const LinkInfo& link, unsigned ingress_ifindex,
                               std::optional<std::uint64_t> features) {
    static_assert(static_cast<int>(PathChoice::redirect) == XM_PATH_REDIRECT &&
                  static_cast<int>(PathChoice::tx) == XM_PATH_TX &&
                  static_cast<int>(PathChoice::tc) == XM_PATH_TC &&
                  static_cast<int>(PathChoice::kernel) == XM_PATH_KERNEL);
    if (way.path == PathChoice::kernel) return ChosenPath{XM_PATH_KERNEL, "as the profile says"};
    if (link.ifindex == ingress_ifindex) return to_ingress(way, link);
    return link.is_ethernet() ? to_ethernet(way, link, features) : to_l3(way, link);
}

}  // namespace xdpmirror
