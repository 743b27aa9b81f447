// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Keeps what libbpf and libxdp would print, so that an error can quote the kernel's own words.
#pragma once

#include <string>

namespace xdpmirror {

// While it lives, their messages go into text() and nowhere else. One at a time, one thread.
class LibbpfLog {
  public:
    LibbpfLog();
    ~LibbpfLog();
    LibbpfLog(const LibbpfLog&) = delete;
    LibbpfLog& operator=(const LibbpfLog&) = delete;

    const std::string& text() const { return text_; }
    // The driver's extack ("Kernel error message: ..."), empty if there was none.
    std::string kernel_message() const;

  private:
    std::string text_;
};

}  // namespace xdpmirror
