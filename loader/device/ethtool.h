// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What `ethtool` reads and sets of one interface, by the same ioctl. An error of a reading mostly
// means that the driver does not have the thing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

struct DriverInfo {
    std::string name;
    std::string version;  // the kernel's release where the driver has none of its own
};

// A pair is the current number and the most there may be; a kind that a driver does not have is 0
// of 0.
struct Channels {
    std::uint32_t rx = 0, max_rx = 0;
    std::uint32_t tx = 0, max_tx = 0;
    std::uint32_t combined = 0, max_combined = 0;

    std::uint32_t receiving() const { return rx + combined; }
    std::uint32_t max_receiving() const { return max_rx + max_combined; }
};

struct Rings {
    std::uint32_t rx = 0, max_rx = 0;
    std::uint32_t tx = 0, max_tx = 0;
};

struct Offload {
    bool on = false;
    bool fixed = false;  // nobody can change it
};
// By the kernel's names: "rx-lro", "rx-gro-hw", "rx-vlan-hw-parse", ...
using Offloads = std::map<std::string, Offload>;

// By the driver's names, in its order: "queue_0_rx_xdp_drop", "bw_in_allowance_exceeded", ...
using DriverCounters = std::vector<std::pair<std::string, std::uint64_t>>;

class Ethtool {
  public:
    // Nothing is asked yet.
    static Result<Ethtool> make(const std::string& interface);

    Result<DriverInfo> driver() const;
    Result<Channels> channels() const;
    Result<Rings> rings() const;
    Result<Offloads> offloads() const;
    Result<DriverCounters> counters() const;
    // Whether the RX queue of UDP over IPv4 is chosen by the ports, too.
    Result<bool> udp_ports_hashed() const;

    // Errors carry the driver's errno. Only the current numbers are looked at.
    Result<> set_channels(const Channels& wanted) const;
    Result<> set_rings(const Rings& wanted) const;
    Result<> set_offload(const std::string& name, bool on) const;
    Result<> set_adaptive_rx(bool on) const;
    Result<> hash_udp_ports(bool on) const;

  private:
    Ethtool(std::string interface, UniqueFd socket)
        : interface_(std::move(interface)), socket_(std::move(socket)) {}
    Result<> ask(void* command, const char* doing) const;
    struct OffloadBits {
        std::map<std::string, std::size_t> bits;
        std::size_t blocks = 0;  // of 32, as the kernel wants them: all
    };
    Result<OffloadBits> offload_bits() const;
    Result<std::vector<std::string>> strings(std::uint32_t set, const char* of_what) const;

    std::string interface_;
    UniqueFd socket_;
};

// Nothing: the driver does not moderate interrupts by itself. Through the kernel's "ethtool"
// netlink family, the ioctl cannot tell "off" from "not there".
Result<std::optional<bool>> adaptive_rx(unsigned ifindex);

}  // namespace xdpmirror
