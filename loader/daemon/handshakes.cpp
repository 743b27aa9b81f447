// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/daemon/handshakes.h"

#include <fmt/core.h>

#include <algorithm>

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;

// From WireGuard's protocol: no key is used for longer, and a handshake without an answer is repeated.
constexpr auto kRejectAfterTime = 180s;
constexpr auto kRekeyTimeout = 5s;

// Between two peers that send, it is renewed after 120 s. If the other one has made the last, and nothing
// but keepalives goes this way, the kernel asks for the next only with the first keepalive for which the
// old one is too old: drivers/net/wireguard/send.c, keep_key_fresh() and wg_packet_send_staged_packets().
std::chrono::seconds longest_life(const WireguardPeer& peer) {
    return kRejectAfterTime + peer.keepalive + kRekeyTimeout;
}

}  // namespace

void Handshakes::look(unsigned ifindex, const std::vector<WireguardPeer>& peers, Time now,
                      std::chrono::seconds wall) {
    std::map<std::string, Seen> here;
    const auto& before = seen_[ifindex];
    for (const auto& peer : peers) {
        if (peer.last_handshake == 0s) continue;
        const auto known = before.find(peer.public_key);
        if (known == before.end())
            here[peer.public_key] = {peer.last_handshake,
                                     now - std::max(0s, wall - peer.last_handshake)};
        else if (known->second.last != peer.last_handshake)
            here[peer.public_key] = {peer.last_handshake, now};
        else
            here[peer.public_key] = known->second;
    }
    seen_[ifindex] = std::move(here);
}

std::optional<std::chrono::seconds> Handshakes::age(unsigned ifindex, const std::string& public_key,
                                                    Time now) const {
    const auto device = seen_.find(ifindex);
    if (device == seen_.end()) return std::nullopt;
    const auto peer = device->second.find(public_key);
    if (peer == device->second.end()) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::seconds>(now - peer->second.at);
}

std::string why_silent(const WireguardPeer& peer, std::optional<std::chrono::seconds> age) {
    if (peer.keepalive == 0s) return {};
    if (!age) return fmt::format("its peer {} has had no handshake yet", peer.short_key());
    if (*age <= longest_life(peer)) return {};
    return fmt::format("its peer {} has had no handshake for {} s", peer.short_key(), age->count());
}

}  // namespace xdpmirror
