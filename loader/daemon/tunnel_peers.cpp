// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/daemon/tunnel_peers.h"

#include <fmt/core.h>

namespace xdpmirror {
namespace {

std::chrono::seconds wall_clock() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(now);
}

}  // namespace

void TunnelPeers::look(const LinkInfo& link, Time now,
                       const std::function<void(const std::string&)>& say) {
    if (!is_wireguard(link)) return;
    auto peers = read_(link.ifindex);
    if (!peers) {
        peers_.erase(link.ifindex);
        if (unread_.insert(link.ifindex).second)
            say(fmt::format("the peers of '{}' cannot be read, so nobody sees when they are gone; give "
                            "its way a 'probe': {}",
                            link.name, one_line(peers.error())));
        return;
    }
    unread_.erase(link.ifindex);
    handshakes_.look(link.ifindex, *peers, now, wall_clock());
    peers_[link.ifindex] = std::move(*peers);
}

TunnelPeers::Finding TunnelPeers::find(const LinkInfo& link, const IpAddress& collector,
                                       Time now) const {
    const auto peers = is_wireguard(link) ? peers_.find(link.ifindex) : peers_.end();
    if (peers == peers_.end()) return {};
    const auto* peer = peer_for(peers->second, collector);
    if (peer == nullptr) return {.no_peer = no_peer_for(link.name, collector), .silent = {}};
    const auto age = handshakes_.age(link.ifindex, peer->public_key, now);
    return {.no_peer = {}, .silent = why_silent(*peer, age)};
}

}  // namespace xdpmirror
