// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/metrics/nic_metrics.h"

#include <algorithm>
#include <array>

namespace xdpmirror {
namespace {

constexpr std::string_view kAvailable = "conntrack_allowance_available";  // not a counter

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

}  // namespace

std::string counter_name(const std::string& drivers_name) {
    constexpr std::array kOfInterest = {"xdp",       "allowance", "drop",
                                        "no_buffer", "overrun",   "missed"};
    if (std::ranges::none_of(kOfInterest, [&](const char* part) {
            return drivers_name.find(part) != std::string::npos;
        }))
        return {};
    // queue numbers: "rx_queue_3_xdp_drops", "rx3_xdp_drops", "rx_xdp_tx_errors[3]"
    std::string name;
    for (const char letter : drivers_name) {
        const bool is_doubled = letter == '_' && name.ends_with('_');
        if (is_digit(letter) || letter == '[' || letter == ']' || is_doubled) continue;
        name += letter;
    }
    return name;
}

void add_nic(Exposition& to, const std::string& interface, const std::string& device,
             const DriverCounters& counters) {
    for (const auto& [drivers_name, value] : counters) {
        const auto name = counter_name(drivers_name);
        if (name == kAvailable)
            to.add(Metric::nic_conntrack_allowance_available, {interface, device},
                   static_cast<double>(value));
        else if (!name.empty())
            to.add(Metric::nic_events_total, {interface, device, name}, static_cast<double>(value));
    }
}

}  // namespace xdpmirror
