// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/daemon/configuration_watch.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>

#include "loader/daemon/node_ready.h"
#include "loader/daemon/run_file.h"
#include "maps/books.h"

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::ordered_json;

constexpr auto kCountEvery = 1s;

Json to_json(const TemplateKeeper::Report& report) {
    return {{"streams", report.streams}, {"templates", report.templates}, {"bytes", report.bytes},
            {"learned", report.learned}, {"malformed", report.malformed}, {"refused", report.refused},
            {"sent", report.sent},       {"failed", report.failed},       {"why", report.why}};
}

}  // namespace

Result<std::unique_ptr<ConfigurationWatch>> ConfigurationWatch::make(EventLoop& loop, const AttachmentView& view,
                                                                     ConfigurationWatch* former) {
    auto prober = Prober::make(view.profile.config);
    if (!prober) return prober.error();
    const auto say = [](const std::string& text) { spdlog::warn("{}", text); };
    auto keeper = NextHopKeeper::make(view, say);
    if (!keeper) return keeper.error();
    auto pools = PoolKeeper::make(view, view.overrides, say);
    if (!pools) return pools.error();
    std::optional<TemplateKeeper> templates;
    if (TemplateKeeper::is_wanted(view.profile.config)) {
        auto made = TemplateKeeper::make(view);
        if (!made) return made.error();
        templates.emplace(std::move(*made));
    }
    auto book = view.directory.open("xm_coll_book");
    if (!book) return book.error();
    std::unique_ptr<ConfigurationWatch> watch(new ConfigurationWatch(view, std::move(*keeper), std::move(*prober),
                                                                     std::move(*pools), std::move(templates),
                                                                     std::move(*book)));
    auto health = CollectorHealth::make(loop, watch->keeper_, former != nullptr ? &*former->health_ : nullptr);
    if (!health) return health.error();
    watch->health_.emplace(std::move(*health));
    const auto now = std::chrono::steady_clock::now();
    watch->read_pins();
    if (former != nullptr && former->templates_ && watch->templates_)
        watch->templates_->after_reload(watch->keeper_, watch->pools_.tables(), *former->templates_,
                                        former->pools_.tables());
    watch->refresh(now);
    return watch;
}

void ConfigurationWatch::network_changed(bool network, Time now) {
    once_.say("next hops", network ? keeper_.network_changed(now) : keeper_.refresh(now));
    once_.say("pools", keep_pools(now));
}

void ConfigurationWatch::refresh(Time now) {
    once_.say("next hops", keeper_.refresh(now));
    once_.say("pools", keep_pools(now));
}

void ConfigurationWatch::tick(Time now) {
    read_pins();
    prober_.tick(now);
    for (const auto& [row, why] : prober_.findings()) keeper_.set_probed(row, why);
    refresh(now);
}

void ConfigurationWatch::save() {
    if (templates_) once_.say("templates", templates_->save(std::nullopt));
}

void ConfigurationWatch::read_pins() {
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

// Whom packets can get to, and whom an operator wants.
Result<> ConfigurationWatch::keep_pools(Time now) {
    auto overrides = read_overrides(interface_);
    once_.say("overrides", overrides ? pools_.set_overrides(*overrides) : overrides.error());
    for (std::size_t i = 0; i < collector_rows_.size(); ++i) pools_.set_way(i, keeper_.no_way(i));
    health_->follow(keeper_);
    health_->tell(pools_, now);
    if (templates_) templates_->learn(keeper_, pools_.tables(), pools_.usable(), now);
    auto done = pools_.apply([this](std::size_t pool, const PoolTables::Move& move, const std::vector<bool>& recovered) {
        if (templates_) templates_->before_move(keeper_, pool, move, recovered);
    });
    if (templates_) once_.say("templates", templates_->save(now));
    if (templates_ && !templates_->report().why.empty())
        once_.say("templates sent", Error{templates_->report().why});
    if (!done) return done;
    return count_drained(now);
}

Result<> ConfigurationWatch::count_drained(Time now) {
    if (!pools_.any_drained() || now - counted_ < kCountEvery) return Ok{};
    counted_ = now;
    auto counts = read_counts(collector_book_.get(), collector_rows_);
    if (!counts) return counts.error();
    std::vector<std::uint64_t> packets;
    for (const auto& count : *counts) packets.push_back(count.packets);
    pools_.count(packets, now);
    return Ok{};
}

ReadyFacts ConfigurationWatch::ready_facts() const { return xdpmirror::ready_facts(keeper_, pools_, *health_); }

Json ConfigurationWatch::report(Time now) const {
    Json ways = Json::array();
    for (const auto& way : keeper_.report())
        ways.push_back({{"egress", way.egress},
                        {"interface", way.interface},
                        {"usable", way.usable},
                        {"why", way.why},
                        {"pinned", way.pinned},
                        {"collectors", way.collectors}});
    Json collectors = Json::array();
    const Json health = health_->report(now);
    for (const auto& collector : pools_.report())
        collectors.push_back({{"idle", collector.idle},
                              {"why", collector.why},
                              {"health", health[collectors.size()]}});
    Json report = {{"switches", keeper_.switches()}, {"ways", ways}, {"collectors", collectors}};
    if (templates_) report["templates"] = to_json(templates_->report());
    return report;
}

}  // namespace xdpmirror
