// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Is text what its readers take it for?
#pragma once

#include <string_view>

namespace xdpmirror {

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace xdpmirror
