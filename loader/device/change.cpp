// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/device/change.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <sstream>

#include "loader/device/ethtool.h"
#include "loader/state_dir.h"

namespace xdpmirror {
namespace {

using Kind = Change::Kind;

constexpr std::array<std::pair<Kind, const char*>, 7> kKinds = {{
    {Kind::offload, "offload"},
    {Kind::channels, "channels"},
    {Kind::rings, "rings"},
    {Kind::adaptive, "adaptive"},
    {Kind::udp_hash, "udp_hash"},
    {Kind::file, "file"},
    {Kind::bpffs, "bpffs"},
}};

// ethtool takes the kernel's names too, but prints these.
constexpr std::array<std::pair<const char*, const char*>, 3> kShortNames = {{
    {"rx-lro", "lro"},
    {"rx-gro", "gro"},
    {"rx-vlan-hw-parse", "rxvlan"},
}};

std::string short_name(const std::string& name) {
    for (const auto& [kernel, usual] : kShortNames) {
        if (name == kernel) return usual;
    }
    return name;
}

Result<> write_file(const std::string& path, const std::string& value) {
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    int err = errno;
    if (!file) return system_error("open " + path, err);
    const auto written = ::write(file.get(), value.data(), value.size());
    err = errno;
    if (written < 0) return system_error("write " + path, err);
    return Ok{};
}

Result<> mount_bpffs() {
    if (::mkdir(kBpffs, 0700) != 0 && errno != EEXIST) {
        const int err = errno;
        return system_error(std::string("make ") + kBpffs, err);
    }
    if (::mount("bpf", kBpffs, "bpf", 0, "mode=0700") == 0) return Ok{};
    const int err = errno;
    return system_error(std::string("mount ") + kBpffs, err);
}

Error malformed(const Change& change) {
    return Error{"'" + change.value + "' is not a list of numbers"};
}

Result<> set_channels(const Ethtool& device, const Change& change) {
    const auto numbers = numbers_of(change.value);
    if (!numbers) return malformed(change);
    auto channels = device.channels();
    if (!channels) return channels.error();
    for (const auto& [name, number] : *numbers) {
        if (name == "rx") channels->rx = number;
        if (name == "tx") channels->tx = number;
        if (name == "combined") channels->combined = number;
    }
    return device.set_channels(*channels);
}

Result<> set_rings(const Ethtool& device, const Change& change) {
    const auto numbers = numbers_of(change.value);
    if (!numbers) return malformed(change);
    auto rings = device.rings();
    if (!rings) return rings.error();
    for (const auto& [name, number] : *numbers) {
        if (name == "rx") rings->rx = number;
        if (name == "tx") rings->tx = number;
    }
    return device.set_rings(*rings);
}

Result<> make(const Change& change) {
    if (change.kind == Kind::file) return write_file(change.name, change.value);
    if (change.kind == Kind::bpffs) return mount_bpffs();
    const auto device = Ethtool::make(change.interface);
    if (!device) return device.error();
    switch (change.kind) {
        case Kind::offload:
            return device->set_offload(change.name, change.value == "on");
        case Kind::channels:
            return set_channels(*device, change);
        case Kind::rings:
            return set_rings(*device, change);
        case Kind::adaptive:
            return device->set_adaptive_rx(change.value == "on");
        case Kind::udp_hash:
            return device->hash_udp_ports(change.value == "on");
        case Kind::file:
        case Kind::bpffs:
            break;
    }
    return Ok{};
}

}  // namespace

const char* to_text(Change::Kind kind) {
    for (const auto& [known, text] : kKinds) {
        if (known == kind) return text;
    }
    return "";
}

std::optional<Change::Kind> change_kind(const std::string& text) {
    for (const auto& [kind, known] : kKinds) {
        if (text == known) return kind;
    }
    return std::nullopt;
}

std::string command_of(const Change& change) {
    switch (change.kind) {
        case Kind::offload:
            return fmt::format("ethtool -K {} {} {}", change.interface, short_name(change.name),
                               change.value);
        case Kind::channels:
            return fmt::format("ethtool -L {} {}", change.interface, change.value);
        case Kind::rings:
            return fmt::format("ethtool -G {} {}", change.interface, change.value);
        case Kind::adaptive:
            return fmt::format("ethtool -C {} adaptive-rx {}", change.interface, change.value);
        case Kind::udp_hash:
            return fmt::format("ethtool -N {} rx-flow-hash udp4 {}", change.interface,
                               change.value == "on" ? "sdfn" : "sd");
        case Kind::file:
            return fmt::format("echo {} > {}", change.value, change.name);
        case Kind::bpffs:
            return fmt::format("mount -t bpf bpf {}", kBpffs);
    }
    return {};
}

std::optional<std::vector<std::pair<std::string, std::uint32_t>>> numbers_of(
    const std::string& value) {
    std::vector<std::pair<std::string, std::uint32_t>> numbers;
    std::istringstream words(value);
    std::string name;
    while (words >> name) {
        std::uint32_t number = 0;
        if (!(words >> number)) return std::nullopt;
        numbers.emplace_back(name, number);
    }
    if (numbers.empty()) return std::nullopt;
    return numbers;
}

Result<> make_change(const Change& change) {
    auto made = make(change);
    if (!made) return while_doing("'" + command_of(change) + "' failed", made.error());
    return made;
}

}  // namespace xdpmirror
