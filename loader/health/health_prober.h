// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Asks the collectors of all pools whether they work, each through the way out that its packets take:
// hundreds at once, on the thread of the event loop. What our own side refuses, and what fails while a way
// is said to be down, is not held against the collector.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/address.h"
#include "config/health.h"
#include "loader/daemon/event_loop.h"
#include "loader/daemon/timer.h"
#include "loader/health/health_schedule.h"
#include "loader/health/health_state.h"
#include "loader/health/http_client.h"
#include "loader/health/question.h"
#include "maps/result.h"

namespace xdpmirror {

struct HealthTarget {
    std::string id;  // of a collector in a pool; no two are the same
    IpAddress address;
    std::string interface;   // that it is asked by; empty: as the kernel routes
    std::uint32_t mark = 0;  // fwmark
    Health health;
};

struct HealthFinding {
    std::string id;
    HealthStatus status = HealthStatus::unknown;
    bool damped = false;  // held, or it will be when it answers
    bool way_down = false;  // the last question said nothing about the collector; `why` is about the way
    std::string why{};      // the last question was not answered; empty if it was, or none was asked
    HealthState::Time changed{};       // since when it has this status; zero while unknown
    HealthState::Time damped_until{};  // valid with damped
    std::uint64_t transitions = 0;
    std::uint64_t asked = 0;  // questions that have ended
};

class HealthProber {
  public:
    using Time = HealthState::Time;
    // Called when a question has ended, from the loop. An error ends the loop with it.
    using Heard = std::function<Result<>(const HealthFinding&)>;

    // Borrows the loop, which must outlive it and stay where it is. An error if some target is asked by
    // ICMP and this process may open no raw socket. What `former`, if there is one, knows of targets that are asked
    // alike is known from the start, and they are asked when they would have been.
    static Result<std::unique_ptr<HealthProber>> make(EventLoop& loop, std::vector<HealthTarget> targets,
                                                      Heard heard, const HealthProber* former = nullptr);
    HealthProber(const HealthProber&) = delete;
    HealthProber& operator=(const HealthProber&) = delete;
    ~HealthProber();

    // From now on it is asked by another way. A question under way is given up, and failures in a row by
    // the old way are forgotten. Nothing happens if the way is the same, or nobody has this id.
    void retarget(const std::string& id, const std::string& interface, std::uint32_t mark);
    // What others know of the way that it is asked by: empty if that works. As long as it does not, an answer
    // counts and a failure does not.
    void set_way_down(const std::string& id, const std::string& why);

    // In the order of the targets.
    std::vector<HealthFinding> findings(Time now) const;

  private:
    struct Asked {  // one target
        HealthTarget target;
        HealthState state;
        std::unique_ptr<Question> question{};
        bool waiting = false;
        Time limit{};  // valid while waiting
        std::string way_down{};  // says set_way_down()
        Outcome last{};
        std::uint64_t count = 0;
    };

    HealthProber(EventLoop& loop, Heard heard) : loop_(loop), heard_(std::move(heard)) {}
    Result<> open(std::vector<HealthTarget> targets, const HealthProber* former);
    const Asked* find_like(const HealthTarget& target) const;
    std::unique_ptr<Question> make_question(std::size_t number);
    Result<> act();
    Result<> arm();
    void ask(std::size_t number, Time now);
    void time_is_up(std::size_t number, Time now);
    void end(std::size_t number, Outcome outcome);
    HealthFinding finding(const Asked& asked, Time now) const;
    Asked* find(const std::string& id);

    EventLoop& loop_;
    Heard heard_;
    std::unique_ptr<HttpClient> http_;  // only if somebody is asked so
    std::unique_ptr<Timer> timer_;
    HealthSchedule schedule_;
    std::unordered_map<std::string, std::size_t> numbers_;  // by id
    std::vector<Asked> asked_;                              // by number; their questions go first
    Result<> failed_ = Ok{};                                // what `heard` said, until the loop is told
};

}  // namespace xdpmirror
