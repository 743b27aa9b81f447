// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/device/ethtool.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace xdpmirror {
namespace {

constexpr std::size_t kMoreCounters = 4096;
constexpr std::uint64_t kUdpPorts = RXH_L4_B_0_1 | RXH_L4_B_2_3;

// A command with a table behind it, in memory aligned for both.
template <class Header>
class Buffer {
  public:
    explicit Buffer(std::size_t tail)
        : words_((sizeof(Header) + tail + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t)) {}
    Header* operator->() { return reinterpret_cast<Header*>(words_.data()); }
    Header* get() { return reinterpret_cast<Header*>(words_.data()); }

  private:
    std::vector<std::uint64_t> words_;
};

std::string text_of(const char* field, std::size_t size) {
    return {field, ::strnlen(field, size)};
}

}  // namespace

Result<Ethtool> Ethtool::make(const std::string& interface) {
    UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const int err = errno;
    if (!socket) return system_error("open a socket for ethtool", err);
    return Ethtool(interface, std::move(socket));
}

Result<> Ethtool::ask(void* command, const char* doing) const {
    ifreq request{};
    interface_.copy(request.ifr_name, IFNAMSIZ - 1);
    request.ifr_data = static_cast<char*>(command);
    if (::ioctl(socket_.get(), SIOCETHTOOL, &request) == 0) return Ok{};
    const int err = errno;
    return system_error(std::string(doing) + " of '" + interface_ + "'", err);
}

Result<DriverInfo> Ethtool::driver() const {
    ethtool_drvinfo info{};
    info.cmd = ETHTOOL_GDRVINFO;
    if (auto asked = ask(&info, "read the driver"); !asked) return asked.error();
    return DriverInfo{text_of(info.driver, sizeof(info.driver)),
                      text_of(info.version, sizeof(info.version))};
}

Result<Channels> Ethtool::channels() const {
    ethtool_channels found{};
    found.cmd = ETHTOOL_GCHANNELS;
    if (auto asked = ask(&found, "read the channels"); !asked) return asked.error();
    return Channels{.rx = found.rx_count,
                    .max_rx = found.max_rx,
                    .tx = found.tx_count,
                    .max_tx = found.max_tx,
                    .combined = found.combined_count,
                    .max_combined = found.max_combined};
}

Result<> Ethtool::set_channels(const Channels& wanted) const {
    ethtool_channels set{};
    set.cmd = ETHTOOL_GCHANNELS;
    if (auto asked = ask(&set, "read the channels"); !asked) return asked.error();
    set.cmd = ETHTOOL_SCHANNELS;
    set.rx_count = wanted.rx;
    set.tx_count = wanted.tx;
    set.combined_count = wanted.combined;
    return ask(&set, "set the channels");
}

Result<Rings> Ethtool::rings() const {
    ethtool_ringparam found{};
    found.cmd = ETHTOOL_GRINGPARAM;
    if (auto asked = ask(&found, "read the rings"); !asked) return asked.error();
    return Rings{.rx = found.rx_pending,
                 .max_rx = found.rx_max_pending,
                 .tx = found.tx_pending,
                 .max_tx = found.tx_max_pending};
}

Result<> Ethtool::set_rings(const Rings& wanted) const {
    ethtool_ringparam set{};
    set.cmd = ETHTOOL_GRINGPARAM;
    if (auto asked = ask(&set, "read the rings"); !asked) return asked.error();
    set.cmd = ETHTOOL_SRINGPARAM;
    set.rx_pending = wanted.rx;
    set.tx_pending = wanted.tx;
    return ask(&set, "set the rings");
}

Result<std::vector<std::string>> Ethtool::strings(std::uint32_t set, const char* of_what) const {
    Buffer<ethtool_sset_info> sizes(sizeof(std::uint32_t));
    sizes->cmd = ETHTOOL_GSSET_INFO;
    sizes->sset_mask = 1ULL << set;
    const std::string what(of_what);
    if (auto asked = ask(sizes.get(), ("count the " + what).c_str()); !asked) return asked.error();
    const std::size_t count = sizes->sset_mask == 0 ? 0 : sizes->data[0];

    Buffer<ethtool_gstrings> names(count * ETH_GSTRING_LEN);
    names->cmd = ETHTOOL_GSTRINGS;
    names->string_set = set;
    names->len = static_cast<std::uint32_t>(count);
    if (auto asked = ask(names.get(), ("name the " + what).c_str()); !asked) return asked.error();
    std::vector<std::string> found;
    for (std::size_t i = 0; i < count; ++i) {
        const auto* name = reinterpret_cast<const char*>(names->data) + i * ETH_GSTRING_LEN;
        found.push_back(text_of(name, ETH_GSTRING_LEN));
    }
    return found;
}

Result<Ethtool::OffloadBits> Ethtool::offload_bits() const {
    const auto names = strings(ETH_SS_FEATURES, "offloads");
    if (!names) return names.error();
    OffloadBits found;
    found.blocks = (names->size() + 31) / 32;
    for (std::size_t i = 0; i < names->size(); ++i) {
        if (!names->at(i).empty()) found.bits.emplace(names->at(i), i);
    }
    return found;
}

Result<DriverCounters> Ethtool::counters() const {
    const auto names = strings(ETH_SS_STATS, "counters");
    if (!names) return names.error();
    // the kernel writes all there are, and with more queues there are more than a moment ago
    Buffer<ethtool_stats> found((names->size() + kMoreCounters) * sizeof(std::uint64_t));
    found->cmd = ETHTOOL_GSTATS;
    found->n_stats = static_cast<std::uint32_t>(names->size());
    if (auto asked = ask(found.get(), "read the counters"); !asked) return asked.error();
    DriverCounters counters;
    const auto count = std::min<std::size_t>(names->size(), found->n_stats);
    for (std::size_t i = 0; i < count; ++i) counters.emplace_back(names->at(i), found->data[i]);
    return counters;
}

Result<Offloads> Ethtool::offloads() const {
    const auto known = offload_bits();
    if (!known) return known.error();
    Buffer<ethtool_gfeatures> found(known->blocks * sizeof(ethtool_get_features_block));
    found->cmd = ETHTOOL_GFEATURES;
    found->size = static_cast<std::uint32_t>(known->blocks);
    if (auto asked = ask(found.get(), "read the offloads"); !asked) return asked.error();
    Offloads offloads;
    for (const auto& [name, bit] : known->bits) {
        const auto& block = found->features[bit / 32];
        const std::uint32_t mask = 1U << (bit % 32);
        offloads[name] = {.on = (block.active & mask) != 0,
                          .fixed = (block.available & ~block.never_changed & mask) == 0};
    }
    return offloads;
}

Result<> Ethtool::set_offload(const std::string& name, bool on) const {
    const auto known = offload_bits();
    if (!known) return known.error();
    const auto bit = known->bits.find(name);
    if (bit == known->bits.end()) return Error{"this kernel knows no offload '" + name + "'"};
    Buffer<ethtool_sfeatures> set(known->blocks * sizeof(ethtool_set_features_block));
    set->cmd = ETHTOOL_SFEATURES;
    set->size = static_cast<std::uint32_t>(known->blocks);
    auto& block = set->features[bit->second / 32];
    block.valid = 1U << (bit->second % 32);
    block.requested = on ? block.valid : 0;
    if (auto asked = ask(set.get(), "set an offload"); !asked) return asked.error();
    // a wish that the driver overrules is not an error to the kernel
    const auto now = offloads();
    if (!now) return now.error();
    if (now->at(name).on != on)
        return Error{"the driver of '" + interface_ + "' keeps " + name + (on ? " off" : " on")};
    return Ok{};
}

Result<> Ethtool::set_adaptive_rx(bool on) const {
    ethtool_coalesce set{};
    set.cmd = ETHTOOL_GCOALESCE;
    if (auto asked = ask(&set, "read the interrupt moderation"); !asked) return asked.error();
    set.cmd = ETHTOOL_SCOALESCE;
    set.use_adaptive_rx_coalesce = on;
    return ask(&set, "set the interrupt moderation");
}

Result<bool> Ethtool::udp_ports_hashed() const {
    ethtool_rxnfc found{};
    found.cmd = ETHTOOL_GRXFH;
    found.flow_type = UDP_V4_FLOW;
    if (auto asked = ask(&found, "read the flow hash"); !asked) return asked.error();
    return (found.data & kUdpPorts) == kUdpPorts;
}

Result<> Ethtool::hash_udp_ports(bool on) const {
    ethtool_rxnfc set{};
    set.cmd = ETHTOOL_SRXFH;
    set.flow_type = UDP_V4_FLOW;
    set.data = RXH_IP_SRC | RXH_IP_DST | (on ? kUdpPorts : 0);
    return ask(&set, "set the flow hash");
}

}  // namespace xdpmirror
