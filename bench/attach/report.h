// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Figures to tables for a reader: medians over rounds, ratios to the first mechanism. Pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace xdpmirror::bench::attach {

// The tables of whichever experiments the document has.
std::string report(const nlohmann::json& document);

// Why the experiments proved nothing, or empty: a control that lost and mixed no packet.
std::string blindness(const nlohmann::json& document);

}  // namespace xdpmirror::bench::attach
