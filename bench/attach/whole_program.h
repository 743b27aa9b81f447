// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the mechanisms share in which one configuration is one program: load the next generation
// aside, fill its tables, then swap. They differ in how traffic is led to it.
#pragma once

#include <optional>

#include "bench/attach/mechanism.h"
#include "bench/attach/pipeline.h"
#include "maps/unique_fd.h"

namespace xdpmirror::bench::attach {

class WholeProgram : public Mechanism {
  public:
    Result<> start(const Target& target, std::uint32_t generation,
                   const std::string& pins) override;
    Result<ReloadTime> reload(std::uint32_t generation, const Observer& observer) override;
    int counts() const override { return current_->counts(); }

    // A reload to another kind of pipeline.
    Result<ReloadTime> reload_as(std::uint32_t generation, PipelineKind kind,
                                 const Observer& observer);

  protected:
    // Attaches for the first time; `pins` outlives the call.
    virtual Result<> attach(const Pipeline& first) = 0;
    virtual Result<> swap(const Pipeline& next) = 0;

    // Attaches natively, pins the link and opens it again for updates.
    Result<> attach_pinned(int program);

    Target target_;
    std::string pins_;
    UniqueFd link_;
    std::optional<Pipeline> current_;
};

// Mechanism A: the link holds the pipeline itself and is updated to the next one.
class LinkUpdate : public WholeProgram {
  public:
    int program() const override { return current_->program(); }

  protected:
    Result<> attach(const Pipeline& first) override { return attach_pinned(first.program()); }
    Result<> swap(const Pipeline& next) override;
};

// Control: takes the program off and puts the next one on, as a loader without links must.
class Reattach : public LinkUpdate {
  protected:
    Result<> swap(const Pipeline& next) override;
};

// Mechanism B: the link holds a small entry program for good; it tail-calls the pipeline that is in
// its slot, and the slot is set to the next one.
class SlotSwap : public WholeProgram {
  public:
    // The kernel empties a program array when the last descriptor and pin of it go, whoever still
    // runs it; `pin_slot` false shows that.
    explicit SlotSwap(bool pin_slot = true) : pin_slot_(pin_slot) {}
    int program() const override { return program_; }

  protected:
    Result<> attach(const Pipeline& first) override;
    Result<> swap(const Pipeline& next) override;

  private:
    bool pin_slot_;
    std::shared_ptr<void> entry_;  // owns the two descriptors below
    int program_ = -1;
    int slot_ = -1;
};

}  // namespace xdpmirror::bench::attach
