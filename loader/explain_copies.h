// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What would happen to a packet of a rule that sends to several pools: each copy as if its send were the only
// one, which is what the data plane makes of them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "loader/explain.h"

namespace xdpmirror {

class CopyExplainer {
  public:
    // `notes` gets what this machine could not resolve.
    static Result<CopyExplainer> make(const Config& config, std::vector<std::string>& notes);

    // One for each send of the rule that takes the packet, in order; one if no rule does, or if it is dropped
    // before it is copied.
    Result<std::vector<Explanation>> explain(const std::vector<std::byte>& frame);

    const Plan& plan() const { return explainers_.front().plan(); }

  private:
    explicit CopyExplainer(const Config& config) : config_(config) {}

    Config config_;
    std::vector<Explainer> explainers_;  // by number of the send
};

}  // namespace xdpmirror
