// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What an attachment counts and what its daemon knows, as metrics. Pure: everything was read
// before.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "loader/metrics/exposition.h"
#include "loader/view.h"

namespace xdpmirror {

void add_attachment(Exposition& to, const AttachmentView& view);

// `report` is what the daemon writes to its run file; null: none runs.
void add_daemon(Exposition& to, const AttachmentView& view, const nlohmann::ordered_json& report);

}  // namespace xdpmirror
