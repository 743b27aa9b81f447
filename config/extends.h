// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A profile's own text laid over the profile that it extends.
#pragma once

#include <string>
#include <vector>

#include "config/profile.h"
#include "config/tree.h"

namespace xdpmirror {

// The merged tree without its `extends`: mappings are merged by key, everything else is replaced by
// the extending profile. A base that is named without a path is searched beside the extending file,
// then in the directories. Each file of the chain must be of our version.
Result<Node> resolve_extends(const std::string& text, const std::string& file,
                             const std::vector<std::string>& directories,
                             const Environment& environment);

}  // namespace xdpmirror
