// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// TCP, UDP and ICMP on the loopback, both families.
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

#include "loader/socket_address.h"
#include "prober_test.h"
#include "server.h"

namespace xdpmirror {
namespace {

class Answer : public ProberTest, public testing::WithParamInterface<const char*> {};

std::string family(const testing::TestParamInfo<const char*>& parameter) {
    return ip(parameter.param).family == Family::ipv4 ? "ipv4" : "ipv6";
}
INSTANTIATE_TEST_SUITE_P(Families, Answer, testing::Values("127.0.0.1", "::1"), family);

// A port on which nobody is, but that nobody else gets either.
class Nobody {
  public:
    Nobody(const std::string& address, int type) {
        socklen_t size = 0;
        auto storage = socket_address(ip(address), 0, size);
        socket_.reset(::socket(storage.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        auto* where = reinterpret_cast<sockaddr*>(&storage);
        EXPECT_EQ(::bind(socket_.get(), where, size), 0);
        EXPECT_EQ(::getsockname(socket_.get(), where, &size), 0);
        port_ = ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);  // both families
    }
    std::uint16_t port() const { return port_; }
    int fd() const { return socket_.get(); }
    void close() { socket_.reset(); }

  private:
    UniqueFd socket_;
    std::uint16_t port_ = 0;
};

TEST_P(Answer, AConnectionThatIsTakenIsOne) {
    Server server(loop(), GetParam());
    start({target("a", GetParam(), TcpCheck{server.port()})});
    await("a", HealthStatus::up, "");
    EXPECT_TRUE(server.heard().empty()) << "nothing is sent";
}

TEST_P(Answer, NobodyListens) {
    const Nobody nobody(GetParam(), SOCK_STREAM);
    start({target("a", GetParam(), TcpCheck{nobody.port()}),
           target("b", GetParam(), HttpCheck{.port = nobody.port()})});
    await("a", HealthStatus::down, "connection refused");
    await("b", HealthStatus::down, "connection refused");
}

TEST_P(Answer, AUdpPortThatIsSilentIsOpen) {
    const Nobody socket(GetParam(), SOCK_DGRAM);
    start({target("a", GetParam(), UdpCheck{socket.port()})});
    await("a", HealthStatus::up, "");
    std::array<char, 100> bytes{};
    EXPECT_EQ(::recv(socket.fd(), bytes.data(), bytes.size(), 0), 0) << "an empty datagram came";
}

TEST_P(Answer, AUdpPortThatIsClosed) {
    Nobody socket(GetParam(), SOCK_DGRAM);
    start({target("a", GetParam(), UdpCheck{socket.port()})});
    await("a", HealthStatus::up, "");
    socket.close();
    await("a", HealthStatus::down, "port unreachable");
}

TEST_P(Answer, EchoIsAnswered) {
    start({target("a", GetParam(), IcmpCheck{}), target("b", GetParam(), IcmpCheck{})});
    await("a", HealthStatus::up, "");
    await("b", HealthStatus::up, "");
}

}  // namespace
}  // namespace xdpmirror
