// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/change_journal.h"

#include <chrono>

#include "loader/history/sha256.h"
#include "loader/last_change.h"
#include "loader/state_dir.h"

namespace xdpmirror {
namespace {

void note(const Error& error, std::vector<std::string>& notes) {
    notes.push_back("the history does not have this change, and a rollback does not know it: " + one_line(error));
}

}  // namespace

ChangeJournal::ChangeJournal(const std::string& command, const std::string& interface, const Profile* profile)
    : command_(command),
      interface_(interface),
      profile_(profile),
      history_(interface),
      audit_(command, interface, profile != nullptr ? profile->config.name : std::string()) {
    if (profile != nullptr) audit_.becomes(sha256(profile->effective_json));
}

ChangeJournal::~ChangeJournal() {
    if (pending_) history_.discard(*pending_);
}

void ChangeJournal::was(const std::string& effective_json) {
    before_ = sha256(effective_json);
    audit_.was(before_);
}

void ChangeJournal::settle(std::uint64_t running_ns, std::vector<std::string>& notes) {
    if (auto settled = history_.recover(running_ns); !settled) note(settled.error(), notes);
}

void ChangeJournal::about_to(std::uint64_t configured_ns, std::vector<std::string>& notes) {
    ChangeRecord record;
    record.command = command_;
    record.profile = profile_->config.name;
    record.path = profile_->config.path;
    record.configuration_id = configured_ns;
    record.effective_json = profile_->effective_json;
    auto prepared = history_.prepare(std::move(record));
    if (!prepared) return note(prepared.error(), notes);
    pending_ = *prepared;
}

void ChangeJournal::in_force(std::vector<std::string>& notes) {
    if (!pending_) return;
    const auto pending = *pending_;
    pending_.reset();
    if (auto committed = history_.commit(pending); !committed) note(committed.error(), notes);
}

void ChangeJournal::ended(const std::string& why_not) {
    if (only_looks_) return;
    if (!StateDir(interface_).exists()) return remove_last_changes(interface_);  // nobody asks any more
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
    write_last_change(interface_, command_, {.at_ns = static_cast<std::uint64_t>(ns), .why_not = why_not});
}

}  // namespace xdpmirror
