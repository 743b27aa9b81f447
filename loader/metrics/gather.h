// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Everything that is known of one attachment at this moment, as metrics.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "loader/metrics/exposition.h"
#include "loader/view.h"

namespace xdpmirror {

// What is the same for all interfaces of a node.
void add_build(Exposition& to);

// Reads the tables anew. `report` as for add_daemon().
Result<> add_all(Exposition& to, AttachmentView& view, const nlohmann::ordered_json& report);

}  // namespace xdpmirror
