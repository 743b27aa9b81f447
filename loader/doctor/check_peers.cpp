// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Ways out that are WireGuard devices: whether somebody is there for each collector, and whether it would
// be seen if he were not.
#include <fmt/format.h>

#include "loader/doctor/checks.h"

namespace xdpmirror {
namespace {

constexpr const char* kId = "tunnel_peer";

Finding without_keepalive(const EgressFacts& egress, const std::string& subject,
                          const WireguardPeer& peer) {
    return finding(kId, subject, Level::warning,
                   fmt::format("by {}: peer {} has no PersistentKeepalive, and the way no probe", label(egress),
                               peer.short_key()),
                   "then the age of its handshakes says nothing: `xdpmirror run` does not see when the other "
                   "end is gone",
                   fmt::format("wg set {} peer {} persistent-keepalive 25; or in the profile, egress {}: "
                               "probe: ADDRESS",
                               egress.interface, peer.public_key, egress.name));
}

Finding check_collector(const EgressFacts& egress, const IpAddress& collector) {
    const auto subject = "collector " + collector.text();
    const auto* peer = peer_for(egress.peers->peers, collector);
    if (peer == nullptr) {
        auto found = fmt::format("by {}: {}", label(egress), no_peer_for(egress.interface, collector));
        auto cure = take_cure(found);
        return finding(kId, subject, egress.standby ? Level::warning : Level::error, std::move(found),
                       "WireGuard sends nothing to it, and what leaves by this way is lost", std::move(cure));
    }
    if (peer->keepalive.count() == 0 && !egress.peers->probed)
        return without_keepalive(egress, subject, *peer);
    return fine(kId, subject,
                fmt::format("by {}: peer {}, {}", label(egress), peer->short_key(),
                            egress.peers->probed
                                ? std::string("asked by the probe")
                                : fmt::format("keeps its session every {} s", peer->keepalive.count())));
}

}  // namespace

void check_peers(const Facts& facts, Findings& findings) {
    if (!facts.profile) return;
    for (const auto& egress : facts.profile->egress) {
        if (!egress.peers) continue;
        if (!egress.peers->unread.empty()) {
            findings.push_back(finding(kId, label(egress), Level::note,
                                       "its peers cannot be read here: " + egress.peers->unread,
                                       "whether somebody is there for the collectors is not known",
                                       "wg show " + egress.interface));
            continue;
        }
        for (const auto& collector : egress.peers->collectors)
            findings.push_back(check_collector(egress, collector));
    }
}

}  // namespace xdpmirror
