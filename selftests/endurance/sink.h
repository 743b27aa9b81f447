// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The sink on the far ends of the egress devices, for as long as the object lives.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "maps/result.h"
#include "maps/unique_fd.h"
#include "selftests/endurance/marks.h"

struct load_sink_bpf;

namespace xdpmirror::endurance {

class Sink {
  public:
    // In the order of the devices' numbers; up to XM_LOAD_SINKS.
    static Result<Sink> make(const std::vector<std::string>& devices);

    // One for each device, summed over CPUs; `last` is the newest generation of any.
    Result<std::vector<xm_load_tally>> tallies() const;

  private:
    std::shared_ptr<load_sink_bpf> object_;
    std::vector<UniqueFd> links_;
};

}  // namespace xdpmirror::endurance
