// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The shipped program and the reference side by side on one profile: the same frames into both.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "selftests/fuzzing/counters.h"
#include "selftests/fuzzing/frame.h"
#include "selftests/fuzzing/profiles.h"
#include "selftests/fuzzing/reference.h"
#include "selftests/prog_run/rig.h"

namespace xdpmirror::fuzz {

class Comparison {
  public:
    static Result<std::unique_ptr<Comparison>> make(const NamedProfile& profile);

    // Into both, verdict and bytes compared: what differs, empty if nothing. Counters are only
    // summed up for check_counters().
    std::string run(const Frame& frame);
    // The counters since the last call.
    std::string check_counters();

    const NamedProfile& profile() const { return profile_; }
    const Config& config() const { return rig_.config(); }
    const reference::Node& node() const { return reference_.node(); }

  private:
    Comparison(const NamedProfile& profile, test::Rig rig, reference::Node node);

    NamedProfile profile_;
    test::Rig rig_;
    reference::Reference reference_;
    Counters before_;
    Counters want_;
    Bytes out_;
};

// Frames through a new Comparison one by one; what differs for the last of them, or for the first
// at all.
std::string replay(const NamedProfile& profile, const std::vector<Frame>& frames);

}  // namespace xdpmirror::fuzz
