// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Values as YAML text that is read again as the same values.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace xdpmirror {

std::string yaml_key(const std::string& key);

// On one line, lists and mappings in brackets.
std::string yaml_flow(const nlohmann::ordered_json& value);

}  // namespace xdpmirror
