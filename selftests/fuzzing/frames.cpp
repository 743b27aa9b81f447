// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/fuzzing/frames.h"

#include <algorithm>

#include "selftests/fuzzing/mutate.h"

namespace xdpmirror::fuzz {
namespace {

constexpr std::size_t kMostWaiting = 12;
constexpr std::size_t kMostPresent = 180;  // where the border of buffers matters

}  // namespace

Frames::Frames(std::uint64_t seed, const Config& config, const reference::Node& node,
               std::uint32_t damage_percent)
    : dice_(seed),
      faults_(dice_),
      roles_(config, node, dice_),
      datagrams_(dice_, roles_, faults_),
      damage_percent_(damage_percent) {}

Frame Frames::next() {
    if (waiting_.empty() || (waiting_.size() < kMostWaiting && dice_.one_in(2))) {
        faults_.choose();
        if (dice_.one_in(24))
            make_stray();
        else
            make_story();
    }
    Bytes frame;
    if (!waiting_.empty()) {
        frame = std::move(waiting_.front());
        waiting_.pop_front();
    }
    Bytes kept = frame;
    if (dice_.percent(damage_percent_)) frame = mutated(dice_, std::move(frame), last_);
    last_ = std::move(kept);
    if (frame.size() < kSmallestFrame) frame.resize(kSmallestFrame);
    std::uint32_t border = 0;
    if (frame.size() > kSmallestFrame && dice_.one_in(12))
        border = kSmallestFrame +
                 dice_.below(std::min<std::size_t>(frame.size() - kSmallestFrame, kMostPresent));
    if (frame.size() > kLargestFrame) frame.resize(kLargestFrame);
    return {std::move(frame), border};
}

// One datagram, whole or in fragments, along one path.
void Frames::make_story() {
    const Aim aim = roles_.aim();
    const Path way = path(aim);
    for (const Bytes& packet : datagrams_.make(aim)) waiting_.push_back(wrap(way, packet));
}

// Frames that are nobody's, or nearly so.
void Frames::make_stray() {
    const Aim aim = roles_.aim();
    const Path way = path(aim);
    if (dice_.one_in(3)) {
        Bytes frame = dice_.bytes(kSmallestFrame + dice_.below(60));
        put16(frame, 12, dice_.of<std::uint16_t>({0x0806, 0x0800, 0x86dd, 0x8100, 0x88cc, 0}));
        waiting_.push_back(frame);
        return;
    }
    IpHeader header = datagrams_.outer(way.sender, way.destination);
    header.protocol = dice_.of<std::uint8_t>({1, 6, 17, 44, 50, 60, 0});
    const Bytes segment = upper({.protocol = header.protocol, .to_port = dice_.word()}, way.sender,
                                way.destination, dice_.bytes(dice_.below(60)));
    waiting_.push_back(framed(ip(header, segment)));
}

Frames::Path Frames::path(const Aim& aim) {
    Path path;
    path.way = aim.source->way;
    path.sender = roles_.outer_sender(aim);
    path.destination = roles_.outer_destination(path.sender.family);
    path.vni = roles_.vni(aim);
    return path;
}

std::vector<std::uint16_t> Frames::tags() {
    std::vector<std::uint16_t> tags;
    const std::uint32_t most = faults_.here() ? 4 : 2;
    if (dice_.one_in(6)) tags.resize(1 + dice_.below(most), 0x8100);
    for (auto& tpid : tags)
        if (dice_.one_in(3)) tpid = dice_.one_in(8) ? 0x9100 : 0x88a8;
    return tags;
}

std::uint16_t Frames::type_of(const Bytes& packet) {
    if (faults_.here()) return dice_.of<std::uint16_t>({0x0800, 0x86dd, 0x0806, 0x8100, 0x6558});
    return !packet.empty() && packet[0] >> 4 == 6 ? 0x86dd : 0x0800;
}

Bytes Frames::framed(const Bytes& packet) {
    Bytes frame = ethernet({.tags = tags(), .type = type_of(packet)}, packet);
    if (dice_.one_in(5)) append(frame, dice_.bytes(dice_.below(30)));
    return frame;
}

Bytes Frames::vxlan_packet(const Path& path, const Bytes& inner) {
    VxlanHeader header{.vni = path.vni};
    if (dice_.one_in(40)) {
        header.flags = dice_.of<std::uint8_t>({0x0c, 0x0c, 0x00, 0x88, 0x08, dice_.byte()});
        header.reserved = dice_.of({0U, 1U, 2U, 3U, 0x800003U, dice_.word32()});
    }
    if (dice_.one_in(40)) header.last = dice_.byte();
    return vxlan(header, inner);
}

Bytes Frames::udp(const IpAddress& from, const IpAddress& to, std::uint16_t port, View payload) {
    Upper header{.from_port = dice_.word(), .to_port = port};
    if (!dice_.one_in(8)) header.checksum = 0;
    if (faults_.here()) header.to_port = dice_.word();
    if (faults_.here()) header.length = dice_.word();
    if (faults_.here())
        header.length = static_cast<std::uint16_t>(8 + payload.size() + dice_.below(9) - 4);
    IpHeader carrier = datagrams_.outer(from, to);
    if (faults_.here()) carrier.length = dice_.word();
    if (faults_.here()) carrier.protocol = dice_.byte();
    return ip(carrier, upper(header, from, to, payload));
}

Bytes Frames::geneve_payload(const Bytes& mirror) {
    const Family family = dice_.percent(70) ? Family::ipv4 : Family::ipv6;
    Bytes packet = udp(roles_.any(family), roles_.any(family), roles_.vxlan_port(), mirror);
    if (dice_.one_in(16)) append(packet, dice_.bytes(dice_.below(20)));
    if (dice_.one_in(16)) packet = mirror;  // no mirror: something else
    GeneveHeader header{.type = type_of(packet)};
    if (dice_.one_in(2)) header.options = dice_.bytes(4U * dice_.below(dice_.one_in(4) ? 64 : 12));
    if (dice_.one_in(24)) header.flags = dice_.byte();
    if (faults_.here()) header.version = static_cast<std::uint8_t>(dice_.below(4));
    if (faults_.here()) header.option_words = dice_.byte();
    if (dice_.one_in(30)) header.type = 0x6558;
    return geneve(header, packet);
}

Bytes Frames::wrap(const Path& path, const Bytes& packet) {
    const Bytes frame = framed(packet);
    if (path.way == WayIn::plain) {
        const bool keeps_length = !dice_.one_in(30);
        return keeps_length ? frame : Bytes(frame.begin(), frame.end() - 1);
    }
    Bytes inner = frame;
    if (dice_.one_in(12))
        inner.resize(inner.size() - dice_.below(std::min<std::size_t>(inner.size(), 60)));
    const Bytes mirror = vxlan_packet(path, inner);
    if (path.way == WayIn::geneve)
        return framed(
            udp(path.sender, path.destination, roles_.geneve_port(), geneve_payload(mirror)));
    return framed(udp(path.sender, path.destination, roles_.vxlan_port(), mirror));
}

}  // namespace xdpmirror::fuzz
