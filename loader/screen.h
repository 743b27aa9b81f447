// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// An AttachmentView as text for a terminal.
#pragma once

#include <string>

#include "loader/view.h"

namespace xdpmirror {

std::string status_text(const AttachmentView& view);
std::string drops_text(const AttachmentView& view);
std::string sources_text(const AttachmentView& view);
std::string rules_text(const AttachmentView& view);
std::string pools_text(const AttachmentView& view);

}  // namespace xdpmirror
