// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// An attachment on trial: it is taken off again unless it is confirmed in time. What is known of
// the trial is in /run/xdpmirror/<interface>.confirm; the watcher (loader/confirm_watch.h), which
// does the taking off, holds a lock on that file for as long as it lives. Removing the file ends
// the trial.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "loader/state_dir.h"
#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

struct Trial {
    std::uint64_t attached_ns = 0;  // xm_meta.attached_ns of the attachment that is meant
    std::uint64_t deadline_ns = 0;  // CLOCK_BOOTTIME
    std::uint64_t watcher_pid = 0;  // for people: nobody sends it a signal
    bool watched = false;           // false: the watcher is dead, and nobody will take it off

    std::uint64_t seconds_left() const;  // rounded up, 0 when it is over
};

std::uint64_t boottime_ns();

// A new trial's file under a passing name, locked. It becomes visible by begin_trial.
Result<UniqueFd> create_trial_file(const std::string& interface);
Result<> begin_trial(const std::string& interface, int file_fd, const Trial& trial);

// The trial of the attachment that the interface has now.
std::optional<Trial> find_trial(const std::string& interface);
// Is `attached_ns` the attachment that the interface has now?
bool is_attached(const std::string& interface, std::uint64_t attached_ns);

// Of any attachment, without a word if there is none.
void end_trial(const std::string& interface);

// `xdpmirror confirm`: the attachment stays. An error when none is on trial.
Result<> confirm(const std::string& interface);

}  // namespace xdpmirror
