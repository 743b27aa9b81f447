// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// An AttachmentView as JSON for scripts. Keys are part of the command line's contract
// (docs/cli.md); numbers are since the attach.
#pragma once

#include <nlohmann/json.hpp>

#include "loader/view.h"

namespace xdpmirror {

using Json = nlohmann::ordered_json;

Json count_json(const xm_count& count);
Json reasons_json(const AttachmentView& view, bool all);  // drops; all: also those that are zero
Json passes_json(const AttachmentView& view);
Json notes_json(const AttachmentView& view, bool all);  // likewise
Json sources_json(const AttachmentView& view);
Json rules_json(const AttachmentView& view);
Json pools_json(const AttachmentView& view);
Json egress_json(const AttachmentView& view);
Json status_json(const AttachmentView& view);
Json drops_json(const AttachmentView& view);

// "2026-11-23T03:16:50Z"
std::string utc_text(std::uint64_t realtime_ns);
std::string mac_text(const std::uint8_t (&mac)[6]);

}  // namespace xdpmirror
