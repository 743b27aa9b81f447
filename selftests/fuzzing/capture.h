// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Frames in pcap files, for keeping and for reading with other tools. The microseconds of a
// packet's time are the bytes in the first buffer.
#pragma once

#include <string>
#include <vector>

#include "selftests/fuzzing/frame.h"

namespace xdpmirror::fuzz {

// False if the file cannot be written.
bool write_capture(const std::string& path, const std::vector<Frame>& frames);
// Empty if the file cannot be read.
std::vector<Frame> read_capture(const std::string& path);

}  // namespace xdpmirror::fuzz
