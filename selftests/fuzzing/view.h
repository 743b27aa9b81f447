// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Bytes that one may look at, in network order. Looking outside throws `Beyond`; looking at what is
// not present, behind the first buffer of the frame, throws `NotPresent`. What that means is for
// the layer that looked to say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "config/address.h"

namespace xdpmirror::reference {

using Bytes = std::vector<std::uint8_t>;

struct Beyond {};
struct NotPresent {};

class View {
  public:
    View() = default;
    View(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
    View(const Bytes& bytes) : bytes_(bytes) {}
    // A frame whose first buffer has `present` bytes.
    View(const Bytes& frame, std::size_t present);

    std::size_t size() const { return bytes_.size(); }
    const std::uint8_t* begin() const { return bytes_.data(); }
    const std::uint8_t* end() const { return bytes_.data() + bytes_.size(); }

    std::uint8_t u8(std::size_t at) const;
    std::uint16_t u16(std::size_t at) const;
    std::uint32_t u24(std::size_t at) const;
    std::uint32_t u32(std::size_t at) const;
    IpAddress address(Family family, std::size_t at) const;

    // The first bytes are there, and present.
    void require(std::size_t size) const;
    // Parts, present or not.
    View from(std::size_t at) const;
    View first(std::size_t size) const;
    // What is left behind `at`, also if that is nothing.
    View rest(std::size_t at) const;

  private:
    View part(std::span<const std::uint8_t> bytes) const;

    std::span<const std::uint8_t> bytes_;
    const std::uint8_t* present_end_ = nullptr;  // none: everything is present
};

}  // namespace xdpmirror::reference
