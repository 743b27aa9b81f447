// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The pinned state of one attachment: /sys/fs/bpf/xdpmirror/<interface>/. What lasts as long as the
// attachment lies in it, first of all `link` (behind a dispatcher `extension`), which is there as soon as
// packets meet the program; each configuration has a directory of its own in it, config_<N>,
// with everything that its program uses, also what it shares with others. Which one runs, the link says;
// `config` points to it for people, and behind that the names of its pins, so that paths stay the same over
// reloads. A '.' in an interface name, which bpffs refuses, becomes ':', which no interface name has.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "loader/pin_dir.h"

namespace xdpmirror {

inline constexpr const char* kBpffs = "/sys/fs/bpf";

class StateDir : public PinDir {
  public:
    explicit StateDir(const std::string& interface);

    Result<> create() const;  // parents too

    // An error with the cure if this process may not look at what is attached.
    static Result<> may_look();

    // The directories of configurations, whole or not, oldest first.
    std::vector<PinDir> configurations() const;
    // The one whose program runs; an error in half of a state. Who may not open the link goes by what rtnetlink says.
    Result<PinDir> current() const;
    // Whether it is that one, still: one that is not may be half cleared away.
    bool is_current(const PinDir& configuration) const;
    // A new one, empty, after all others.
    Result<PinDir> create_next() const;
    // Makes the names of people those of a configuration: `config`, and one for each pin in it.
    Result<> show(const PinDir& configuration) const;

    // Everything, `link` first so that the hook is free before the tables go; also half of a state.
    Result<> remove_all() const;

    // Interfaces that have a state, sorted.
    static std::vector<std::string> interfaces();
};

// What `read` makes of the running configuration's directory, a Result; once more where a reload has taken that away
// meanwhile.
template <class Read>
auto read_current(const StateDir& state, const Read& read) -> decltype(read(std::declval<const PinDir&>())) {
    constexpr int kTries = 20;
    for (int tries = 1;; ++tries) {
        const auto current = state.current();
        if (!current) return current.error();
        auto got = read(*current);
        if (got || tries == kTries || state.is_current(*current)) return got;
    }
}

// The number of a configuration's directory.
std::uint32_t number_of(const PinDir& configuration);

// An error with the cure unless bpffs is mounted where we pin.
Result<> require_bpffs();

}  // namespace xdpmirror
