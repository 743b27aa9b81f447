// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/device/device_facts.h"

#include <fmt/format.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <filesystem>
#include <fstream>

#include "loader/xdp_features.h"

namespace xdpmirror {
namespace {

std::string sysfs_path(const LinkInfo& link, const char* file) {
    return fmt::format("/sys/class/net/{}/{}", link.name, file);
}

template <class T>
std::optional<T> maybe(const Result<T>& result) {
    if (!result) return std::nullopt;
    return *result;
}

std::optional<VethPeer> find_peer(NetlinkSocket& socket, const LinkInfo& link) {
    if (link.kind != "veth") return std::nullopt;
    ifinfomsg header{};
    header.ifi_index = static_cast<int>(link.ifindex);
    const auto answer = socket.request(NetlinkRequest(RTM_GETLINK, 0, header));
    if (!answer || answer->empty()) return std::nullopt;
    const Attributes attributes(answer->front(), sizeof(header), IFLA_MAX);
    if (attributes.has(IFLA_LINK_NETNSID)) return VethPeer{};
    const auto peer = find_link(socket, attributes.u32(IFLA_LINK).value_or(0));
    if (!peer) return std::nullopt;
    return VethPeer{peer->name};
}

std::vector<std::string> vlans_on(NetlinkSocket& socket, const LinkInfo& link) {
    std::vector<std::string> vlans;
    const auto links = list_links(socket);
    if (!links) return vlans;
    for (const auto& other : *links) {
        if (other.kind == "vlan" && other.parent == link.ifindex) vlans.push_back(other.name);
    }
    return vlans;
}

std::optional<unsigned> count_rx_queues(const LinkInfo& link) {
    unsigned count = 0;
    std::error_code ignored;
    while (std::filesystem::exists(sysfs_path(link, "queues/rx-") + std::to_string(count), ignored))
        ++count;
    if (count == 0) return std::nullopt;
    return count;
}

void ask_driver(DeviceFacts& device) {
    const auto ethtool = Ethtool::make(device.link.name);
    if (!ethtool) return;
    if (const auto driver = ethtool->driver(); driver) device.driver_version = driver->version;
    device.channels = maybe(ethtool->channels());
    device.rings = maybe(ethtool->rings());
    if (auto offloads = ethtool->offloads(); offloads) device.offloads = *offloads;
    device.udp_ports_hashed = maybe(ethtool->udp_ports_hashed());
    if (const auto adaptive = adaptive_rx(device.link.ifindex); adaptive)
        device.adaptive_rx = *adaptive;
}

}  // namespace

bool DeviceFacts::offload_on(const std::string& name) const {
    const auto found = offloads.find(name);
    return found != offloads.end() && found->second.on;
}

bool DeviceFacts::offload_fixed(const std::string& name) const {
    const auto found = offloads.find(name);
    return found == offloads.end() || found->second.fixed;
}

std::optional<bool> DeviceFacts::can(std::uint64_t xdp_feature) const {
    if (!xdp_features) return std::nullopt;
    return (*xdp_features & xdp_feature) == xdp_feature;
}

DeviceFacts gather_device(NetlinkSocket& socket, const LinkInfo& link) {
    DeviceFacts device;
    device.link = link;
    device.sysfs = sysfs_shows(link);
    ask_driver(device);
    if (device.sysfs) device.rx_queues = count_rx_queues(link);
    if (const auto features = xdp_features(link.ifindex); features) device.xdp_features = *features;
    auto occupant = xdp_occupant(link.ifindex);
    if (occupant)
        device.occupant = *occupant;
    else
        device.occupant_unread = occupant.error().what + ": " + occupant.error().code.message();
    if (link.driver == "virtio_net" && device.sysfs) {
        if (const auto bits = first_line(sysfs_path(link, "device/features")))
            device.virtio_features = parse_bits(*bits);
    }
    device.peer = find_peer(socket, link);
    device.vlans = vlans_on(socket, link);
    return device;
}

bool sysfs_shows(const LinkInfo& link) {
    return number_in(sysfs_path(link, "ifindex")) == static_cast<int>(link.ifindex) &&
           first_line(sysfs_path(link, "address")) == link.mac.text();
}

std::optional<std::string> first_line(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    if (!std::getline(file, line)) return std::nullopt;
    return line;
}

std::optional<int> number_in(const std::string& path) {
    std::ifstream file(path);
    int number = 0;
    if (!(file >> number)) return std::nullopt;
    return number;
}

std::optional<std::uint64_t> parse_bits(const std::string& text) {
    if (text.empty()) return std::nullopt;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '0' && text[i] != '1') return std::nullopt;
        if (text[i] == '1' && i < 64) bits |= 1ULL << i;
    }
    return bits;
}

}  // namespace xdpmirror
