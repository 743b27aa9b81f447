// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Two frames side by side as hex, layer by layer, for a person who has to find the wrong byte.
#pragma once

#include <string>

#include "selftests/support/packet.h"

namespace xdpmirror::test {

// Empty if equal. Layers are those of the wanted frame; equal ones take one word.
std::string packet_diff(const Bytes& want, const std::vector<LayerSpan>& layers, const Bytes& got);
std::string packet_diff(const Packet& want, const Bytes& got);

// One frame as hex, a line or more for each layer.
std::string packet_text(const Packet& packet);

// "45 00 00 1c ..."
std::string hex(const std::uint8_t* bytes, std::size_t size);

}  // namespace xdpmirror::test
