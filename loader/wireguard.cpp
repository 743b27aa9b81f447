// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// <linux/wireguard.h> describes the messages. They hold the device's private key, which is not looked at.
#include "loader/wireguard.h"

#include <fmt/core.h>
#include <linux/netlink.h>
#include <linux/wireguard.h>

#include <cstring>
#include <optional>
#include <span>

#include "loader/generic_netlink.h"

namespace xdpmirror {
namespace {

constexpr std::size_t kShortKey = 8;

std::string base64(std::span<const std::uint8_t> bytes) {
    constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j)
            group = group << 8 | (i + j < bytes.size() ? bytes[i + j] : 0U);
        for (std::size_t j = 0; j < 4; ++j)
            text += i + j <= bytes.size() ? kDigits[group >> (18 - 6 * j) & 63U] : '=';
    }
    return text;
}

std::optional<Prefix> allowed_ip(const Attributes& attributes) {
    const auto address = attributes.address(WGALLOWEDIP_A_IPADDR);
    const auto length = attributes.u8(WGALLOWEDIP_A_CIDR_MASK);
    if (!address || !length) return std::nullopt;
    return Prefix::of(*address, *length);
}

// struct __kernel_timespec
std::chrono::seconds handshake_time(std::span<const std::uint8_t> bytes) {
    std::int64_t seconds = 0;
    if (bytes.size() >= 2 * sizeof(seconds)) std::memcpy(&seconds, bytes.data(), sizeof(seconds));
    return std::chrono::seconds{seconds > 0 ? seconds : 0};
}

// A peer that did not fit into one message goes on in the next, with more of its prefixes and nothing else.
void take_peer(const Attributes& attributes, std::vector<WireguardPeer>& peers) {
    const auto key = base64(attributes.bytes(WGPEER_A_PUBLIC_KEY));
    if (key.empty()) return;
    if (peers.empty() || peers.back().public_key != key)
        peers.push_back(
            {.public_key = key,
             .keepalive = std::chrono::seconds{
                 attributes.u16(WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL).value_or(0)},
             .last_handshake = handshake_time(attributes.bytes(WGPEER_A_LAST_HANDSHAKE_TIME)),
             .allowed = {}});
    for (const auto& each : attributes.list(WGPEER_A_ALLOWEDIPS, WGALLOWEDIP_A_MAX)) {
        if (const auto prefix = allowed_ip(each)) peers.back().allowed.push_back(*prefix);
    }
}

}  // namespace

std::string WireguardPeer::short_key() const {
    return public_key.substr(0, kShortKey) + "…=";
}

bool is_wireguard(const LinkInfo& link) { return link.kind == "wireguard"; }

std::vector<WireguardPeer> parse_wireguard_peers(const std::vector<NetlinkMessage>& dump) {
    std::vector<WireguardPeer> peers;
    for (const auto& message : dump) {
        const Attributes attributes(message, sizeof(genlmsghdr), WGDEVICE_A_MAX);
        for (const auto& each : attributes.list(WGDEVICE_A_PEERS, WGPEER_A_MAX))
            take_peer(each, peers);
    }
    return peers;
}

const WireguardPeer* peer_for(const std::vector<WireguardPeer>& peers, const IpAddress& address) {
    const WireguardPeer* best = nullptr;
    int longest = -1;
    for (const auto& peer : peers) {
        for (const auto& prefix : peer.allowed) {
            if (prefix.length <= longest || !prefix.contains(address)) continue;
            best = &peer;
            longest = prefix.length;
        }
    }
    return best;
}

// `wg set` replaces the list.
std::string no_peer_for(const std::string& interface, const IpAddress& collector) {
    return fmt::format(
        "no peer of '{0}' has {1} in its AllowedIPs; add it to those it has: wg set {0} peer KEY "
        "allowed-ips OTHERS,{1}",
        interface, collector.text());
}

Result<std::vector<WireguardPeer>> wireguard_peers(unsigned ifindex) {
    auto socket = NetlinkSocket::open(NETLINK_GENERIC);
    if (!socket) return socket.error();
    const auto family = find_generic_family(*socket, WG_GENL_NAME);
    if (!family) return family.error();
    if (!*family) return Error{"the kernel has no netlink family 'wireguard'"};
    NetlinkRequest request(**family, NLM_F_DUMP, generic_header(WG_CMD_GET_DEVICE, WG_GENL_VERSION));
    request.put(WGDEVICE_A_IFINDEX, ifindex);
    const auto dump = socket->request(request);
    if (!dump) return dump.error();
    return parse_wireguard_peers(*dump);
}

}  // namespace xdpmirror
