// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What is written from the command line and from the profile's schema, each as the whole text.
#pragma once

#include <string>

#include "loader/pages/command_tree.h"

namespace xdpmirror::pages {

// What goes in place of @COMMANDS@ in xdpmirror.8.in, and of @EXAMPLES@.
std::string man_commands(const Command& program);
std::string man_examples(const std::string& footer);
// What goes in place of @KEYS@ in xdpmirror-profile.5.in.
std::string man_keys(const std::string& schema);

std::string bash_completion(const Command& program);
std::string zsh_completion(const Command& program);
std::string fish_completion(const Command& program);

}  // namespace xdpmirror::pages
