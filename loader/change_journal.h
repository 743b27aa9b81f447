// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What is written down around a change of an attachment: a line in the audit log however it ends, and a record in
// the history of the interface if another configuration has come into force. What cannot be written is a note:
// packets matter more.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/profile.h"
#include "loader/history/history.h"
#include "loader/logging/audit.h"

namespace xdpmirror {

class ChangeJournal {
  public:
    // `command` is what the operator typed: attach, run, reload, upgrade, rollback, restore, detach.
    ChangeJournal(const std::string& command, const std::string& interface, const Profile* profile);
    ChangeJournal(const ChangeJournal&) = delete;
    ChangeJournal& operator=(const ChangeJournal&) = delete;
    ~ChangeJournal();

    // What is in force until now.
    void was(const std::string& effective_json);
    // And will be afterwards: the command only looks.
    void stays() {
        audit_.becomes(before_);
        only_looks_ = true;
    }

    // With the interface locked. What a killed command has left is settled: `running_ns` is
    // xm_meta.configured_ns of what runs, 0 if nothing does.
    void settle(std::uint64_t running_ns, std::vector<std::string>& notes);
    // Just before `configured_ns` may come into force, and as soon as it is.
    void about_to(std::uint64_t configured_ns, std::vector<std::string>& notes);
    void in_force(std::vector<std::string>& notes);

    template <class T>
    void done(const Result<T>& result) {
        audit_.done(result);
        ended(result ? std::string() : one_line(result.error()));
    }

  private:
    void ended(const std::string& why_not);

    std::string command_, interface_, before_;
    const Profile* profile_;
    bool only_looks_ = false;
    History history_;
    Audit audit_;
    std::optional<History::Pending> pending_;
};

}  // namespace xdpmirror
