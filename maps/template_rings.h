// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Reads what the data plane hands up: the ring buffers of xm_templates. One reader at a time.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "maps/layout.h"
#include "maps/result.h"

struct ring_buffer;

namespace xdpmirror {

class TemplateRings {
  public:
    // Of the maps xm_templates0 and so on, which may be closed afterwards.
    static Result<TemplateRings> make(const std::vector<int>& ring_fds);

    // Everything that is there now, in the order of each ring; waits for nothing. Returns how many.
    std::size_t read(const std::function<void(const xm_template_packet&)>& take);

  private:
    struct Free {
        void operator()(ring_buffer* rings) const;
    };
    using Take = std::function<void(const xm_template_packet&)>;

    static int on_record(void* take, void* data, std::size_t bytes);

    std::unique_ptr<Take> take_;  // stays where the rings know it
    std::unique_ptr<ring_buffer, Free> rings_;
};

}  // namespace xdpmirror
