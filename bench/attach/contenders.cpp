// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Who takes part, and the clearing away after each.
#include <unistd.h>

#include "bench/attach/experiments.h"
#include "bench/attach/indexed.h"
#include "bench/attach/whole_program.h"

namespace xdpmirror::bench::attach {

namespace {

template <class T>
MechanismPtr make() {
    return std::make_unique<T>();
}

}  // namespace

const std::vector<Contender>& contenders() {
    static const std::vector<Contender> all = {
        {"A link update", false, make<LinkUpdate>},
        {"B tail call", false, make<SlotSwap>},
        {"C indexed tables", false, make<Indexed>},
        {"control: rows overwritten", true, make<InPlace>},
        {"control: detach, attach", true, make<Reattach>},
    };
    return all;
}

Result<> remove_pins(const std::string& pins) {
    for (const char* name : {"/link", "/slot"}) {
        if (unlink((pins + name).c_str()) != 0 && errno != ENOENT)
            return system_error("unpin '" + pins + name + "'", errno);
    }
    return Ok{};
}

}  // namespace xdpmirror::bench::attach
