// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Wires the parts to the loop: what joins later (health, metrics, reload) is one more callback here.
#include "loader/daemon/daemon.h"

#include <fmt/core.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>

#include "config/effective.h"
#include "loader/confirm.h"
#include "loader/daemon/collector_health.h"
#include "loader/daemon/event_loop.h"
#include "loader/daemon/network_watch.h"
#include "loader/daemon/next_hop_keeper.h"
#include "loader/daemon/node_ready.h"
#include "loader/daemon/prober.h"
#include "loader/daemon/run_file.h"
#include "loader/daemon/service_manager.h"
#include "loader/link_hook.h"
#include "loader/lock.h"
#include "loader/pools/pool_keeper.h"
#include "loader/state_dir.h"
#include "loader/templates/template_keeper.h"
#include "loader/view.h"
#include "maps/books.h"

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::ordered_json;

constexpr auto kTick = 100ms;
constexpr auto kCountEvery = 1s;

// Under systemd the journal has the time already.
void log_to_stderr() {
    auto log = spdlog::stderr_logger_st("xdpmirror");
    log->set_pattern(std::getenv("INVOCATION_ID") != nullptr ? "%v" : "%Y-%m-%dT%H:%M:%S.%e %v");
    spdlog::set_default_logger(std::move(log));
}

// The attachment that is there, or a new one.
Result<AttachmentView> adopt_or_attach(const AttachRequest& request, const Profile& profile) {
    if (StateDir(request.interface).exists()) {
        auto view = read_view(request.interface);
        if (view && view->attached) {
            if (data_plane_json(view->profile.effective_json) != data_plane_json(profile.effective_json))
                return Error{"interface '" + request.interface + "' is attached with profile '" +
                             view->meta.profile + "', which says otherwise than '" +
                             profile.config.name + "' does now; detach it first: xdpmirror detach " +
                             request.interface};
            spdlog::info("took over the attachment of {}", request.interface);
            return view;
        }
    }
    auto notes = attach(request, profile);
    if (!notes) return notes.error();
    for (const auto& note : *notes) spdlog::warn("{}", note);
    spdlog::info("attached {} with profile {}", request.interface, profile.config.name);
    return read_view(request.interface);
}

class Daemon {
  public:
    Daemon(const AttachmentView& view, EventLoop loop, NetworkWatch watch, NextHopKeeper keeper,
           Prober prober, PoolKeeper pools, std::optional<TemplateKeeper> templates, UniqueFd collector_book,
           RunFile file, Ready ready, ReadyPorts ports)
        : interface_(view.interface),
          attached_ns_(view.meta.attached_ns),
          loop_(std::move(loop)),
          watch_(std::move(watch)),
          keeper_(std::move(keeper)),
          prober_(std::move(prober)),
          pools_(std::move(pools)),
          templates_(std::move(templates)),
          collector_book_(std::move(collector_book)),
          collectors_(view.collectors.size()),
          file_(std::move(file)),
          wanted_ready_(std::move(ready)),
          ready_ports_(std::move(ports)) {}

    Result<> run();

  private:
    Result<> network_changed();
    Result<> tick();
    Result<> report();
    void read_pins();
    Result<> keep_pools();
    Result<> count_drained();
    void go_on_after(const char* part, const Result<>& done);

    std::string interface_;
    std::uint64_t attached_ns_;  // which attachment it is
    EventLoop loop_;
    NetworkWatch watch_;
    NextHopKeeper keeper_;
    Prober prober_;
    PoolKeeper pools_;
    std::optional<TemplateKeeper> templates_;  // if some pool wants it
    UniqueFd collector_book_;
    std::size_t collectors_;
    std::optional<CollectorHealth> health_;  // as soon as the loop stays where it is
    NextHopKeeper::Time counted_{};
    RunFile file_;
    Ready wanted_ready_;
    ReadyPorts ready_ports_;  // until there is
    std::unique_ptr<NodeReady> ready_;
    Json said_;
    std::map<std::string, std::string> said_errors_;  // by part, as of its last turn
};

NextHopKeeper::Time now() { return std::chrono::steady_clock::now(); }

// What cannot be done at one moment is tried at the next, ten times a second, and said once.
void Daemon::go_on_after(const char* part, const Result<>& done) {
    const auto error = done ? std::string() : one_line(done.error());
    auto& before = said_errors_[part];
    if (error != before && !error.empty()) spdlog::error("{}", error);
    before = error;
}

Result<> Daemon::network_changed() {
    auto changes = watch_.read();
    if (!changes) {
        go_on_after("watch", changes.error());
        return Ok{};
    }
    if (changes->network)
        go_on_after("next hops", keeper_.network_changed(now()));
    else if (changes->neighbours)
        go_on_after("next hops", keeper_.refresh(now()));
    go_on_after("pools", keep_pools());
    return report();
}

// Whom packets can get to, and whom an operator wants.
Result<> Daemon::keep_pools() {
    auto overrides = read_overrides(interface_);
    go_on_after("overrides", overrides ? pools_.set_overrides(*overrides) : overrides.error());
    for (std::size_t i = 0; i < collectors_; ++i) pools_.set_way(i, keeper_.no_way(i));
    health_->follow(keeper_);
    health_->tell(pools_, now());
    if (templates_) templates_->learn(keeper_, pools_.tables(), pools_.usable(), now());
    auto done = pools_.apply([this](std::size_t pool, const PoolTables::Move& move, const std::vector<bool>& recovered) {
        if (templates_) templates_->before_move(keeper_, pool, move, recovered);
    });
    if (templates_) go_on_after("templates", templates_->save(now()));
    if (templates_ && !templates_->report().why.empty())
        go_on_after("templates sent", Error{templates_->report().why});
    if (!done) return done;
    return count_drained();
}

Result<> Daemon::count_drained() {
    if (!pools_.any_drained() || now() - counted_ < kCountEvery) return Ok{};
    counted_ = now();
    auto counts = read_counts(collector_book_.get(), collectors_);
    if (!counts) return counts.error();
    std::vector<std::uint64_t> packets;
    for (const auto& count : *counts) packets.push_back(count.packets);
    pools_.count(packets, counted_);
    return Ok{};
}

Result<> Daemon::tick() {
    if (!is_attached(interface_, attached_ns_)) {
        spdlog::info("the attachment of {} was taken off; nothing is left to watch", interface_);
        loop_.stop();
        return Ok{};
    }
    if (auto link = StateDir(interface_).open("link"); link) {
        const auto held = link_ifindex(link->get());
        // a command that takes it off at this moment is not done yet, or is by now
        if (held && *held == 0 && lock_interface(interface_) && is_attached(interface_, attached_ns_))
            return Error{"interface '" + interface_ + "' is gone, and what was attached to it; start "
                         "again when it is back"};
    }
    read_pins();
    prober_.tick(now());
    for (const auto& [row, why] : prober_.findings()) keeper_.set_probed(row, why);
    go_on_after("next hops", keeper_.refresh(now()));
    go_on_after("pools", keep_pools());
    return report();
}

void Daemon::read_pins() {
    const auto pins = xdpmirror::read_pins(interface_);
    for (const auto& egress : keeper_.config().egress) {
        std::optional<std::size_t> chosen;
        for (std::size_t i = 0; i < egress.ways.size(); ++i) {
            const auto pin = pins.find(egress.name);
            if (pin != pins.end() && pin->second == egress.ways[i].interface) chosen = i;
        }
        keeper_.pin(egress.name, chosen);
    }
}

Json to_json(const TemplateKeeper::Report& report) {
    return {{"streams", report.streams}, {"templates", report.templates}, {"bytes", report.bytes},
            {"learned", report.learned}, {"malformed", report.malformed}, {"refused", report.refused},
            {"sent", report.sent},       {"failed", report.failed},       {"why", report.why}};
}

Result<> Daemon::report() {
    go_on_after("ready", ready_->update(ready_facts(keeper_, pools_, *health_)));
    Json ways = Json::array();
    for (const auto& way : keeper_.report())
        ways.push_back({{"egress", way.egress},
                        {"interface", way.interface},
                        {"usable", way.usable},
                        {"why", way.why},
                        {"pinned", way.pinned},
                        {"collectors", way.collectors}});
    Json collectors = Json::array();
    const Json health = health_->report(now());
    for (const auto& collector : pools_.report())
        collectors.push_back({{"idle", collector.idle},
                              {"why", collector.why},
                              {"health", health[collectors.size()]}});
    Json report = {{"pid", ::getpid()},
                   {"switches", keeper_.switches()},
                   {"ways", ways},
                   {"collectors", collectors},
                   {"ready", ready_->report()}};
    if (templates_) report["templates"] = to_json(templates_->report());
    if (report == said_) return Ok{};
    said_ = report;
    go_on_after("report", file_.say(report));
    return Ok{};
}

Result<> Daemon::run() {
    const auto stop = [this]() -> Result<> {
        loop_.stop();
        return Ok{};
    };
    for (const int signal : {SIGTERM, SIGINT}) {
        if (auto watched = loop_.on_signal(signal, stop); !watched) return watched;
    }
    if (auto watched = loop_.on_readable(watch_.fd(), [this] { return network_changed(); }); !watched)
        return watched;
    if (auto ticking = loop_.every(kTick, [this] { return tick(); }); !ticking) return ticking;
    auto health = CollectorHealth::make(loop_, keeper_);
    if (!health) return health.error();
    health_.emplace(std::move(*health));
    auto ready = NodeReady::make(loop_, wanted_ready_, std::move(ready_ports_),
                                 [](const std::string& text) { spdlog::info("{}", text); });
    if (!ready) return ready.error();
    ready_ = std::move(*ready);
    read_pins();
    go_on_after("next hops", keeper_.refresh(now()));
    go_on_after("pools", keep_pools());
    if (auto said = report(); !said) return said;
    notify_service_manager("READY=1\nSTATUS=watching " + interface_);
    auto done = loop_.run();
    notify_service_manager("STOPPING=1");
    if (templates_) go_on_after("templates", templates_->save(std::nullopt));
    if (done && is_attached(interface_, attached_ns_))
        spdlog::info("leaving; {} goes on forwarding, and nobody watches it", interface_);
    return done;
}

}  // namespace

Result<> run_daemon(const AttachRequest& request, const Profile& profile) {
    log_to_stderr();
    auto file = RunFile::take(request.interface);
    if (!file) return file.error();
    auto prober = Prober::make(profile.config);
    if (!prober) return prober.error();
    auto ports = ReadyPorts::take(profile.config.ready);
    if (!ports) return ports.error();
    auto view = adopt_or_attach(request, profile);
    if (!view) return view.error();
    auto loop = EventLoop::make();
    if (!loop) return loop.error();
    auto watch = NetworkWatch::make();
    if (!watch) return watch.error();
    const auto say = [](const std::string& text) { spdlog::warn("{}", text); };
    auto keeper = NextHopKeeper::make(*view, say);
    if (!keeper) return keeper.error();
    auto pools = PoolKeeper::make(*view, view->overrides, say);
    if (!pools) return pools.error();
    std::optional<TemplateKeeper> templates;
    if (TemplateKeeper::is_wanted(view->profile.config)) {
        auto made = TemplateKeeper::make(view->profile.config, view->interface);
        if (!made) return made.error();
        templates.emplace(std::move(*made));
    }
    auto book = StateDir(view->interface).open("xm_coll_book");
    if (!book) return book.error();
    Daemon daemon(*view, std::move(*loop), std::move(*watch), std::move(*keeper), std::move(*prober),
                  std::move(*pools), std::move(templates), std::move(*book), std::move(*file),
                  profile.config.ready, std::move(*ports));
    return daemon.run();
}

}  // namespace xdpmirror
