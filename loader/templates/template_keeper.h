// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Templates follow the exporter: learns them from what the data plane hands up, and sends them to the
// collector that an exporter is about to move to, from the exporter's own address.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/plan.h"
#include "loader/daemon/next_hop_keeper.h"
#include "loader/pools/pool_tables.h"
#include "loader/templates/template_memory.h"
#include "loader/templates/way_sender.h"
#include "loader/view.h"
#include "maps/template_rings.h"

namespace xdpmirror {

class TemplateKeeper {
  public:
    using Time = TemplateMemory::Time;

    struct Report {
        std::uint64_t streams = 0, templates = 0, bytes = 0;  // kept
        std::uint64_t learned = 0;    // messages
        std::uint64_t malformed = 0;  // messages
        std::uint64_t refused = 0;    // messages for which the memory had no room
        std::uint64_t sent = 0, failed = 0;  // messages to collectors
        std::string why{};  // the last one failed

        bool operator==(const Report&) const = default;
    };

    // Does some pool of the profile want it?
    static bool is_wanted(const Config& config);
    // Reads on where a former daemon of the interface has stopped.
    static Result<TemplateKeeper> make(const AttachmentView& view);

    // Everything that was handed up since the last time. In pools with templates: all, it goes to those of the
    // collectors with a flag, by row of xm_collectors, that do not have it from the exporter.
    void learn(const NextHopKeeper& ways, const PoolTables& tables, const std::vector<bool>& usable, Time now);

    // To be called before slots are written: see PoolKeeper::BeforeMove.
    void before_move(const NextHopKeeper& ways, std::size_t pool, const PoolTables::Move& move,
                     const std::vector<bool>& recovered);

    // Another configuration has come into force, whose tables are `tables`: exporters whose collector is another one
    // than `former`, with its own tables, has sent them to.
    void after_reload(const NextHopKeeper& ways, const PoolTables& tables, const TemplateKeeper& former,
                      const PoolTables& former_tables);

    // For the next daemon: now and then, if something was learned since; `now` empty: at once.
    Result<> save(std::optional<Time> now);

    Report report() const;

  private:
    TemplateKeeper(const Config& config, std::string interface, Plan plan, TemplateRings rings)
        : config_(config), interface_(std::move(interface)), plan_(std::move(plan)), rings_(std::move(rings)) {}

    void learn_one(const xm_template_packet& record, Time now);
    struct Target {  // one of a rule's sends
        std::size_t pool;
        std::optional<std::uint16_t> port;
    };
    struct Message {
        const ExportStream& stream;
        const TemplateMemory::Known& known;
        const std::vector<TemplateRecord>& templates;
    };

    // Where a rule sends what a stream carries: a collector and its port.
    struct Receiver {
        std::size_t collector;  // row of xm_collectors
        Target target;
    };
    std::vector<Receiver> receivers(const PoolTables& tables, const ExportStream& stream) const;

    void spread(const NextHopKeeper& ways, const PoolTables& tables, const std::vector<bool>& usable,
                const Target& target, const Message& message);
    void send(const NextHopKeeper& ways, std::size_t collector, const Target& target, const Message& message);
    std::uint32_t slot(std::size_t pool, const ExportStream& stream) const;

    struct Fresh {  // learned in this turn
        ExportStream stream;
        std::vector<TemplateRecord> templates;
    };

    Config config_;
    std::string interface_;
    Plan plan_;
    TemplateRings rings_;
    TemplateMemory memory_;
    WaySender sender_;
    std::vector<std::size_t> rules_;            // index of Config::rules by row of xm_rule_book
    std::vector<std::vector<Target>> targets_;  // by index of Config::rules
    std::vector<Fresh> fresh_;        // for pools with templates: all
    Report report_;
    Time saved_{};
    std::uint64_t saved_learned_ = 0;
};

}  // namespace xdpmirror
