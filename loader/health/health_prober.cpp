// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One timer for all turns and time limits.
#include "loader/health/health_prober.h"

#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <random>

#include "config/duration.h"

namespace xdpmirror {
namespace {

HealthProber::Time now() { return HealthProber::Time::clock::now(); }

bool is_icmp(const HealthTarget& target) {
    return std::holds_alternative<IcmpCheck>(target.health.check);
}

Result<> may_ping(const std::vector<HealthTarget>& targets) {
    if (std::ranges::none_of(targets, is_icmp)) return Ok{};
    const UniqueFd socket(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP));
    const int err = errno;
    if (socket) return Ok{};
    return system_error("health checks by ICMP need a raw socket (CAP_NET_RAW): give it to the service, or "
                        "take 'icmp' out of the profile", err);
}

// A socket for each, at worst, besides what the process has open; the usual limit is 1024.
void make_room(std::size_t targets) {
    constexpr rlim_t kOthers = 512;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    const rlim_t wanted = std::min<rlim_t>(targets + kOthers, limit.rlim_max);
    if (wanted <= limit.rlim_cur) return;
    limit.rlim_cur = wanted;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

Result<std::unique_ptr<HealthProber>> HealthProber::make(EventLoop& loop,
                                                         std::vector<HealthTarget> targets, Heard heard,
                                                         const HealthProber* former) {
    if (auto may = may_ping(targets); !may) return may.error();
    std::unique_ptr<HealthProber> prober(new HealthProber(loop, std::move(heard)));
    if (auto done = prober->open(std::move(targets), former); !done) return done.error();
    return prober;
}

HealthProber::~HealthProber() = default;

const HealthProber::Asked* HealthProber::find_like(const HealthTarget& target) const {
    const auto found = numbers_.find(target.id);
    if (found == numbers_.end()) return nullptr;
    const auto& asked = asked_[found->second];
    return asked.target.address == target.address && asked.target.health == target.health ? &asked : nullptr;
}

Result<> HealthProber::open(std::vector<HealthTarget> targets, const HealthProber* former) {
    const auto start = now();
    auto timer = Timer::make(loop_, [this] { return act(); });
    if (!timer) return timer.error();
    timer_ = std::make_unique<Timer>(std::move(*timer));
    const auto is_http = [](const auto& each) {
        return std::holds_alternative<HttpCheck>(each.health.check);
    };
    if (std::ranges::any_of(targets, is_http)) {
        auto client = HttpClient::make(loop_);
        if (!client) return client.error();
        http_ = std::move(*client);
    }
    make_room(targets.size());
    for (auto& target : targets) {
        numbers_.emplace(target.id, asked_.size());
        const auto* known = former != nullptr ? former->find_like(target) : nullptr;
        schedule_.add(target.id, target.health.every, start,
                      known != nullptr ? std::optional(former->schedule_.turn(former->numbers_.at(target.id))) : std::nullopt);
        const auto state = known != nullptr ? known->state : HealthState(target.health);
        auto& asked = asked_.emplace_back(Asked{std::move(target), state});
        if (known == nullptr) continue;
        asked.last = known->last;
        asked.count = known->count;
    }
    for (std::size_t i = 0; i < asked_.size(); ++i) asked_[i].question = make_question(i);
    return arm();
}

std::unique_ptr<Question> HealthProber::make_question(std::size_t number) {
    static const auto first_id = static_cast<std::uint16_t>(std::random_device()());
    const auto& target = asked_[number].target;
    const auto& address = target.address;
    const Question::Report report = [this, number](const Outcome& outcome) { end(number, outcome); };
    const auto& check = target.health.check;
    if (const auto* tcp = std::get_if<TcpCheck>(&check))
        return make_tcp_question(loop_, address, *tcp, report);
    if (const auto* udp = std::get_if<UdpCheck>(&check))
        return make_udp_question(loop_, address, *udp, report);
    if (const auto* http = std::get_if<HttpCheck>(&check))
        return make_http_question(*http_, address, *http, report);
    return make_icmp_question(loop_, address, static_cast<std::uint16_t>(first_id + number), report);
}

Result<> HealthProber::act() {
    // Who becomes due meanwhile waits until the loop has read the answers that are there.
    const auto at = now();
    while (const auto number = schedule_.take(at)) {
        if (asked_[*number].waiting) {
            time_is_up(*number, at);
        } else {
            ask(*number, now());
        }
    }
    return arm();
}

void HealthProber::time_is_up(std::size_t number, Time at) {
    auto& asked = asked_[number];
    asked.question->look();
    if (!asked.waiting) return;
    asked.question->give_up();
    const auto timeout = asked.target.health.timeout;
    // Silence that is good news from a collector is none by a way that is down.
    auto kind = asked.way_down.empty() ? asked.question->silence() : Outcome::Kind::failed;
    std::string why = "no answer within " + interval_text(timeout);
    // Perhaps it was we who did not go on in time.
    if (at - asked.limit > timeout / 4) {
        kind = Outcome::Kind::unreachable;
        why = "this host was too busy to hear it";
    }
    end(number, {kind, std::move(why)});
}

Result<> HealthProber::arm() {
    if (!failed_) return std::exchange(failed_, Ok{});
    const auto next = schedule_.next();
    return next ? timer_->set(*next) : Ok{};
}

void HealthProber::ask(std::size_t number, Time at) {
    auto& asked = asked_[number];
    asked.waiting = true;
    asked.limit = schedule_.await_answer(number, asked.target.health.timeout, at);
    asked.question->ask({asked.target.interface, asked.target.mark});
}

void HealthProber::end(std::size_t number, Outcome outcome) {
    const auto at = now();
    auto& asked = asked_[number];
    asked.waiting = false;
    ++asked.count;
    schedule_.await_turn(number, at);
    if (outcome.kind == Outcome::Kind::answered) {
        outcome.why.clear();
        asked.state.answered(at);
    } else if (outcome.kind == Outcome::Kind::failed && asked.way_down.empty()) {
        asked.state.failed(at);
    } else if (outcome.kind == Outcome::Kind::failed) {
        outcome = {Outcome::Kind::unreachable, asked.way_down};
    }
    asked.last = std::move(outcome);
    if (auto heard = heard_(finding(asked, at)); !heard && failed_) failed_ = heard;
    // Its new time may be earlier than what the timer is set to.
    static_cast<void>(timer_->set(*schedule_.next()));
}

void HealthProber::retarget(const std::string& id, const std::string& interface, std::uint32_t mark) {
    auto* const asked = find(id);
    if (!asked || (asked->target.interface == interface && asked->target.mark == mark)) return;
    asked->target.interface = interface;
    asked->target.mark = mark;
    asked->state.forget_row();
    if (asked->last.kind == Outcome::Kind::unreachable) asked->last = {};
    if (!asked->waiting) return;
    asked->question->give_up();
    asked->waiting = false;
    schedule_.await_turn(numbers_.at(id), now());
}

void HealthProber::set_way_down(const std::string& id, const std::string& why) {
    auto* const asked = find(id);
    if (asked) asked->way_down = why;
}

HealthProber::Asked* HealthProber::find(const std::string& id) {
    const auto found = numbers_.find(id);
    return found == numbers_.end() ? nullptr : &asked_[found->second];
}

HealthFinding HealthProber::finding(const Asked& asked, Time at) const {
    return {.id = asked.target.id,
            .status = asked.state.status(at),
            .damped = asked.state.is_damped(at),
            .way_down = asked.last.kind == Outcome::Kind::unreachable,
            .why = asked.last.why,
            .changed = asked.state.changed(at),
            .damped_until = asked.state.damped_until(),
            .transitions = asked.state.transitions(),
            .asked = asked.count};
}

std::vector<HealthFinding> HealthProber::findings(Time at) const {
    std::vector<HealthFinding> all;
    all.reserve(asked_.size());
    for (const auto& asked : asked_) all.push_back(finding(asked, at));
    return all;
}

}  // namespace xdpmirror
