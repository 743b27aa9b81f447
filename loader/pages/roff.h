// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Text as the man macros want it.
#pragma once

#include <string>

namespace xdpmirror::pages {

// Nothing in it is a request or an escape any more. Dashes stay dashes when copied from the page.
std::string roff(const std::string& text);
std::string roff_bold(const std::string& text);
std::string roff_italic(const std::string& text);
// A paragraph under a tag; both are roff already.
std::string roff_entry(const std::string& tag, const std::string& body);

}  // namespace xdpmirror::pages
