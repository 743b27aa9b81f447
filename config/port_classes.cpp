// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One pass over all ports: a class begins where any range begins or the one before it ends.
#include "config/port_classes.h"

namespace xdpmirror {
namespace {

constexpr std::size_t kPorts = 65536;

}  // namespace

PortClasses::PortClasses(const std::vector<PortRange>& ranges) : class_of_(kPorts, 0) {
    std::vector<std::int32_t> change(kPorts + 1, 0);  // of the number of open ranges
    std::vector<bool> is_border(kPorts + 1, false);
    std::int32_t open = 0;

    for (const PortRange& range : ranges) {
        change[range.first]++;
        change[range.last + std::size_t{1}]--;
        is_border[range.first] = true;
        is_border[range.last + std::size_t{1}] = true;
    }
    for (std::size_t port = 0; port < kPorts; port++) {
        open += change[port];
        if (is_border[port] && open > 0) {
            count_++;
        }
        class_of_[port] = open > 0 ? count_ : 0;
    }
}

}  // namespace xdpmirror
