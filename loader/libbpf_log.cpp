// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The print hooks of libbpf and libxdp are plain functions, hence the one static pointer.
#include "loader/libbpf_log.h"

#include <bpf/libbpf.h>
#include <xdp/libxdp.h>

#include <cassert>
#include <cstdarg>
#include <cstdio>

namespace xdpmirror {
namespace {

std::string* current = nullptr;

int append(const char* format, va_list args) {
    if (current == nullptr) return 0;
    va_list again;  // the verifier's log comes as one message of any length
    va_copy(again, args);
    const int bytes = std::vsnprintf(nullptr, 0, format, again);
    va_end(again);
    if (bytes <= 0) return 0;
    std::string message(static_cast<std::size_t>(bytes) + 1, '\0');
    std::vsnprintf(message.data(), message.size(), format, args);
    message.pop_back();
    *current += message;
    return bytes;
}

int keep(enum libbpf_print_level level, const char* format, va_list args) {
    return level == LIBBPF_DEBUG ? 0 : append(format, args);
}

int keep_libxdp(enum libxdp_print_level level, const char* format, va_list args) {
    return level == LIBXDP_DEBUG ? 0 : append(format, args);
}

}  // namespace

LibbpfLog::LibbpfLog() {
    assert(current == nullptr);
    current = &text_;
    libbpf_set_print(keep);
    libxdp_set_print(keep_libxdp);
}

LibbpfLog::~LibbpfLog() { current = nullptr; }

std::string LibbpfLog::kernel_message() const {
    constexpr std::string_view kPrefix = "Kernel error message: ";
    const auto at = text_.find(kPrefix);
    if (at == std::string::npos) return {};
    const auto from = at + kPrefix.size();
    return text_.substr(from, text_.find('\n', from) - from);
}

}  // namespace xdpmirror
