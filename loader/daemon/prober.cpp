// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A raw socket a probe: ping sockets are closed to everybody by default (net.ipv4.ping_group_range).
#include "loader/daemon/prober.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "config/plan.h"
#include "loader/echo.h"
#include "loader/socket_address.h"

namespace xdpmirror {
namespace {

bool is_ipv4(const IpAddress& address) { return address.family == Family::ipv4; }

// Bound to the device that has the name now; invalid if there is none.
UniqueFd open_through(const std::string& interface, const IpAddress& address, std::uint32_t mark) {
    UniqueFd socket(::socket(is_ipv4(address) ? AF_INET : AF_INET6,
                             SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
                             is_ipv4(address) ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6}));
    if (!socket) return socket;
    const auto length = static_cast<socklen_t>(interface.size() + 1);
    if (::setsockopt(socket.get(), SOL_SOCKET, SO_BINDTODEVICE, interface.c_str(), length) != 0 ||
        (mark != 0 && ::setsockopt(socket.get(), SOL_SOCKET, SO_MARK, &mark, sizeof(mark)) != 0))
        socket.reset();
    return socket;
}

}  // namespace

void ProbeCount::answered() {
    missed_ = 0;
    if (++answered_ >= rise_) up_ = true;
}

void ProbeCount::missed() {
    answered_ = 0;
    if (++missed_ >= fall_) up_ = false;
}

Prober::Prober(const Config& config) {
    std::size_t row = 0;
    for (const auto& egress : config.egress) {
        for (const auto& way : egress.ways) {
            if (way.probe)
                probes_.push_back({.way_row = row,
                                   .interface = way.interface,
                                   .address = *way.probe,
                                   .mark = way.mark,
                                   .every = egress.failover.every,
                                   .count = ProbeCount(egress.failover.fall, egress.failover.rise),
                                   .id = static_cast<std::uint16_t>(::getpid() * 64 + static_cast<int>(row))});
            ++row;
        }
    }
}

Result<Prober> Prober::make(const Config& config) {
    Prober prober(config);
    const bool pings = std::any_of(config.pools.begin(), config.pools.end(), [](const Pool& pool) {
        return pool.health && std::holds_alternative<IcmpCheck>(pool.health->check);
    });
    if (prober.probes_.empty() && !pings) return prober;
    const UniqueFd socket(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP));
    const int err = errno;
    if (!socket)
        return system_error("probes by ICMP need a raw socket (CAP_NET_RAW): give it to the service, or "
                            "take 'probe' and 'icmp' out of the profile", err);
    return prober;
}

void Prober::ask(Probe& probe) {
    socklen_t size = 0;
    const auto to = socket_address(probe.address, 0, size);
    const auto echo = echo_request(probe.address.family, probe.id, ++probe.sequence);
    probe.waiting = true;
    if (!probe.socket) probe.socket = open_through(probe.interface, probe.address, probe.mark);
    if (!probe.socket) return;
    const auto sent = ::sendto(probe.socket.get(), echo.data(), echo.size(), MSG_NOSIGNAL,
                               reinterpret_cast<const sockaddr*>(&to), size);
    if (sent < 0) probe.socket.reset();  // perhaps the device is another one by now
}

void Prober::read_answers(Probe& probe) {
    std::array<std::uint8_t, 2048> bytes{};
    while (probe.socket) {
        const auto size = ::recv(probe.socket.get(), bytes.data(), bytes.size(), 0);
        if (size <= 0) return;
        if (!probe.waiting || !is_echo_reply(bytes.data(), static_cast<std::size_t>(size),
                                             probe.address.family, probe.id, probe.sequence))
            continue;
        probe.waiting = false;
        probe.count.answered();
    }
}

void Prober::tick(Time now) {
    for (auto& probe : probes_) {
        read_answers(probe);
        if (probe.asked != Time{} && now - probe.asked < probe.every) continue;
        if (probe.waiting) {
            probe.count.missed();
            probe.socket.reset();  // bound to a device that may be gone
        }
        probe.asked = now;
        ask(probe);
    }
}

std::vector<Prober::Finding> Prober::findings() const {
    std::vector<Finding> results;
    for (const auto& probe : probes_)
        results.push_back({probe.way_row, probe.count.is_up()
                                              ? std::string()
                                              : "its probe " + probe.address.text() + " does not answer"});
    return results;
}

}  // namespace xdpmirror
