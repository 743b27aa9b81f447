// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One line about a frame that the data plane has written: Ethernet, IPv4 or IPv6, UDP.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace xdpmirror {

// "02:..:01 -> 02:..:02"; empty if the frame is too short for it.
std::string ethernet_text(const std::vector<std::byte>& frame);
// "192.168.1.1:40000 -> 10.3.0.12:8081, TTL 62"
std::string packet_text(const std::vector<std::byte>& frame);

}  // namespace xdpmirror
