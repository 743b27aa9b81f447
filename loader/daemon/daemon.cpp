// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Wires the parts to the loop.
#include "loader/daemon/daemon.h"

#include <fmt/core.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>

#include "config/effective.h"
#include "loader/confirm.h"
#include "loader/daemon/configuration_watch.h"
#include "loader/daemon/event_loop.h"
#include "loader/daemon/network_watch.h"
#include "loader/daemon/node_metrics.h"
#include "loader/daemon/node_ready.h"
#include "loader/daemon/once.h"
#include "loader/daemon/reloader.h"
#include "loader/daemon/run_file.h"
#include "loader/daemon/service_manager.h"
#include "loader/link_hook.h"
#include "loader/lock.h"
#include "loader/logging/logging.h"
#include "loader/metrics/gather.h"
#include "loader/reload.h"
#include "loader/state_dir.h"
#include "loader/version.h"
#include "loader/view.h"

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::ordered_json;

constexpr auto kTick = 100ms;

bool holds_interface(const std::string& interface) {
    const StateDir state(interface);
    const auto link = state.open("link");
    if (!link) return state.has("extension");
    const auto ifindex = link_ifindex(link->get());
    return ifindex && *ifindex != 0;
}

Result<AttachmentView> attach_anew(const AttachRequest& request, const Profile& profile) {
    auto notes = attach(request, profile);
    if (!notes) return notes.error();
    for (const auto& note : *notes) spdlog::warn("{}", note);
    spdlog::info("attached {} with profile {}", request.interface, profile.config.name);
    return read_view(request.interface);
}

// As far as packets depend on it.
bool is_in_force(const Profile& profile, const Profile& attached) {
    return data_plane_json(attached.effective_json) == data_plane_json(profile.effective_json);
}

// This version's data plane in the place of another one's, with the same profile.
Result<> take_over(const std::string& interface, const Profile& profile) {
    auto notes = reload({.interface = interface, .command = "run"}, profile);
    if (!notes) return notes.error();
    for (const auto& note : *notes) spdlog::warn("{}", note);
    return Ok{};
}

// The attachment that is there, or a new one.
Result<AttachmentView> adopt_or_attach(const AttachRequest& request, const Result<Profile>& profile) {
    const auto& interface = request.interface;
    if (!holds_interface(interface)) {
        if (!profile) return profile.error();
        return attach_anew(request, *profile);
    }
    const auto attached = read_attached(interface);
    if (!attached) return attached.error();
    spdlog::info("took over the attachment of {}", interface);
    if (!profile)
        spdlog::error("{}; the profile that is attached stays in force", one_line(profile.error()));
    else if (!is_in_force(*profile, attached->profile))
        spdlog::warn("profile {} says otherwise than what is attached to {}, which stays in force; put it in force: "
                     "xdpmirror reload {}", profile->config.name, interface, interface);
    if (attached->is_other) {
        if (auto taken = take_over(interface, attached->profile); !taken) return taken.error();
        spdlog::info("put version {} in the place of {}, which had laid out its tables otherwise", kVersion,
                     attached->meta.version);
    }
    return read_view(interface);
}

std::chrono::steady_clock::time_point now() { return std::chrono::steady_clock::now(); }

class Daemon {
  public:
    Daemon(const DaemonRequest& request, EventLoop loop, NetworkWatch network, RunFile file)
        : request_(request),
          loop_(std::move(loop)),
          network_(std::move(network)),
          file_(std::move(file)),
          reloader_(loop_, request.attach.interface, request.profile_name) {}

    // What is said to others, `ready` and `metrics`, is as `own` has it, whatever the attached profile says.
    Result<> run(const AttachmentView& view, const Config& own);

  private:
    Result<> listen();
    Result<> network_changed();
    Result<> tick();
    Result<> follow_reload();
    Result<> watch(const AttachmentView& view);
    Result<> be_ready(const Ready& wanted);
    Result<> be_measured(const Metrics& wanted);
    Result<std::string> read_metrics();
    Result<> reload_asked();
    Result<> report();

    const std::string& interface() const { return request_.attach.interface; }

    DaemonRequest request_;
    std::uint64_t attached_ns_ = 0;  // which attachment it is
    EventLoop loop_;
    NetworkWatch network_;
    RunFile file_;
    Ready wanted_ready_;
    bool has_ready_ports_ = false;
    std::unique_ptr<NodeReady> ready_;
    Metrics wanted_metrics_;
    bool has_metrics_outlets_ = false;
    std::unique_ptr<NodeMetrics> metrics_;
    AttachmentView view_;  // of the configuration that is watched, for metrics
    std::unique_ptr<ConfigurationWatch> watch_;
    Reloader reloader_;
    Watchdog watchdog_;
    std::uint64_t reloads_ = 0;
    Json said_;
    Once once_;
};

Result<> Daemon::network_changed() {
    auto changes = network_.read();
    if (!changes) {
        once_.say("watch", changes.error());
        return Ok{};
    }
    if (changes->network || changes->neighbours) watch_->network_changed(changes->network, now());
    return report();
}

Result<> Daemon::tick() {
    watchdog_.tick();
    spdlog::default_logger()->flush();  // what was held back and is due
    if (!is_attached(interface(), attached_ns_)) {
        spdlog::info("the attachment of {} was taken off; nothing is left to watch", interface());
        metrics_->gone();
        loop_.stop();
        return Ok{};
    }
    if (auto link = StateDir(interface()).open("link"); link) {
        const auto held = link_ifindex(link->get());
        // a command that takes it off at this moment is not done yet, or is by now
        if (held && *held == 0 && lock_interface(interface()) && is_attached(interface(), attached_ns_))
            return Error{"interface '" + interface() + "' is gone, and what was attached to it; start "
                         "again when it is back"};
    }
    if (auto followed = follow_reload(); !followed) return followed;
    watch_->tick(now());
    once_.say("ready ports", be_ready(wanted_ready_));
    once_.say("metrics outlets", be_measured(wanted_metrics_));
    once_.say("metrics", metrics_->tick(now()));
    return report();
}

// Somebody may have put another configuration in force: the one that is left is not looked at any more.
Result<> Daemon::follow_reload() {
    const auto current = StateDir(interface()).current();
    if (!current || current->path() == watch_->directory().path()) return Ok{};
    if (const auto attached = read_attached(interface()); attached && attached->is_other)
        return Error{"version " + std::string(attached->meta.version) + " has taken " + interface() +
                     " over, with tables that this one, " + kVersion + ", cannot watch; start its daemon: xdpmirror run " +
                     interface() + " --profile " + request_.profile_name};
    auto view = read_view(interface());
    if (!view) {
        once_.say("reload", view.error());
        return Ok{};
    }
    watch_->save();
    if (auto done = watch(*view); !done) {
        once_.say("reload", done.error());
        return Ok{};
    }
    once_.say("ready ports", be_ready(view->profile.config.ready));
    once_.say("metrics outlets", be_measured(view->profile.config.metrics));
    once_.say("reload", Ok{});
    ++reloads_;
    spdlog::info("watching configuration {} of {}, profile {}", number_of(view->directory), interface(),
                 view->meta.profile);
    return Ok{};
}

Result<> Daemon::watch(const AttachmentView& view) {
    auto made = ConfigurationWatch::make(loop_, view, watch_.get());
    if (!made) return made.error();
    watch_ = std::move(*made);
    view_ = view;
    return Ok{};
}

// Its ports are the daemon's own: those of a former configuration are given up before others are taken. What cannot
// be had is tried again with the next call.
Result<> Daemon::be_ready(const Ready& wanted) {
    if (has_ready_ports_ && wanted == wanted_ready_) return Ok{};
    if (wanted != wanted_ready_) ready_.reset();
    wanted_ready_ = wanted;
    auto ports = ReadyPorts::take(wanted);
    has_ready_ports_ = static_cast<bool>(ports);
    if (!ports && ready_) return ports.error();
    auto ready = NodeReady::make(loop_, ports ? wanted : Ready{}, ports ? std::move(*ports) : ReadyPorts{},
                                 [](const std::string& text) { spdlog::info("{}", text); });
    if (!ready) return ready.error();
    ready_ = std::move(*ready);
    return ports ? Result<>(Ok{}) : Result<>(ports.error());
}

// Likewise.
Result<> Daemon::be_measured(const Metrics& wanted) {
    if (has_metrics_outlets_ && wanted == wanted_metrics_) return Ok{};
    if (metrics_ && wanted.textfile != wanted_metrics_.textfile) metrics_->gone();
    if (wanted != wanted_metrics_) metrics_.reset();
    wanted_metrics_ = wanted;
    auto outlets = MetricsOutlets::take(wanted, interface());
    has_metrics_outlets_ = static_cast<bool>(outlets);
    if (!outlets && metrics_) return outlets.error();
    auto metrics = NodeMetrics::make(loop_, outlets ? wanted : Metrics{}, outlets ? std::move(*outlets) : MetricsOutlets{},
                                     [this] { return read_metrics(); }, [this] { return ready_->answer(); });
    if (!metrics) return metrics.error();
    metrics_ = std::move(*metrics);
    return outlets ? Result<>(Ok{}) : Result<>(outlets.error());
}

Result<std::string> Daemon::read_metrics() {
    Exposition metrics;
    add_build(metrics);
    if (auto added = add_all(metrics, view_, said_); !added) return added.error();
    return metrics.text();
}

Result<> Daemon::reload_asked() {
    notify_reloading();
    auto started = reloader_.start([this](bool done) {
        once_.say("reload on SIGHUP", done ? Result<>(Ok{}) : Result<>(Error{"the reload has failed; what was in force still is"}));
        notify_service_manager("READY=1");
    });
    if (!started) {
        spdlog::error("{}", one_line(started.error()));
        notify_service_manager("READY=1");
    }
    return Ok{};
}

Result<> Daemon::report() {
    once_.say("ready", ready_->update(watch_->ready_facts()));
    Json report = {{"pid", ::getpid()}, {"reloads", reloads_}};
    report.update(watch_->report(now()));
    report["ready"] = ready_->report();
    if (report == said_) return Ok{};
    said_ = report;
    once_.say("report", file_.say(report));
    return Ok{};
}

Result<> Daemon::listen() {
    const auto stop = [this]() -> Result<> {
        loop_.stop();
        return Ok{};
    };
    for (const int signal : {SIGTERM, SIGINT}) {
        if (auto watched = loop_.on_signal(signal, stop); !watched) return watched;
    }
    if (auto watched = loop_.on_signal(SIGHUP, [this] { return reload_asked(); }); !watched) return watched;
    if (auto watched = loop_.on_readable(network_.fd(), [this] { return network_changed(); }); !watched)
        return watched;
    return loop_.every(kTick, [this] { return tick(); });
}

Result<> Daemon::run(const AttachmentView& view, const Config& own) {
    attached_ns_ = view.meta.attached_ns;
    if (auto listening = listen(); !listening) return listening;
    if (auto watching = watch(view); !watching) return watching;
    if (auto done = be_ready(own.ready); !done) return done;
    if (auto said = report(); !said) return said;
    once_.say("metrics outlets", be_measured(own.metrics));  // what is attached is better watched than measured
    notify_service_manager("READY=1\nSTATUS=watching " + interface());
    auto done = loop_.run();
    notify_service_manager("STOPPING=1");
    watch_->save();
    if (!done || !is_attached(interface(), attached_ns_)) return done;
    if (request_.detach_on_exit) {
        spdlog::info("leaving, and taking the attachment of {} off", interface());
        metrics_->gone();
        return detach(interface());
    }
    spdlog::info("leaving; {} goes on forwarding, and nobody watches it", interface());
    return done;
}

}  // namespace

Result<> run_daemon(const DaemonRequest& request, const Result<Profile>& profile) {
    set_up_logging(request.log);
    auto file = RunFile::take(request.attach.interface);
    if (!file) return file.error();
    // before anything is attached, so that what is missing changes nothing
    if (profile) {
        if (auto prober = Prober::make(profile->config); !prober) return prober.error();
        if (auto ports = ReadyPorts::take(profile->config.ready); !ports) return ports.error();
        auto taken = MetricsOutlets::take(profile->config.metrics, request.attach.interface);
        if (!taken && !holds_interface(request.attach.interface)) return taken.error();
    }
    auto view = adopt_or_attach(request.attach, profile);
    if (!view) return view.error();
    auto loop = EventLoop::make();
    if (!loop) return loop.error();
    auto network = NetworkWatch::make();
    if (!network) return network.error();
    Daemon daemon(request, std::move(*loop), std::move(*network), std::move(*file));
    const bool own = profile && is_in_force(*profile, view->profile);
    return daemon.run(*view, own ? profile->config : view->profile.config);
}

}  // namespace xdpmirror
