// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// SHA-256 by libgcrypt, which libmicrohttpd's and libpcap's own libraries bring into the process
// anyway, and whose licence goes with both of ours.
#pragma once

#include <string>
#include <string_view>

namespace xdpmirror {

// 64 hexadecimal digits.
std::string sha256(std::string_view bytes);

// For the eye: its first 12.
std::string short_hash(const std::string& hash);

}  // namespace xdpmirror
