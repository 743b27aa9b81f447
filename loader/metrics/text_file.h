// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A file for the textfile collector of a node exporter: readers see the old text or the new one.
#pragma once

#include <string>

#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

class TextFile {
  public:
    // As long as it lives no other process takes the file. An error if one has it, or its directory
    // is not there.
    static Result<TextFile> take(const std::string& path);

    Result<> write(const std::string& text) const;
    // So that nobody takes what it says for the present.
    void remove() const;

  private:
    TextFile(std::string path, UniqueFd lock) : path_(std::move(path)), lock_(std::move(lock)) {}

    std::string path_;
    UniqueFd lock_;
};

}  // namespace xdpmirror
