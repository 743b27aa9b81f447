// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "cases.h"

namespace xdpmirror::test {

using namespace std::chrono_literals;

std::vector<DoctorCase> peer_cases() {
    const std::string key = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";
    const auto tunnel = with(machine_with_profile(kernel_6_12(), veth()), [&key](Facts& f) {
        const auto collector = IpAddress::parse("100.76.10.11").value();
        auto& egress = f.profile->egress[0];
        egress.interface = "wg0";
        egress.peers = PeerFacts{.peers = {{.public_key = key,
                                            .keepalive = 25s,
                                            .last_handshake = 0s,
                                            .allowed = {Prefix::of(collector, 16)}}},
                                 .unread = {},
                                 .collectors = {collector},
                                 .probed = false};
    });
    const auto peers = [](Facts& f) -> PeerFacts& { return *f.profile->egress[0].peers; };
    const auto deaf = with(tunnel, [&](Facts& f) { peers(f).peers[0].keepalive = 0s; });
    const auto nobody = with(tunnel, [&](Facts& f) { peers(f).peers[0].allowed.clear(); });
    const std::string subject = "collector 100.76.10.11";
    const std::string missing = "by egress gcp (wg0): no peer of 'wg0' has 100.76.10.11 in its AllowedIPs";
    const std::string add = "add it to those it has: wg set wg0 peer KEY allowed-ips OTHERS,100.76.10.11";
    return {
        {"a peer with keepalive", tunnel, "tunnel_peer", subject, Level::ok,
         "by egress gcp (wg0): peer xTIBA5rb…=, keeps its session every 25 s", "", false},
        {"a peer without keepalive", deaf, "tunnel_peer", subject, Level::warning,
         "by egress gcp (wg0): peer xTIBA5rb…= has no PersistentKeepalive, and the way no probe",
         "wg set wg0 peer " + key + " persistent-keepalive 25; or in the profile, egress gcp: probe: ADDRESS",
         false},
        {"a peer that is probed", with(deaf, [&](Facts& f) { peers(f).probed = true; }), "tunnel_peer",
         subject, Level::ok, "by egress gcp (wg0): peer xTIBA5rb…=, asked by the probe", "", false},
        {"no peer", nobody, "tunnel_peer", subject, Level::error, missing, add, false},
        {"no peer of a standby", with(nobody, [](Facts& f) { f.profile->egress[0].standby = true; }),
         "tunnel_peer", subject, Level::warning, missing, add, false},
        {"peers that nobody tells", with(tunnel, [&](Facts& f) { peers(f).unread = "not permitted"; }),
         "tunnel_peer", "egress gcp (wg0)", Level::note, "its peers cannot be read here: not permitted",
         "wg show wg0", false},
    };
}

}  // namespace xdpmirror::test
