// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// IP protocols by the names that profiles use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace xdpmirror {

// Nothing if no protocol has this name. "any" is no protocol.
std::optional<std::uint8_t> parse_protocol(const std::string& name);

// The name, or the number in digits; "any" for nothing.
std::string protocol_name(std::optional<std::uint8_t> protocol);

std::vector<std::string> protocol_names();

// Does the rule know where its ports stand? And may they be changed without more than the Internet
// checksum changing with them? (SCTP has a CRC, and DCCP's checksum may cover less than its ports.)
bool has_ports(std::uint8_t protocol);
bool can_change_port(std::uint8_t protocol);

}  // namespace xdpmirror
