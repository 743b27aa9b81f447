// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The order of docs/packets.md; numbers in comments are its sections.
#include "selftests/fuzzing/reference.h"

#include <algorithm>

#include "selftests/fuzzing/prefixes.h"
#include "selftests/fuzzing/rewrite.h"
#include "selftests/fuzzing/wire.h"

namespace xdpmirror::reference {
namespace {

// A frame that leaves: a new Ethernet header before the packet.
Bytes framed(const MacAddress& to, const MacAddress& from, const Bytes& packet) {
    Bytes frame(to.bytes.begin(), to.bytes.end());
    frame.insert(frame.end(), from.bytes.begin(), from.bytes.end());
    const std::uint16_t type = packet.at(0) >> 4 == 4 ? kTypeIpv4 : kTypeIpv6;
    frame.push_back(static_cast<std::uint8_t>(type >> 8));
    frame.push_back(static_cast<std::uint8_t>(type & 0xff));
    frame.insert(frame.end(), packet.begin(), packet.end());
    return frame;
}

template <class Named>
std::size_t index_of(const std::vector<Named>& all, const std::string& name) {
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const Named& named) { return named.name == name; });
    return static_cast<std::size_t>(found - all.begin());
}

}  // namespace

Answer Reference::run(const Bytes& frame, Time now, std::size_t present) {
    Answer answer;
    try {
        mirror(View(frame, present == 0 ? frame.size() : present), now, answer);
    } catch (const Passed& passed) {
        answer = Answer{};
        answer.pass = passed.reason;
        answer.bytes = frame.size();
        answer.out = frame;
    } catch (const Dropped& dropped) {
        answer.verdict = Verdict::drop;
        answer.drop = dropped.reason;
    } catch (const NotPresent&) {
        answer.verdict = Verdict::drop;
        answer.drop = XM_DROP_HEADERS_NOT_LINEAR;
    }
    return answer;
}

void Reference::mirror(View frame, Time now, Answer& answer) {
    Outer outer;
    try {
        outer = read_outer(config_, node_, frame, answer.bytes);
    } catch (const Passed&) {
        if (plain(frame, now, answer)) return;
        throw;
    }
    const Mirrored mirrored = open_tunnel(config_, outer, answer);
    Passage passage{mirrored.source, mirrored.vni, Inner(mirrored.frame), outer.sender, 0, {}};
    Inner& inner = passage.inner;
    answer.truncated = inner.is_truncated();
    if (answer.truncated && !config_.sources[mirrored.source].truncated_forward)  // 3.3
        throw Dropped{XM_DROP_INNER_TRUNCATED};
    inner.check_source();
    check_inner_source(mirrored.source, inner);
    inner.walk_headers();
    inner.check_fragment();
    inner.read_upper(takes_other_protocols());
    if (is_nested(inner)) throw Dropped{XM_DROP_NESTED_TUNNEL};
    learn_from_first(passage, now);
    if (inner.is_later()) answer.notes.insert(XM_NOTE_FRAGMENT_LATER);
    answer.rule = find_rule(passage);
    if (!answer.rule) throw Dropped{XM_DROP_NO_RULE};
    remember(passage, now, answer);
    send(passage, answer);
}

// 3.5, 3.6
void Reference::check_inner_source(std::size_t source, const Inner& inner) const {
    const auto& own = node_.own;
    if (std::find(own.begin(), own.end(), inner.from) != own.end()) throw Dropped{XM_DROP_LOOP};
    const auto& exporters = config_.sources[source].exporters;
    if (!exporters.empty() && !is_in_any(exporters, inner.from))
        throw Dropped{XM_DROP_EXPORTER_NOT_ALLOWED};
}

// 3.10
bool Reference::is_nested(const Inner& inner) const {
    const TunnelPorts ports(config_);
    return inner.protocol == kUdp && inner.port &&
           (*inner.port == ports.vxlan || (ports.has_geneve && *inner.port == ports.geneve));
}

bool Reference::takes_other_protocols() const {
    return std::any_of(config_.rules.begin(), config_.rules.end(),
                       [](const Rule& rule) { return rule.match.protocol != kUdp; });
}

Fragments::Origin Reference::origin_of(const Passage& passage) const {
    const bool is_balanced = config_.sources[passage.source].way == WayIn::geneve;
    return {passage.source, passage.vni, is_balanced ? IpAddress{} : passage.sender};
}

// 3.11
void Reference::learn_from_first(Passage& passage, Time now) const {
    passage.protocol = passage.inner.protocol;
    passage.port = passage.inner.port;
    if (!passage.inner.is_later()) return;
    const auto shown = fragments_.recall(origin_of(passage), passage.inner, now);
    if (!shown) throw Dropped{XM_DROP_FRAGMENT_NO_FIRST};
    passage.protocol = shown->protocol;
    passage.port = shown->port;
}

// 4.1
std::optional<std::size_t> Reference::find_rule(const Passage& passage) const {
    for (std::size_t i = 0; i < config_.rules.size(); i++) {
        const Match& match = config_.rules[i].match;
        if (match.vni && match.vni != passage.vni) continue;
        if (match.from && !match.from->contains(passage.inner.from)) continue;
        if (match.to && !match.to->contains(passage.inner.to)) continue;
        if (match.protocol && *match.protocol != passage.protocol) continue;
        if (match.port && !(passage.port && *passage.port >= match.port->first &&
                            *passage.port <= match.port->last))
            continue;
        return i;
    }
    return {};
}

void Reference::remember(const Passage& passage, Time now, Answer& answer) {
    if (!passage.inner.is_first()) return;
    fragments_.remember(origin_of(passage), passage.inner, now);
    answer.notes.insert(XM_NOTE_FRAGMENT_FIRST);
}

// 4.2 to 4.7
void Reference::send(const Passage& passage, Answer& answer) const {
    const Inner& inner = passage.inner;
    const Rule& rule = config_.rules[*answer.rule];
    const std::size_t pool_at = index_of(config_.pools, rule.pool);
    const Pool& pool = config_.pools[pool_at];
    if (pool.collectors.empty()) throw Dropped{XM_DROP_NO_COLLECTOR};
    const IpAddress& collector = pool.collectors.front().address;
    if (collector.family != inner.from.family) throw Dropped{XM_DROP_FAMILY_MISMATCH};
    const bool has_port_already = !rule.port || !passage.port || *passage.port == *rule.port;
    if (passage.vni && inner.to == collector && has_port_already) throw Dropped{XM_DROP_LOOP};

    const std::size_t egress = index_of(config_.egress, pool.via);
    const Way& way = node_.ways.at(egress);
    const bool is_oversized = inner.packet().size() > way.mtu;
    const bool is_for_kernel =
        is_oversized && config_.egress[egress].fragment && inner.is_ipv4() && !inner.has_options();
    if (is_oversized && !is_for_kernel) throw Dropped{XM_DROP_EGRESS_OVERSIZE};
    if (inner.ttl <= 1) throw Dropped{XM_DROP_TTL_EXPIRED};
    if (is_for_kernel && !node_.kernel_route) throw Dropped{XM_DROP_OVERSIZE_NO_ROUTE};

    const Bytes packet = rewritten(
        inner, {collector, rule.port, config_.sources[passage.source].checksum, is_for_kernel});
    if (inner.is_truncated()) answer.notes.insert(XM_NOTE_TRUNCATED_FORWARDED);
    if (is_for_kernel) answer.notes.insert(XM_NOTE_OVERSIZE_FRAGMENTED);
    answer.verdict = is_for_kernel ? Verdict::to_kernel : Verdict::send;
    answer.out = is_for_kernel ? framed(node_.ingress, way.from, packet)
                               : framed(way.next_hop, way.from, packet);
    answer.egress = egress;
    answer.collector = 0;
    for (std::size_t i = 0; i < pool_at; i++)
        *answer.collector += config_.pools[i].collectors.size();
}

bool Reference::plain(View frame, Time now, Answer& answer) {
    const auto passage = plain_passage(frame, now);
    if (!passage) return false;
    answer = Answer{};
    answer.source = passage->source;
    answer.rule = find_rule(*passage);
    answer.bytes = passage->inner.frame_header + passage->inner.length;
    if (passage->inner.is_later()) answer.notes.insert(XM_NOTE_FRAGMENT_LATER);
    remember(*passage, now, answer);
    send(*passage, answer);
    return true;
}

std::optional<Reference::Passage> Reference::plain_passage(View frame, Time now) const {
    const auto is_plain = [](const Source& source) { return source.way == WayIn::plain; };
    if (std::none_of(config_.sources.begin(), config_.sources.end(), is_plain)) return {};
    try {
        Passage passage{0, {}, Inner(frame), {}, 0, {}};
        Inner& inner = passage.inner;
        passage.sender = inner.from;
        if (inner.is_truncated()) return {};
        inner.check_source();
        inner.walk_headers();
        inner.check_fragment();
        inner.read_upper(takes_other_protocols());
        const auto source = longest(config_, &Source::to, inner.to, is_plain);
        if (!source || !is_in_any(config_.sources[*source].from, inner.from)) return {};
        passage.source = *source;
        learn_from_first(passage, now);
        if (!find_rule(passage)) return {};
        return passage;
    } catch (const Dropped&) {
        return {};
    } catch (const NotPresent&) {
        return {};
    }
}

}  // namespace xdpmirror::reference
