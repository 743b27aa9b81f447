// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/health/health_schedule.h"

#include <algorithm>
#include <cstdint>

namespace xdpmirror {
namespace {

// FNV-1a, whose upper bits are then mixed into the lower, as MurmurHash3 ends.
std::uint64_t hash(std::string_view text) {
    std::uint64_t value = 0xcbf29ce484222325;
    for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    value = (value ^ (value >> 33)) * 0xff51afd7ed558ccd;
    value = (value ^ (value >> 33)) * 0xc4ceb9fe1a85ec53;
    return value ^ (value >> 33);
}

}  // namespace

void HealthSchedule::add(std::string_view id, Duration every, Time now, std::optional<Time> turn) {
    const auto whole = std::chrono::duration_cast<Time::duration>(every);
    const Time::duration phase(static_cast<Time::rep>(hash(id) % static_cast<std::uint64_t>(whole.count())));
    const auto first = turn.value_or(now + phase);
    entries_.push_back({every, first, first});
    times_.emplace(first, entries_.size() - 1);
}

std::optional<HealthSchedule::Time> HealthSchedule::next() const {
    if (times_.empty()) return std::nullopt;
    return times_.begin()->first;
}

std::optional<std::size_t> HealthSchedule::take(Time now) {
    if (times_.empty() || times_.begin()->first > now) return std::nullopt;
    return times_.extract(times_.begin()).value().second;
}

void HealthSchedule::await_turn(std::size_t number, Time now) {
    auto& entry = entries_[number];
    entry.turn += entry.every;
    if (now > entry.turn) entry.turn += (now - entry.turn) / entry.every * entry.every;
    set(number, entry.turn);
}

HealthSchedule::Time HealthSchedule::await_answer(std::size_t number, Duration timeout, Time now) {
    const auto& entry = entries_[number];
    set(number, std::min<Time>(now + timeout, entry.turn + entry.every));
    return entry.time;
}

void HealthSchedule::set(std::size_t number, Time time) {
    auto& entry = entries_[number];
    times_.erase({entry.time, number});
    entry.time = time;
    times_.emplace(time, number);
}

}  // namespace xdpmirror
