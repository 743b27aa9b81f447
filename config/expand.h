// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// ${NAME} and ${NAME:-default} in the values of a tree. Works on values, never on YAML text, so a
// variable cannot add keys.
#pragma once

#include "config/profile.h"
#include "config/tree.h"

namespace xdpmirror {

// A scalar that refers to a variable gets the type that its expansion has as a plain scalar.
Result<Ok> expand_variables(Node& node, const Environment& environment);

// The text with "$$" for each "$", so that it survives another expansion.
std::string escape_dollars(const std::string& text);

}  // namespace xdpmirror
