// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// How many channels of a NIC may be used with XDP: some drivers need spare ones for sending. Pure.
#pragma once

#include <string>

#include "loader/device/device_facts.h"

namespace xdpmirror {

// ENA is two drivers: the kernel's own, and Amazon's with versions of its own ("2.17.0g").
struct EnaVersion {
    bool out_of_tree = false;
    int major = 0, minor = 0;

    bool at_least(int wanted_major, int wanted_minor) const {
        return out_of_tree &&
               (major > wanted_major || (major == wanted_major && minor >= wanted_minor));
    }
};
EnaVersion ena_version(const std::string& version);
// XDP needs as many spare channels as there are used ones.
bool ena_needs_spare_channels(const DeviceFacts& device);

// Receiving channels that may be in use with XDP at full speed; at least one. The device must have
// told its channels.
std::uint32_t usable_channels(const DeviceFacts& device, unsigned cpus);
// How many should be: one a CPU where that many are usable, what is set otherwise.
std::uint32_t wanted_channels(const DeviceFacts& device, unsigned cpus);

// A number of receiving channels in the words of `ethtool -L`: "combined 4", "rx 2", "rx 4 tx 4".
std::string channel_words(const DeviceFacts& device, std::uint32_t number);
// The same of what is set now.
std::string channel_words_now(const DeviceFacts& device);

}  // namespace xdpmirror
