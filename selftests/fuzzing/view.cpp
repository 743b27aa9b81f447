// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/fuzzing/view.h"

#include <algorithm>

namespace xdpmirror::reference {

View::View(const Bytes& frame, std::size_t present)
    : bytes_(frame), present_end_(frame.data() + std::min(present, frame.size())) {}

void View::require(std::size_t size) const {
    if (bytes_.size() < size) throw Beyond{};
    if (present_end_ != nullptr && begin() + size > present_end_) throw NotPresent{};
}

std::uint8_t View::u8(std::size_t at) const {
    require(at + 1);
    return bytes_[at];
}

std::uint16_t View::u16(std::size_t at) const {
    require(at + 2);
    return static_cast<std::uint16_t>(bytes_[at] << 8 | bytes_[at + 1]);
}

std::uint32_t View::u24(std::size_t at) const {
    require(at + 3);
    return std::uint32_t{u8(at)} << 16 | u16(at + 1);
}

std::uint32_t View::u32(std::size_t at) const {
    require(at + 4);
    return std::uint32_t{u16(at)} << 16 | u16(at + 2);
}

IpAddress View::address(Family family, std::size_t at) const {
    const std::size_t size = family == Family::ipv4 ? 4 : 16;
    require(at + size);
    IpAddress address;
    address.family = family;
    std::copy_n(begin() + at, size, address.bytes.begin());
    return address;
}

View View::part(std::span<const std::uint8_t> bytes) const {
    View view(bytes);
    view.present_end_ = present_end_;
    return view;
}

View View::from(std::size_t at) const {
    if (bytes_.size() < at) throw Beyond{};
    return part(bytes_.subspan(at));
}

View View::first(std::size_t size) const {
    if (bytes_.size() < size) throw Beyond{};
    return part(bytes_.first(size));
}

View View::rest(std::size_t at) const {
    return part(bytes_.subspan(std::min(at, bytes_.size())));
}

}  // namespace xdpmirror::reference
