// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The program tells nothing but its verdict; the rest is read off which counters moved.
#include "loader/explain.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/core.h>
#include <linux/if_ether.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "loader/frame_text.h"
#include "loader/kernel_fragments.h"
#include "loader/resolve.h"
#include "maps/reasons.h"

namespace xdpmirror {
namespace {

constexpr std::size_t kHeadroom = 256;

// The stages in order; a packet that a stage drops went through those before it.
enum Stage { kOuter, kTunnel, kAdmit, kInner, kFragment, kRule, kCollector, kRewrite, kEgress };
constexpr std::array kStageNames = {"outer parse", "tunnel",    "admit",   "inner parse", "fragment",
                                    "rule",        "collector", "rewrite", "egress"};

Stage stage_of(std::uint32_t reason) {
    switch (reason) {
        case XM_DROP_OUTER_LENGTH:
        case XM_DROP_OUTER_FRAGMENT:
            return kOuter;
        case XM_DROP_VXLAN_NO_VNI:
        case XM_DROP_VXLAN_GPE:
        case XM_DROP_GENEVE_MALFORMED:
        case XM_DROP_GENEVE_NOT_MIRROR:
            return kTunnel;
        case XM_DROP_VNI_UNKNOWN:
        case XM_DROP_SENDER_NOT_ALLOWED:
        case XM_DROP_VXLAN_RESERVED:
            return kAdmit;
        case XM_DROP_FRAGMENT_NO_FIRST:
            return kFragment;
        case XM_DROP_NO_RULE:
            return kRule;
        case XM_DROP_NO_COLLECTOR:
        case XM_DROP_FAMILY_MISMATCH:
        case XM_DROP_EGRESS_OVERSIZE:
            return kCollector;
        case XM_DROP_TTL_EXPIRED:
        case XM_DROP_OVERSIZE_NO_ROUTE:
            return kRewrite;
        case XM_DROP_EGRESS_MISSING:
        case XM_DROP_EGRESS_REJECTED:
        case XM_DROP_INTERNAL:
            return kEgress;
        default:
            return kInner;
    }
}

template <class Rows, class Packets>
std::optional<std::size_t> moved(const Rows& before, const Rows& after, Packets packets) {
    for (std::size_t i = 0; i < after.size(); ++i) {
        if (packets(after[i]) != packets(before[i])) return i;
    }
    return std::nullopt;
}

std::uint64_t packets_of(const xm_count& count) { return count.packets; }

void add_steps(Explanation& explanation, const Config& config, const Plan& plan, Stage last) {
    const auto ok = [&](Stage stage) -> std::string {
        if (stage == kAdmit && explanation.source)
            return "source " + config.sources[*explanation.source].name;
        if (stage == kRule && explanation.rule) return config.rules[*explanation.rule].name;
        if (stage == kCollector && explanation.collector)
            return plan.collectors[*explanation.collector].label;
        if (stage == kRewrite && !explanation.out.empty())
            return packet_text(explanation.out.front());
        if (stage == kEgress && explanation.collector && !explanation.out.empty())
            return fmt::format(
                "{}, {}{}", config.egress[plan.collectors[*explanation.collector].egress].ways[0].interface,
                ethernet_text(explanation.out.front()),
                explanation.by_kernel
                    ? fmt::format(", in {} fragments by the kernel", explanation.out.size())
                    : "");
        return "ok";
    };
    const auto fragment = [&](const char* label) {
        return std::find(explanation.notes.begin(), explanation.notes.end(), label) !=
               explanation.notes.end();
    };
    for (int stage = kOuter; stage <= kEgress; ++stage) {
        // a stage that most packets have nothing to do with
        if (stage == kFragment && last != kFragment && !fragment("fragment_first") &&
            !fragment("fragment_later"))
            continue;
        const bool here = stage == last && explanation.verdict != Explanation::Verdict::forward;
        const char* word = explanation.verdict == Explanation::Verdict::pass ? "pass" : "drop";
        explanation.steps.push_back(
            {kStageNames[static_cast<std::size_t>(stage)],
             here ? fmt::format("{}: {}: {}", word, explanation.reason, explanation.meaning)
                  : ok(static_cast<Stage>(stage))});
        if (stage == last) break;
    }
}

}  // namespace

Result<Explainer> Explainer::make(const Config& config, std::vector<std::string>& notes) {
    auto plan = make_plan(config);
    if (!plan) return plan.error();
    const auto resolution = resolve_on_paper(config, *plan, notes);
    auto plane = DataPlane::make(*plan, resolution.rows);
    if (!plane) return plane.error();
    std::vector<int> fds;
    for (int part = 0; part < XM_MEMORY_PARTS; ++part)
        fds.push_back(plane->map_fd(fmt::format("xm_templates{}", part)));
    auto rings = TemplateRings::make(fds);
    if (!rings) return rings.error();
    Explainer made(config, std::move(*plan), resolution.rows, std::move(*plane));
    made.rings_ = std::move(*rings);
    return made;
}

Result<Books> Explainer::books() const {
    return read_books(plane_.book_maps(), BookRows::by_index(config_.sources.size(), config_.rules.size(), plan_.collectors.size()));
}

// The program hands an oversized packet to the kernel with our own MAC, and TTL and DF as the kernel
// needs them.
void Explainer::leave(Explanation& explanation, std::vector<std::byte> frame) const {
    explanation.by_kernel = std::find(explanation.notes.begin(), explanation.notes.end(),
                                      note(XM_NOTE_OVERSIZE_FRAGMENTED).label) !=
                            explanation.notes.end();
    if (!explanation.by_kernel || !explanation.collector) {
        explanation.out.push_back(std::move(frame));
        return;
    }
    const auto& hop = rows_.next_hops[rows_.collector_next_hop[*explanation.collector]];
    std::memcpy(frame.data(), hop.dst_mac, ETH_ALEN);
    std::memcpy(frame.data() + ETH_ALEN, hop.src_mac, ETH_ALEN);
    explanation.out = kernel_fragments(frame, hop.mtu);
}

Result<Explanation> Explainer::explain(const std::vector<std::byte>& frame) {
    Explanation explanation;
    const auto pass = [&](std::uint32_t why) {
        explanation.reason = pass_reason(why).label;
        explanation.meaning = pass_reason(why).text;
        add_steps(explanation, config_, plan_, kOuter);
    };
    if (frame.size() < ETH_HLEN) {  // the kernel runs no program on less
        pass(XM_PASS_NOT_OURS);
        return explanation;
    }
    auto before = books();
    if (!before) return before.error();
    std::vector<std::byte> out(frame.size() + kHeadroom);
    LIBBPF_OPTS(bpf_test_run_opts, options);
    options.data_in = frame.data();
    options.data_size_in = static_cast<__u32>(frame.size());
    options.data_out = out.data();
    options.data_size_out = static_cast<__u32>(out.size());
    if (bpf_prog_test_run_opts(plane_.program_fd(), &options) != 0) {
        const int err = errno;
        return system_error(fmt::format("run the program on a frame of {} bytes", frame.size()),
                            err);
    }
    auto after = books();
    if (!after) return after.error();
    rings_->read([](const xm_template_packet&) {});

    explanation.source = moved(before->sources, after->sources,
                               [](const xm_source_count& c) { return c.received.packets; });
    explanation.rule = moved(before->rules, after->rules, packets_of);
    explanation.collector = moved(before->collectors, after->collectors, packets_of);
    for (std::uint32_t i = 0; i < XM_NOTE_MAX; ++i) {
        if (after->notes[i].packets != before->notes[i].packets)
            explanation.notes.emplace_back(note(i).label);
    }
    if (const auto why = moved(before->passes, after->passes, packets_of)) {
        pass(static_cast<std::uint32_t>(*why));
    } else if (const auto drop = moved(before->drops, after->drops, packets_of)) {
        const auto reason = static_cast<std::uint32_t>(*drop);
        explanation.verdict = Explanation::Verdict::drop;
        explanation.reason = drop_reason(reason).label;
        explanation.meaning = drop_reason(reason).text;
        add_steps(explanation, config_, plan_, stage_of(reason));
    } else {
        explanation.verdict = Explanation::Verdict::forward;
        out.resize(options.data_size_out);
        leave(explanation, std::move(out));
        add_steps(explanation, config_, plan_, kEgress);
    }
    return explanation;
}

}  // namespace xdpmirror
