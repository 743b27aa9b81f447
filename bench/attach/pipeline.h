// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One configuration as one loaded program with tables of its own. Loading and filling are separate,
// because a reload may die between them; nothing is attached here.
#pragma once

#include <cstdint>
#include <memory>

#include "bench/attach/configuration.h"

namespace xdpmirror::bench::attach {

struct PipelineKind {
    bool wide = false;   // the later layout: longer rules and one more table
    bool frags = false;  // takes packets of more than one buffer
};

class Pipeline {
  public:
    // Counts go on in `counts` (borrowed) when it is a descriptor, else in a new table.
    static Result<Pipeline> load(const Target& target, std::uint32_t generation, int counts,
                                 PipelineKind kind = {});
    Result<> fill(const Target& target, std::uint32_t generation) const;

    int program() const { return program_; }
    int counts() const { return counts_; }

  private:
    template <class Skeleton>
    static Result<Pipeline> load_as(Skeleton* object, const char* program, const Target& target,
                                    std::uint32_t generation, int counts, PipelineKind kind);

    std::shared_ptr<void> object_;  // owns the descriptors below
    std::size_t rule_size_ = 0;
    int program_ = -1;
    int rules_ = -1;
    int hops_ = -1;
    int egress_ = -1;
    int counts_ = -1;
};

}  // namespace xdpmirror::bench::attach
