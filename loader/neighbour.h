// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the kernel knows of an IP neighbour's MAC, and asking it to find out. The kernel does the
// ARP and neighbour discovery; nothing here sends a packet of its own. Parsing knows no socket.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "config/address.h"
#include "loader/netlink_socket.h"
#include "maps/result.h"

namespace xdpmirror {

struct NeighbourKey {
    unsigned ifindex = 0;
    IpAddress address;

    bool operator==(const NeighbourKey&) const = default;
};

struct Neighbour {
    enum class State { none, incomplete, reachable, stale, delay, probe, failed, noarp, permanent };

    NeighbourKey key;
    State state = State::none;
    std::optional<MacAddress> mac{};
    std::uint8_t flags = 0;  // NTF_*
};

// An RTM_NEWNEIGH or, with state none, an RTM_DELNEIGH; nothing when the message is neither.
std::optional<Neighbour> parse_neighbour(const NetlinkMessage& message);

class NeighbourTable {
  public:
    virtual ~NeighbourTable() = default;
    virtual Result<std::optional<Neighbour>> find(const NeighbourKey& key) = 0;
    // Ask the neighbour at the MAC that is known whether it is still there.
    virtual Result<> confirm(const Neighbour& neighbour) = 0;
    // Forget what is known, if anything, and ask everybody on the link.
    virtual Result<> discover(const Neighbour& neighbour) = 0;
    // Waits for the entry to change, from the table's making on; returns what is left of `time`,
    // zero when nothing changed.
    virtual Result<std::chrono::nanoseconds> wait(const NeighbourKey& key,
                                                  std::chrono::nanoseconds time) = 0;
};

class KernelNeighbours : public NeighbourTable {
  public:
    // Listens to changes from here on; borrows the socket for its questions.
    static Result<KernelNeighbours> make(NetlinkSocket& socket);

    Result<std::optional<Neighbour>> find(const NeighbourKey& key) override;
    Result<> confirm(const Neighbour& neighbour) override;
    Result<> discover(const Neighbour& neighbour) override;
    Result<std::chrono::nanoseconds> wait(const NeighbourKey& key,
                                          std::chrono::nanoseconds time) override;

  private:
    KernelNeighbours(NetlinkSocket& socket, NetlinkSocket events)
        : socket_(socket), events_(std::move(events)) {}
    Result<> change(const Neighbour& neighbour, std::uint16_t state, unsigned ndm_flags);

    NetlinkSocket& socket_;
    NetlinkSocket events_;
};

}  // namespace xdpmirror
