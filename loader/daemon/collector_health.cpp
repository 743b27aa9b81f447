// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/daemon/collector_health.h"

namespace xdpmirror {
namespace {

using Json = nlohmann::ordered_json;

// Why a collector is not to be used; empty if it is.
std::string verdict(const HealthFinding& finding) {
    if (finding.status == HealthStatus::down) return finding.why.empty() ? "it does not answer" : finding.why;
    if (finding.status == HealthStatus::held) return "it comes and goes, and is held down until it stays";
    return {};
}

// By policy routing the mark decides, and the device may be another one.
std::string device_of(const WayOut& way) {
    return way.path == PathChoice::kernel ? std::string() : way.interface;
}

}  // namespace

Result<CollectorHealth> CollectorHealth::make(EventLoop& loop, const NextHopKeeper& keeper,
                                              const CollectorHealth* former) {
    CollectorHealth health;
    std::vector<HealthTarget> targets;
    for (const auto& pool : keeper.config().pools) {
        for (const auto& collector : pool.collectors) {
            const auto row = health.ids_.size();
            const auto& way = keeper.way_of(row);
            health.ids_.push_back(pool.name + "/" + collector.address.text());
            health.asked_.push_back(pool.health.has_value());
            health.known_.push_back(!pool.health);
            if (pool.health)
                targets.push_back({.id = health.ids_.back(),
                                   .address = collector.address,
                                   .interface = device_of(way),
                                   .mark = way.mark,
                                   .health = *pool.health});
        }
    }
    auto prober = HealthProber::make(loop, std::move(targets),
                                     [](const HealthFinding&) -> Result<> { return Ok{}; },
                                     former != nullptr ? former->prober_.get() : nullptr);
    if (!prober) return prober.error();
    health.prober_ = std::move(*prober);
    return health;
}

void CollectorHealth::follow(const NextHopKeeper& keeper) {
    for (std::size_t row = 0; row < ids_.size(); ++row) {
        if (!asked_[row]) continue;
        const auto& way = keeper.way_of(row);
        prober_->retarget(ids_[row], device_of(way), way.mark);
        prober_->set_way_down(ids_[row], keeper.no_way(row));
    }
}

void CollectorHealth::tell(PoolKeeper& pools, HealthState::Time now) {
    std::size_t row = 0;
    for (const auto& finding : prober_->findings(now)) {
        while (!asked_[row]) pools.set_health(row++, {});
        known_[row] = finding.status != HealthStatus::unknown;
        if (finding.status != HealthStatus::unknown) pools.set_health(row, verdict(finding));
        ++row;
    }
    while (row < asked_.size()) pools.set_health(row++, {});
}

Json CollectorHealth::report(HealthState::Time now) const {
    Json report = Json::array();
    std::size_t row = 0;
    for (const auto& finding : prober_->findings(now)) {
        while (!asked_[row++]) report.push_back(nullptr);
        report.push_back({{"status", name_of(finding.status)},
                          {"why", finding.why},
                          {"way_down", finding.way_down},
                          {"damped", finding.damped},
                          {"transitions", finding.transitions}});
    }
    while (report.size() < asked_.size()) report.push_back(nullptr);
    return report;
}

}  // namespace xdpmirror
