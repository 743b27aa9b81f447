// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/device/channels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace xdpmirror {

EnaVersion ena_version(const std::string& version) {
    EnaVersion found;
    int patch = 0;
    char end = '\0';
    const int fields =
        std::sscanf(version.c_str(), "%d.%d.%d%c", &found.major, &found.minor, &patch, &end);
    found.out_of_tree = fields == 4 && end == 'g';
    return found.out_of_tree ? found : EnaVersion{};
}

bool ena_needs_spare_channels(const DeviceFacts& device) {
    return device.link.driver == "ena" && !ena_version(device.driver_version).at_least(2, 17);
}

std::uint32_t usable_channels(const DeviceFacts& device, unsigned cpus) {
    const auto& channels = *device.channels;
    auto usable = channels.max_receiving();
    if (ena_needs_spare_channels(device)) usable /= 2;
    if (device.link.driver == "gve") usable = std::min(usable, channels.max_tx / 2);
    if (device.link.driver == "virtio_net" && usable > cpus) usable -= cpus;
    return std::max(1U, usable);
}

std::uint32_t wanted_channels(const DeviceFacts& device, unsigned cpus) {
    const auto usable = usable_channels(device, cpus);
    return std::clamp(device.channels->receiving(), std::min<std::uint32_t>(cpus, usable), usable);
}

std::string channel_words(const DeviceFacts& device, std::uint32_t number) {
    if (device.link.driver == "gve") return fmt::format("rx {0} tx {0}", number);
    if (device.channels->max_combined != 0) return fmt::format("combined {}", number);
    return fmt::format("rx {}", number);
}

std::string channel_words_now(const DeviceFacts& device) {
    if (device.link.driver == "gve")
        return fmt::format("rx {} tx {}", device.channels->rx, device.channels->tx);
    if (device.channels->max_combined != 0)
        return fmt::format("combined {}", device.channels->combined);
    return fmt::format("rx {}", device.channels->rx);
}

}  // namespace xdpmirror
