// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Two machines with two cables between them, made with iproute2.
#include "network.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace xdpmirror {
namespace {

bool succeeds(const std::string& command) {
    const int status = std::system(command.c_str());
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// One `ip` for many lines: in an emulated guest each process takes seconds.
void batch(const std::string& lines) {
    FILE* input = ::popen("ip -batch -", "w");
    ASSERT_NE(input, nullptr);
    std::fputs(lines.c_str(), input);
    EXPECT_EQ(::pclose(input), 0) << lines;
}

// An address that waits for duplicates would make every IPv6 case a second longer.
void wait_for_no_duplicates() {
    std::ofstream setting("/proc/sys/net/ipv6/conf/default/accept_dad");
    EXPECT_TRUE(setting << "0" << std::flush);
}

}  // namespace

IpAddress ip(const std::string& text) {
    return IpAddress::parse(text).value();
}
MacAddress mac(const std::string& text) {
    return MacAddress::parse(text).value();
}

std::string message(const Error& error) {
    return error.code ? error.what + ": " + error.code.message() : error.what;
}

Namespace Namespace::current() {
    Namespace found(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    EXPECT_TRUE(found.is_open());
    return found;
}

Namespace Namespace::make() {
    EXPECT_EQ(::unshare(CLONE_NEWNET), 0);
    return current();
}

void Namespace::enter() const {
    ASSERT_EQ(::setns(fd_.get(), CLONE_NEWNET), 0);
}

std::string Namespace::path() const {
    return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(fd_.get());
}

void NetworkTest::here(const std::string& command) {
    EXPECT_TRUE(succeeds(command)) << command;
}

void NetworkTest::there(const std::string& command) {
    const auto own = Namespace::current();
    neighbour_namespace->enter();
    here(command);
    own.enter();
}

bool NetworkTest::can(const std::string& command) {
    return succeeds(command + " 2>/dev/null");
}

void NetworkTest::SetUp() {
    neighbour_namespace = Namespace::make();
    wait_for_no_duplicates();
    const auto own = Namespace::make();
    wait_for_no_duplicates();
    auto opened = NetlinkSocket::open(NETLINK_ROUTE);
    ASSERT_TRUE(opened) << message(opened.error());
    socket_ = std::move(*opened);

    const std::string there_netns = " netns " + neighbour_namespace->path() + "\n";
    batch(
        "link set lo up\n"
        "link add e0 type veth peer name p0" +
        there_netns + "link add e1 type veth peer name p1" + there_netns +
        "link set e0 up\n"
        "link set e1 up\n"
        "address add 10.1.0.2/24 dev e0\n"
        "address add 10.2.0.2/24 dev e1\n"
        "address add fd02::2/64 dev e1\n");
    neighbour_namespace->enter();
    batch(
        "link set p0 up\n"
        "link set p1 up\n"
        "address add 10.1.0.1/24 dev p0\n"
        "address add 10.2.0.1/24 dev p1\n"
        "address add fd02::1/64 dev p1\n"
        "address add fe80::1/64 dev p1\n");
    own.enter();
}

LinkInfo NetworkTest::link(const std::string& name) {
    const auto found = find_link(socket(), name);
    EXPECT_TRUE(found) << message(found.error());
    return found ? *found : LinkInfo{};
}

MacAddress NetworkTest::mac_there(const std::string& name) {
    const auto own = Namespace::current();
    neighbour_namespace->enter();
    auto its_socket = NetlinkSocket::open(NETLINK_ROUTE);
    own.enter();
    const auto found = find_link(*its_socket, name);
    EXPECT_TRUE(found) << message(found.error());
    return found ? found->mac : MacAddress{};
}

std::string NetworkTest::Outcome::text() const {
    if (!error.empty()) return error;
    return hop.mac.text() + (hop.via ? " via " + hop.via->text() : "");
}

NetworkTest::Outcome NetworkTest::resolve(const std::string& egress, const NextHopChoice& choice,
                                          const std::string& collector,
                                          std::chrono::milliseconds timeout) {
    using Clock = std::chrono::steady_clock;
    auto neighbours = KernelNeighbours::make(socket());
    EXPECT_TRUE(neighbours);
    KernelRoutes routes(socket());
    const auto start = Clock::now();
    const auto hop =
        resolve_next_hop(routes, *neighbours, link(egress), choice, ip(collector), timeout);
    Outcome outcome;
    outcome.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
    if (hop) {
        outcome.hop = *hop;
    } else {
        outcome.error = message(hop.error());
    }
    return outcome;
}

std::optional<Neighbour> NetworkTest::neighbour(const std::string& interface,
                                                const std::string& address) {
    auto neighbours = KernelNeighbours::make(socket());
    const auto found = neighbours->find({link(interface).ifindex, ip(address)});
    return found ? *found : std::nullopt;
}

}  // namespace xdpmirror
