// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The pinned state of one attachment: /sys/fs/bpf/xdpmirror/<interface>/. Knows names and files, not
// what they mean. A '.' in an interface name, which bpffs refuses, becomes ':', which no interface
// name has.
#pragma once

#include <string>
#include <vector>

#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

inline constexpr const char* kBpffs = "/sys/fs/bpf";

class StateDir {
  public:
    explicit StateDir(const std::string& interface);

    const std::string& path() const { return path_; }
    std::string file(const std::string& name) const { return path_ + "/" + name; }
    bool exists() const;
    bool has(const std::string& name) const;

    Result<> create() const;  // mode 0700, parents too
    Result<> pin(int fd, const std::string& name) const;
    Result<UniqueFd> open(const std::string& name) const;
    std::vector<std::string> entries() const;
    // Hands one pinned object over to another attachment.
    Result<> move(const std::string& name, const StateDir& to) const;
    Result<> remove(const std::string& name) const;
    // Everything, `link` first so that the hook is free before the tables go; also half of a state.
    Result<> remove_all() const;

    // Interfaces that have a state, sorted.
    static std::vector<std::string> interfaces();

  private:
    std::string path_;
};

// An error with the cure unless bpffs is mounted where we pin.
Result<> require_bpffs();

}  // namespace xdpmirror
