// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What looks like a secret by its name. Profiles are shown, kept in the history and put into
// backups, and nothing that they say needs one, so none gets in.
#pragma once

#include <string_view>

namespace xdpmirror {

// Has a word such as PASSWORD, TOKEN, SECRET or KEY, in any case, between '_', '-' and '.'.
bool is_secret_name(std::string_view name);

// The parameter in the query of a request target that looks like one; empty: none.
std::string_view secret_parameter(std::string_view target);

}  // namespace xdpmirror
