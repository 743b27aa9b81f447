// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A directory of bpffs: names and pinned objects, not what they mean.
#pragma once

#include <string>
#include <vector>

#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

class PinDir {
  public:
    PinDir() = default;  // no directory
    explicit PinDir(std::string path) : path_(std::move(path)) {}

    const std::string& path() const { return path_; }
    std::string file(const std::string& name) const { return path_ + "/" + name; }
    bool exists() const;
    bool has(const std::string& name) const;

    Result<> create() const;  // its parent is there; readers may look into it (readers.h)
    Result<> pin(int fd, const std::string& name) const;
    // A map that readers may read, too.
    Result<> pin_to_read(int fd, const std::string& name) const;
    Result<UniqueFd> open(const std::string& name) const;
    // A map, for somebody who changes nothing in it: all that readers may have.
    Result<UniqueFd> open_to_read(const std::string& name) const;
    std::vector<std::string> entries() const;  // sorted
    // Hands one pinned object over to another directory.
    Result<> move(const std::string& name, const PinDir& to) const;
    // In the place of one that is there, in one step.
    Result<> rename(const std::string& from, const std::string& to) const;
    // Nothing if there is none.
    Result<> remove(const std::string& name) const;
    // Everything in it, directories too, then itself.
    Result<> remove_all() const;
    // A symbolic link, in one step in the place of one that is there.
    Result<> point(const std::string& name, const std::string& target) const;
    // Where a symbolic link points; empty if it is none.
    std::string target(const std::string& name) const;

  private:
    std::string path_;
};

}  // namespace xdpmirror
