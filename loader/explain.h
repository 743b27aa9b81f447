// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the shipped program does with a packet, found by running it on private tables and books: no
// live counter moves and nothing is sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/profile.h"
#include "loader/data_plane.h"
#include "maps/template_rings.h"
#include "maps/result.h"

namespace xdpmirror {

struct Explanation {
    enum class Verdict { pass, drop, forward };

    // A stage of the data plane and what it decided.
    struct Step {
        std::string stage;
        std::string outcome;
    };

    Verdict verdict = Verdict::pass;
    std::string reason;   // label; empty if forwarded
    std::string meaning;  // its sentence
    std::optional<std::size_t> source;     // index in Config::sources
    std::optional<std::size_t> rule;       // index in Config::rules
    std::optional<std::size_t> collector;  // index in Plan::collectors
    std::vector<std::string> notes;  // labels
    bool by_kernel = false;          // larger than the egress: the kernel fragments it
    std::vector<Step> steps;
    // What would leave, if forwarded: one frame, or the kernel's fragments of it.
    std::vector<std::vector<std::byte>> out;
};

class Explainer {
  public:
    // `notes` gets what this machine could not resolve. Of rules that send to several pools the first counts.
    static Result<Explainer> make(const Config& config, std::vector<std::string>& notes);
    Result<Explanation> explain(const std::vector<std::byte>& frame);

    const Plan& plan() const { return plan_; }

  private:
    Explainer(Config config, Plan plan, Resolved rows, DataPlane plane)
        : config_(std::move(config)),
          plan_(std::move(plan)),
          rows_(std::move(rows)),
          plane_(std::move(plane)) {}
    Result<Books> books() const;
    void leave(Explanation& explanation, std::vector<std::byte> frame) const;

    Config config_;
    Plan plan_;
    Resolved rows_;
    DataPlane plane_;
    std::optional<TemplateRings> rings_;  // emptied after each packet, as a daemon would
};

}  // namespace xdpmirror
