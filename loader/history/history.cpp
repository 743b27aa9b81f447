// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// NNNNNNNN.json is a record, NNNNNNNN.pending one that does not count yet; renaming is the commit.
#include "loader/history/history.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "loader/history/sha256.h"
#include "loader/version.h"
#include "loader/whole_file.h"

namespace xdpmirror {
namespace {

constexpr const char* kSuffix = ".history";
constexpr const char* kRecord = ".json";
constexpr const char* kPending = ".pending";
constexpr const char* kHalf = ".pending.new";  // write_whole_file(), killed

std::uint64_t now_ns() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

Error with_cure(const std::string& path, const Error& error) {
    const int err = error.code.value();
    const bool is_full = err == ENOSPC || err == EDQUOT;
    return Error{"no history is kept: " + error.what + "; " +
                     (is_full ? "make room there: df " + path
                              : "see that " + path + " can be written: findmnt -T " + path),
                 error.code};
}

// Number of a file that ends so; 0: it is none of ours.
std::uint64_t number_of(const std::string& name, std::string_view suffix) {
    std::uint64_t number = 0;
    if (!name.ends_with(suffix)) return 0;
    const char* end = name.data() + name.size() - suffix.size();
    const auto [stop, fault] = std::from_chars(name.data(), end, number);
    return fault == std::errc{} && stop == end ? number : 0;
}

// Sorted, the oldest first.
Result<std::vector<std::uint64_t>> numbers_in(const std::string& path, std::string_view suffix) {
    std::vector<std::uint64_t> numbers;
    std::error_code fault;
    std::filesystem::directory_iterator entry(path, fault);
    if (fault.value() == ENOENT) return numbers;
    for (; !fault && entry != std::filesystem::directory_iterator(); entry.increment(fault)) {
        if (const auto number = number_of(entry->path().filename(), suffix); number != 0)
            numbers.push_back(number);
    }
    if (fault) return system_error("read the history in " + path, fault.value());
    std::ranges::sort(numbers);
    return numbers;
}

Result<ChangeRecord> read_record(const std::string& path) {
    std::ifstream file(path);
    const int err = errno;
    if (!file) return system_error("record " + path + " cannot be read", err);
    std::ostringstream text;
    text << file.rdbuf();
    auto record = parse_change_record(text.str());
    if (!record) return Error{"record " + path + " " + record.error().what};
    return record;
}

// Somebody has settled or pruned it meanwhile.
bool is_gone(const Error& error) {
    return error.code.value() == ENOENT;
}

}  // namespace

History::History(std::string interface, std::string directory)
    : directory_(std::move(directory)), path_(directory_ + "/" + interface + kSuffix) {}

std::string History::file(std::uint64_t number, const char* suffix) const {
    return fmt::format("{}/{:08}{}", path_, number, suffix);
}

Result<> History::make_directories() const {
    for (const auto& [path, mode] : {std::pair{directory_, 0755U}, std::pair{path_, 0750U}}) {
        if (::mkdir(path.c_str(), mode) == 0 || errno == EEXIST) continue;
        const int err = errno;
        return system_error("create " + path, err);
    }
    return Ok{};
}

Result<History::Pending> History::prepare(ChangeRecord record) const {
    if (auto made = make_directories(); !made) return with_cure(directory_, made.error());
    std::uint64_t last = 0;
    for (const char* suffix : {kRecord, kPending}) {
        auto numbers = numbers_in(path_, suffix);
        if (!numbers) return with_cure(path_, numbers.error());
        if (!numbers->empty()) last = std::max(last, numbers->back());
    }
    record.number = last + 1;
    if (record.time_ns == 0) record.time_ns = now_ns();
    if (record.version.empty()) record.version = kVersion;
    if (record.who == Who{}) record.who = who_asks();
    record.hash = sha256(record.effective_json);
    auto written = write_whole_file(file(record.number, kPending), to_text(record), 0640);
    if (!written) return with_cure(path_, written.error());
    return Pending{record.number};
}

Result<> History::commit(const Pending& pending) const {
    const auto from = file(pending.number, kPending), to = file(pending.number, kRecord);
    if (std::rename(from.c_str(), to.c_str()) != 0) {
        const int err = errno;
        return with_cure(path_, system_error("write " + to, err));
    }
    if (auto pruned = prune(); !pruned) return pruned;
    if (auto synced = sync_directory(path_); !synced) return with_cure(path_, synced.error());
    return Ok{};
}

void History::discard(const Pending& pending) const {
    ::unlink(file(pending.number, kPending).c_str());
}

Result<> History::recover(std::uint64_t current_configuration_id) const {
    const auto half = numbers_in(path_, kHalf);
    if (!half) return half.error();
    for (const auto number : *half) ::unlink(file(number, kHalf).c_str());
    auto numbers = numbers_in(path_, kPending);
    if (!numbers) return numbers.error();
    for (const auto number : *numbers) {
        const auto record = read_record(file(number, kPending));
        if (!record) continue;  // read() names it
        if (record->configuration_id != current_configuration_id) {
            discard({number});
            continue;
        }
        if (auto done = commit({number}); !done) return done;
    }
    return Ok{};
}

Result<History::Contents> History::read() const {
    Contents contents;
    auto numbers = numbers_in(path_, kRecord);
    if (!numbers) return numbers.error();
    std::ranges::reverse(*numbers);
    for (const auto number : *numbers) {
        auto record = read_record(file(number, kRecord));
        if (record && record->number != number)
            record = Error{"record " + file(number, kRecord) + " says that it is number " +
                           std::to_string(record->number)};
        if (record)
            contents.records.push_back(std::move(*record));
        else if (!is_gone(record.error()))
            contents.problems.push_back(one_line(record.error()));
    }
    auto pending = numbers_in(path_, kPending);
    if (!pending) return pending.error();
    for (const auto number : *pending) {
        const auto record = read_record(file(number, kPending));
        if (!record && !is_gone(record.error()))
            contents.problems.push_back(one_line(record.error()));
    }
    return contents;
}

// What cannot be read is somebody's to look at, and stays.
Result<> History::prune() const {
    auto numbers = numbers_in(path_, kRecord);
    if (!numbers) return numbers.error();
    auto left = numbers->size();
    for (const auto number : *numbers) {
        if (left <= kMost) break;
        if (!read_record(file(number, kRecord))) continue;
        if (::unlink(file(number, kRecord).c_str()) != 0) {
            const int err = errno;
            return with_cure(path_, system_error("remove " + file(number, kRecord), err));
        }
        --left;
    }
    return Ok{};
}

std::vector<std::string> History::interfaces(const std::string& directory) {
    const std::string suffix = kSuffix;
    std::vector<std::string> interfaces;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(directory, none)) {
        const auto name = entry.path().filename().string();
        if (name.size() > suffix.size() && name.ends_with(suffix))
            interfaces.push_back(name.substr(0, name.size() - suffix.size()));
    }
    std::ranges::sort(interfaces);
    return interfaces;
}

}  // namespace xdpmirror
