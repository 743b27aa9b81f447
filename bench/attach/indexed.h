// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Mechanism C: one program for good, its tables in two generations behind an index.
#pragma once

#include <memory>

#include "bench/attach/mechanism.h"
#include "maps/unique_fd.h"

struct att_indexed_bpf;

namespace xdpmirror::bench::attach {

// A generation's own tables, before they are put behind the index.
struct Tables {
    UniqueFd rules;
    UniqueFd hops;
};

class Indexed : public Mechanism {
  public:
    Result<> start(const Target& target, std::uint32_t generation,
                   const std::string& pins) override;
    Result<ReloadTime> reload(std::uint32_t generation, const Observer& observer) override;
    int program() const override;
    int counts() const override;

    // Offers a rule table of another shape to the slot that is not in use: may it stand there?
    Result<> offer_rules(std::uint32_t value_size, std::uint32_t entries) const;

  protected:
    Result<> flip(std::uint32_t slot) const;

    Target target_;
    std::shared_ptr<att_indexed_bpf> object_;
    Tables tables_[XM_ATT_SLOTS];  // by slot
    std::uint32_t active_ = 0;

  private:
    Result<> install(std::uint32_t slot, std::uint32_t generation) const;
};

// Control: writes the new rows over the ones in use, one table after another.
class InPlace : public Indexed {
  public:
    Result<ReloadTime> reload(std::uint32_t generation, const Observer& observer) override;
};

}  // namespace xdpmirror::bench::attach
