// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/templates/template_keeper.h"

#include <fmt/core.h>

#include <algorithm>
#include <thread>

#include "loader/state_dir.h"
#include "loader/templates/datagram.h"
#include "loader/templates/template_file.h"

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;

// A collector's socket takes some hundred packets at once: the burst is let go in parts, and the whole of
// it may hold up the move by so much.
constexpr std::size_t kBurst = 64;
constexpr auto kPause = 1ms;
constexpr std::size_t kPauses = 200;

// What is learned in between is lost if the daemon is killed.
constexpr auto kSaveEvery = 60s;

// What exporters use; a larger packet is sent only where the exporter sent one.
constexpr std::size_t kUsualPacket = 1400;

}  // namespace

bool TemplateKeeper::is_wanted(const Config& config) {
    return std::ranges::any_of(config.pools, [](const Pool& pool) { return pool.templates != Templates::off; });
}

Result<TemplateKeeper> TemplateKeeper::make(const AttachmentView& view) {
    const auto& config = view.profile.config;
    std::vector<UniqueFd> rings;
    std::vector<int> fds;
    for (int part = 0; part < XM_MEMORY_PARTS; ++part) {
        auto ring = view.directory.open(fmt::format("xm_templates{}", part));
        if (!ring) return ring.error();
        fds.push_back(ring->get());
        rings.push_back(std::move(*ring));
    }
    auto reader = TemplateRings::make(fds);
    if (!reader) return reader.error();
    auto plan = make_plan(config);
    if (!plan) return plan.error();
    TemplateKeeper keeper(config, view.interface, std::move(*plan), std::move(*reader));
    for (const auto& rule : config.rules) {
        auto& targets = keeper.targets_.emplace_back();
        for (const auto& one : sends_of(rule)) {
            const auto pool = std::ranges::find(config.pools, one.pool, &Pool::name);
            if (pool->templates != Templates::off)
                targets.push_back({static_cast<std::size_t>(pool - config.pools.begin()), one.port});
        }
    }
    for (std::size_t i = 0; i < view.rows.rules.size(); ++i) {
        if (keeper.rules_.size() <= view.rows.rules[i]) keeper.rules_.resize(view.rows.rules[i] + 1, config.rules.size());
        keeper.rules_[view.rows.rules[i]] = i;
    }
    // a file that cannot be read costs what was learned, nothing else
    if (auto loaded = load_templates(view.interface, config, keeper.memory_); !loaded)
        keeper.report_.why = one_line(loaded.error());
    return keeper;
}

Result<> TemplateKeeper::save(std::optional<Time> now) {
    if (report_.learned == saved_learned_) return Ok{};
    if (now && saved_ != Time{} && *now - saved_ < kSaveEvery) return Ok{};
    saved_learned_ = report_.learned;
    if (now) saved_ = *now;
    return save_templates(interface_, memory_, config_);
}

std::uint32_t TemplateKeeper::slot(std::size_t pool, const ExportStream& stream) const {
    const auto slots = plan_.pools[pool].slot_count;
    return slots == 0 ? 0 : slot_of(stream, config_.pools[pool].balance, slots);
}

void TemplateKeeper::learn_one(const xm_template_packet& record, Time now) {
    auto packet = read_template_packet(record);
    if (!packet || record.rule >= rules_.size() || rules_[record.rule] >= targets_.size()) {
        ++report_.malformed;
        return;
    }
    auto message = read_export_message(packet->payload);
    if (!message || message->templates.empty()) {
        ++report_.malformed;
        return;
    }
    auto& stream = packet->stream;
    stream.rule = static_cast<std::uint32_t>(rules_[record.rule]);
    stream.protocol = message->protocol;
    stream.domain = message->domain;
    TemplateMemory::Known known;
    known.hops = packet->hops;
    known.tos = packet->tos;
    known.bytes = packet->bytes;
    ++(memory_.learn(stream, *message, known, now) ? report_.learned : report_.refused);
    const bool to_all = std::ranges::any_of(targets_[stream.rule], [this](const Target& target) {
        return config_.pools[target.pool].templates == Templates::all;
    });
    if (to_all)
        fresh_.push_back({stream, std::move(message->templates)});
}

void TemplateKeeper::send(const NextHopKeeper& ways, std::size_t collector, const Target& target,
                          const Message& message) {
    const auto& [stream, known, templates] = message;
    const auto& to = plan_.collectors[collector].address;
    if (to.family != stream.from.family) return;
    const auto& way = ways.row_of(collector);
    const DatagramHeader header{.from = stream.from,
                                .to = to,
                                .from_port = stream.from_port,
                                .to_port = target.port.value_or(stream.to_port),
                                .hops = static_cast<std::uint8_t>(std::max(known.hops, std::uint8_t{2}) - 1),
                                .tos = known.tos};
    const std::size_t packet = std::min<std::size_t>(way.mtu, std::max<std::size_t>(known.bytes, kUsualPacket));
    const auto overhead = datagram_overhead(to.family);
    for (const auto& bytes : write_export_messages(stream.protocol, known.header, templates,
                                                   packet > overhead ? packet - overhead : 0)) {
        const auto sent = sender_.send(way, to, write_datagram(header, bytes));
        ++(sent ? report_.sent : report_.failed);
        if (!sent) report_.why = one_line(sent.error());
    }
}

// To those of a pool that do not have it from the exporter.
void TemplateKeeper::spread(const NextHopKeeper& ways, const PoolTables& tables, const std::vector<bool>& usable,
                            const Target& target, const Message& message) {
    if (config_.pools[target.pool].templates != Templates::all) return;
    const auto own = tables.collector_of(target.pool, slot(target.pool, message.stream));
    const auto& range = plan_.balancer.ranges()[target.pool];
    for (std::uint32_t i = 0; i < range.collectors; ++i) {
        const auto row = range.first_collector + i;
        if (row != own && usable[row]) send(ways, row, target, message);
    }
}

void TemplateKeeper::learn(const NextHopKeeper& ways, const PoolTables& tables, const std::vector<bool>& usable,
                           Time now) {
    fresh_.clear();
    rings_.read([&](const xm_template_packet& record) { learn_one(record, now); });
    for (const auto& [stream, templates] : fresh_) {
        const auto known = memory_.streams().find(stream);
        if (known == memory_.streams().end()) continue;
        for (const auto& target : targets_[stream.rule])
            spread(ways, tables, usable, target, {stream, known->second, templates});
    }
}

void TemplateKeeper::before_move(const NextHopKeeper& ways, std::size_t pool, const PoolTables::Move& move,
                                 const std::vector<bool>& recovered) {
    std::size_t burst = 0, pauses = 0;
    for (const auto& [stream, known] : memory_.streams()) {
        for (const auto& target : targets_[stream.rule]) {
            if (target.pool != pool) continue;
            const auto at = slot(pool, stream);
            if (at >= move.will.size() || at >= move.was.size()) continue;
            const auto to = move.will[at];
            if (to == XM_NO_ROW || (to == move.was[at] && !recovered[to])) continue;
            send(ways, to, target, {stream, known, known.templates});
            if (++burst % kBurst == 0 && pauses++ < kPauses) std::this_thread::sleep_for(kPause);
        }
    }
}

std::vector<TemplateKeeper::Receiver> TemplateKeeper::receivers(const PoolTables& tables,
                                                                const ExportStream& stream) const {
    std::vector<Receiver> found;
    for (const auto& target : targets_[stream.rule]) {
        const auto row = tables.collector_of(target.pool, slot(target.pool, stream));
        if (row != XM_NO_ROW) found.push_back({row, target});
    }
    return found;
}

void TemplateKeeper::after_reload(const NextHopKeeper& ways, const PoolTables& tables, const TemplateKeeper& former,
                                  const PoolTables& former_tables) {
    std::size_t burst = 0, pauses = 0;
    for (const auto& [stream, known] : memory_.streams()) {
        const auto rule = std::ranges::find(former.config_.rules, config_.rules[stream.rule].name, &Rule::name);
        auto before = stream;
        before.rule = static_cast<std::uint32_t>(rule - former.config_.rules.begin());
        const auto had = rule == former.config_.rules.end() ? std::vector<Receiver>()
                                                            : former.receivers(former_tables, before);
        for (const auto& [collector, target] : receivers(tables, stream)) {
            const auto same = [&, this](const Receiver& one) {
                return former.plan_.collectors[one.collector].address == plan_.collectors[collector].address &&
                       one.target.port == target.port;
            };
            if (std::ranges::any_of(had, same)) continue;
            send(ways, collector, target, {stream, known, known.templates});
            if (++burst % kBurst == 0 && pauses++ < kPauses) std::this_thread::sleep_for(kPause);
        }
    }
}

TemplateKeeper::Report TemplateKeeper::report() const {
    Report report = report_;
    report.streams = memory_.streams().size();
    report.templates = memory_.templates();
    report.bytes = memory_.bytes();
    return report;
}

}  // namespace xdpmirror
