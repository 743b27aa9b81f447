// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// "Did you mean": the known word that a mistyped one is nearest to, if one is near enough.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace xdpmirror {

// Insertions, deletions, replacements and swaps of neighbours between two words.
std::size_t edit_distance(std::string_view a, std::string_view b);

// Empty if no known word is near.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

// What goes behind the sentence: "; did you mean 'x'?", else "; <known_are>: a, b, c".
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known,
                         std::string_view known_are);

}  // namespace xdpmirror
