// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The resolved profile as text in the profile's own vocabulary: read again, it is the same Config.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "config/tree.h"

namespace xdpmirror {

// Defaults filled in, "$" doubled so that nothing is expanded again.
nlohmann::ordered_json effective_value(const Node& root);

// The same as one line of JSON.
std::string effective_json(const Node& root);

// What packets depend on of it: without `ready` and `metrics`, which a daemon may have otherwise than the
// attachment that it takes over.
std::string data_plane_json(const std::string& effective_json);

}  // namespace xdpmirror
