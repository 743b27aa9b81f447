// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Another program, run to its end.
#pragma once

#include <string>
#include <vector>

#include "maps/result.h"

namespace xdpmirror {

// Found by PATH, without a shell; it gets no input and its output is discarded. Unless it ends with
// status 0, the error is the last line that it wrote to its standard error.
Result<> run_to_end(const std::vector<std::string>& command);

}  // namespace xdpmirror
