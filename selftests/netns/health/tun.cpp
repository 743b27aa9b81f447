// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "tun.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "prober_test.h"

namespace xdpmirror {
namespace {

// RFC 1071 over [from, to), stored at `at`.
void put_checksum(Bytes& bytes, std::size_t from, std::size_t to, std::size_t at) {
    std::uint32_t sum = 0;
    bytes[at] = bytes[at + 1] = 0;
    for (std::size_t i = from; i < to; i += 2)
        sum += static_cast<std::uint32_t>(bytes[i] << 8 | (i + 1 < to ? bytes[i + 1] : 0));
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    bytes[at] = static_cast<std::uint8_t>(~sum >> 8);
    bytes[at + 1] = static_cast<std::uint8_t>(~sum);
}

}  // namespace

Tun::Tun(EventLoop& loop, const std::string& name, const std::string& address, Act act)
    : loop_(loop), fd_(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC)), act_(std::move(act)) {
    ifreq request{};
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    std::strncpy(request.ifr_name, name.c_str(), IFNAMSIZ - 1);
    EXPECT_EQ(::ioctl(fd_.get(), TUNSETIFF, &request), 0) << std::strerror(errno);
    run("ip address add " + address + " dev " + name);
    run("ip link set " + name + " up");
    EXPECT_TRUE(loop_.on_readable(fd_.get(), [this] { return read(); }));
}

Tun::~Tun() {
    loop_.remove(fd_.get());
}

Result<> Tun::read() {
    std::array<std::uint8_t, 2048> bytes{};
    const auto size = ::read(fd_.get(), bytes.data(), bytes.size());
    if (size < 20 || bytes[0] >> 4 != 4) return Ok{};
    ++packets_;
    if (!act_) return Ok{};
    const Bytes back = act_(Bytes(bytes.begin(), bytes.begin() + size));
    if (!back.empty()) static_cast<void>(::write(fd_.get(), back.data(), back.size()) > 0);
    return Ok{};
}

Bytes echo_reply(const Bytes& packet) {
    if (packet[9] != 1 || packet[20] != 8) return {};
    Bytes reply = packet;
    std::swap_ranges(reply.begin() + 12, reply.begin() + 16, reply.begin() + 16);
    reply[20] = 0;
    put_checksum(reply, 20, reply.size(), 22);
    return reply;
}

Tun::Act unreachable(std::uint8_t type, std::uint8_t code, const std::string& router) {
    return [=](const Bytes& packet) {
        Bytes error(28 + packet.size());
        error[0] = 0x45;
        error[3] = static_cast<std::uint8_t>(error.size());
        error[8] = 64;
        error[9] = 1;
        std::copy_n(ip(router).bytes.begin(), 4, error.begin() + 12);
        std::copy_n(packet.begin() + 12, 4, error.begin() + 16);
        error[20] = type;
        error[21] = code;
        std::ranges::copy(packet, error.begin() + 28);
        put_checksum(error, 0, 20, 10);
        put_checksum(error, 20, error.size(), 22);
        return error;
    };
}

}  // namespace xdpmirror
