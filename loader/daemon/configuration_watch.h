// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Keeps one configuration of an attachment working: next hops, ways out, collectors, templates. A reload ends it,
// and the next one goes on with what it has found out.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "loader/daemon/collector_health.h"
#include "loader/daemon/event_loop.h"
#include "loader/daemon/next_hop_keeper.h"
#include "loader/daemon/once.h"
#include "loader/daemon/prober.h"
#include "loader/pools/pool_keeper.h"
#include "loader/ready/readiness.h"
#include "loader/templates/template_keeper.h"
#include "loader/view.h"

namespace xdpmirror {

class ConfigurationWatch {
  public:
    using Time = NextHopKeeper::Time;

    // Borrows the loop. `former` watched the configuration before, nullptr: nobody did in this process.
    static Result<std::unique_ptr<ConfigurationWatch>> make(EventLoop& loop, const AttachmentView& view,
                                                            ConfigurationWatch* former);
    ConfigurationWatch(const ConfigurationWatch&) = delete;
    ConfigurationWatch& operator=(const ConfigurationWatch&) = delete;

    // What has changed in the kernel: devices and routes, or neighbours alone.
    void network_changed(bool network, Time now);
    // To be called often.
    void tick(Time now);
    // For the next daemon, at the end.
    void save();

    const PinDir& directory() const { return directory_; }
    ReadyFacts ready_facts() const;
    // For the run file.
    nlohmann::ordered_json report(Time now) const;

  private:
    ConfigurationWatch(const AttachmentView& view, NextHopKeeper keeper, Prober prober, PoolKeeper pools,
                       std::optional<TemplateKeeper> templates, UniqueFd collector_book)
        : interface_(view.interface),
          directory_(view.directory),
          keeper_(std::move(keeper)),
          prober_(std::move(prober)),
          pools_(std::move(pools)),
          templates_(std::move(templates)),
          collector_book_(std::move(collector_book)),
          collector_rows_(view.rows.collectors) {}

    void refresh(Time now);
    void read_pins();
    Result<> keep_pools(Time now);
    Result<> count_drained(Time now);

    std::string interface_;
    PinDir directory_;
    NextHopKeeper keeper_;
    Prober prober_;
    PoolKeeper pools_;
    std::optional<TemplateKeeper> templates_;  // if some pool wants it
    UniqueFd collector_book_;
    std::vector<std::uint32_t> collector_rows_;  // of xm_coll_book, by row of xm_collectors
    std::optional<CollectorHealth> health_;      // as soon as the loop stays where it is
    Time counted_{};
    Once once_;
};

}  // namespace xdpmirror
