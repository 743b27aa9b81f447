// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The configurations that were applied to an interface: /var/lib/xdpmirror/<interface>.history/,
// one JSON file a record, the newest hundred. Whoever writes holds the lock of the interface
// (loader/lock.h).
//
// A change has two halves, since what commits it is the program in the kernel: prepare() before,
// commit() or discard() after. What a killed process left between them is settled by recover().
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "loader/history/change_record.h"
#include "maps/result.h"

namespace xdpmirror {

class History {
  public:
    // A record that is written and does not count yet.
    struct Pending {
        std::uint64_t number = 0;
    };

    struct Contents {
        std::vector<ChangeRecord> records;  // the newest first
        // A line for each file that cannot be read, with its name. They are left alone.
        std::vector<std::string> problems;
    };

    static constexpr const char* kDirectory = "/var/lib/xdpmirror";
    static constexpr std::size_t kMost = 100;

    // `directory` is another one only in tests.
    explicit History(std::string interface, std::string directory = kDirectory);

    // The record gets its number here, and time, hash, version and user if it has none. An error
    // names the path and the cure; the change itself may go on without a record.
    Result<Pending> prepare(ChangeRecord record) const;
    Result<> commit(const Pending& pending) const;
    void discard(const Pending& pending) const;

    // Pending records become records if they are of the configuration that is loaded, and are
    // removed if not.
    Result<> recover(std::uint64_t current_configuration_id) const;

    // Empty if there is no history. An error: the directory cannot be read.
    Result<Contents> read() const;

    const std::string& path() const { return path_; }

    // That have a history, sorted.
    static std::vector<std::string> interfaces(const std::string& directory = kDirectory);

  private:
    std::string file(std::uint64_t number, const char* suffix) const;
    Result<> make_directories() const;
    Result<> prune() const;

    std::string directory_;
    std::string path_;
};

}  // namespace xdpmirror
