// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Frames in pcap files, for keeping and for reading with other tools.
#pragma once

#include <string>
#include <vector>

#include "selftests/fuzzing/view.h"

namespace xdpmirror::fuzz {

// False if the file cannot be written.
bool write_capture(const std::string& path, const std::vector<reference::Bytes>& frames);
// Empty if the file cannot be read.
std::vector<reference::Bytes> read_capture(const std::string& path);

}  // namespace xdpmirror::fuzz
