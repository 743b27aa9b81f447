// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A raw socket a probe: ping sockets are closed to everybody by default (net.ipv4.ping_group_range).
#include "loader/daemon/prober.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "config/plan.h"

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

// RFC 1071, over an even number of bytes in the order of memory.
std::uint16_t internet_checksum(const std::uint8_t* bytes, std::size_t size) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i + 1 < size; i += 2) {
        std::uint16_t word = 0;
        std::memcpy(&word, bytes + i, sizeof(word));
        sum += word;
    }
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

sockaddr_storage socket_address(const IpAddress& address, socklen_t& size) {
    sockaddr_storage storage{};
    if (is_ipv4(address)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        std::memcpy(&to.sin_addr, address.bytes.data(), sizeof(to.sin_addr));
        std::memcpy(&storage, &to, size = sizeof(to));
    } else {
        sockaddr_in6 to{};
        to.sin6_family = AF_INET6;
        std::memcpy(&to.sin6_addr, address.bytes.data(), sizeof(to.sin6_addr));
        std::memcpy(&storage, &to, size = sizeof(to));
    }
    return storage;
}

// Type, code, checksum, identifier, sequence: the same eight bytes for both families.
std::array<std::uint8_t, 8> echo_request(bool ipv4, std::uint16_t id, std::uint16_t sequence) {
    const auto upper = [](std::uint16_t value) { return static_cast<std::uint8_t>(value >> 8); };
    const auto lower = [](std::uint16_t value) { return static_cast<std::uint8_t>(value); };
    std::array<std::uint8_t, 8> echo = {ipv4 ? std::uint8_t{ICMP_ECHO} : std::uint8_t{ICMP6_ECHO_REQUEST},
                                        0, 0, 0, upper(id), lower(id), upper(sequence), lower(sequence)};
    if (!ipv4) return echo;  // there the kernel computes it
    const auto sum = internet_checksum(echo.data(), echo.size());
    std::memcpy(echo.data() + 2, &sum, sizeof(sum));
    return echo;
}

// Is it the answer to the question with this number? IPv4 comes with its IP header.
bool is_answer(const std::uint8_t* bytes, std::size_t size, bool ipv4, std::uint16_t id,
               std::uint16_t sequence) {
    const std::size_t header = ipv4 && size > 0 ? std::size_t{bytes[0] & 0xfU} * 4 : 0;
    if (size < header + 8) return false;
    const auto* icmp = bytes + header;
    const std::uint8_t reply = ipv4 ? std::uint8_t{ICMP_ECHOREPLY} : std::uint8_t{ICMP6_ECHO_REPLY};
    const auto word = [icmp](std::size_t at) { return icmp[at] << 8 | icmp[at + 1]; };
    return icmp[0] == reply && word(4) == id && word(6) == sequence;
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
    if (prober.probes_.empty()) return prober;
    const UniqueFd socket(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP));
    const int err = errno;
    if (!socket)
        return system_error("probes need a raw socket (CAP_NET_RAW): give it to the service, or take "
                            "'probe' out of the profile", err);
    return prober;
}

void Prober::ask(Probe& probe) {
    socklen_t size = 0;
    const auto to = socket_address(probe.address, size);
    const auto echo = echo_request(is_ipv4(probe.address), probe.id, ++probe.sequence);
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
        if (!probe.waiting || !is_answer(bytes.data(), static_cast<std::size_t>(size),
                                         is_ipv4(probe.address), probe.id, probe.sequence))
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
