// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Port ranges cut at each other's borders: every port is in at most one class, every range is a run
// of whole classes, so that matching a range is an exact look-up of the class.
#pragma once

#include <cstdint>
#include <vector>

#include "config/config.h"

namespace xdpmirror {

class PortClasses {
  public:
    explicit PortClasses(const std::vector<PortRange>& ranges);

    // Classes are 1 to count(); 0 is for ports in no range.
    std::uint32_t count() const { return count_; }
    std::uint32_t of(std::uint16_t port) const { return class_of_[port]; }

  private:
    std::vector<std::uint32_t> class_of_;
    std::uint32_t count_ = 0;
};

}  // namespace xdpmirror
