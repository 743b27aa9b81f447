// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The way through user space: takes frames from a ring buffer and sends each copy by a raw socket.
#pragma once

#include <vector>

#include "bench/copies/copies.h"
#include "maps/result.h"

namespace xdpmirror::bench {

// Does not return but for an error. It runs on `cpu` ahead of everything else there, so that the
// generator on the same core sends only what is taken.
Result<> send_copies(int ring, const std::vector<xm_bench_copy>& copies, int cpu);

}  // namespace xdpmirror::bench
