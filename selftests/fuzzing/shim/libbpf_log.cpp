// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// There is no verifier here, and nothing to log.
#include "loader/libbpf_log.h"

namespace xdpmirror {

LibbpfLog::LibbpfLog() = default;
LibbpfLog::~LibbpfLog() = default;
std::string LibbpfLog::kernel_message() const {
    return {};
}

}  // namespace xdpmirror
