// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/fuzzing/comparison.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <cstring>
#include <ctime>

namespace xdpmirror::fuzz {
namespace {

using reference::Answer;
using reference::Verdict;

constexpr std::size_t kRoom = 65536;
constexpr std::size_t kShownBytes = 96;

test::Machine machine_of(const NamedProfile& profile) {
    test::Machine machine;
    machine.on_paper = profile.on_paper;
    return machine;
}

// The same machine in the words of the model; rig.cpp has the MAC addresses.
reference::Node node_of(const test::Machine& machine, const Config& config) {
    reference::Node node;
    node.claimed = machine.local;
    node.claims_all = machine.on_paper;
    node.own = machine.own;
    node.ingress = test::kNodeMac;
    node.kernel_route = machine.on_paper;
    for (const Egress& egress : config.egress) {
        const auto* next_hop = std::get_if<MacAddress>(&egress.ways[0].next_hop);
        node.ways.push_back(
            {test::kNodeEgressMac, next_hop ? *next_hop : test::kNextHopMac, machine.mtu});
    }
    return node;
}

reference::Time monotonic_now() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

int action_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::drop:
            return XDP_DROP;
        case Verdict::send:
            return XDP_REDIRECT;
        default:
            return XDP_PASS;
    }
}

std::string hex(View bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += kDigits[byte >> 4];
        text += kDigits[byte & 0xf];
    }
    return text;
}

std::string text_of(const Frame& frame) {
    const std::string border =
        frame.present != 0 ? ", " + std::to_string(frame.present) + " bytes in the first buffer"
                           : "";
    return "frame " + hex(frame.bytes) + border + "\n";
}

std::string difference_of_frames(View want, View got) {
    std::size_t at = 0;
    while (at < want.size() && at < got.size() && want.u8(at) == got.u8(at)) at++;
    return "frame out: want " + std::to_string(want.size()) + " bytes, got " +
           std::to_string(got.size()) + ", first difference at " + std::to_string(at) + "\nwant " +
           hex(want.first(std::min(want.size(), kShownBytes))) + "\ngot  " +
           hex(got.first(std::min(got.size(), kShownBytes))) + "\n";
}

}  // namespace

Comparison::Comparison(const NamedProfile& profile, test::Rig rig, reference::Node node)
    : profile_(profile),
      rig_(std::move(rig)),
      reference_(rig_.config(), std::move(node)),
      before_(rig_),
      want_(rig_),
      out_(kRoom) {}

Result<std::unique_ptr<Comparison>> Comparison::make(const NamedProfile& profile) {
    const test::Machine machine = machine_of(profile);
    auto rig = test::Rig::make(profile.yaml, machine);
    if (!rig) return while_doing(profile.name, rig.error());
    reference::Node node = node_of(machine, rig->config());
    return std::unique_ptr<Comparison>(new Comparison(profile, std::move(*rig), std::move(node)));
}

std::string Comparison::run(const Frame& frame) {
    const Answer answer = reference_.run(frame.bytes, monotonic_now(), frame.present);
    want_.add(answer);
    bpf_test_run_opts options{};
    options.sz = sizeof(options);
    options.data_in = frame.bytes.data();
    options.data_size_in = static_cast<std::uint32_t>(frame.bytes.size());
    options.data_out = out_.data();
    options.data_size_out = static_cast<std::uint32_t>(out_.size());
    options.repeat = 1;
    xdp_md context{};
    context.data_end = frame.present;
    if (frame.present != 0) {
        options.ctx_in = &context;
        options.ctx_size_in = sizeof(context);
    }
    if (const int err = bpf_prog_test_run_opts(rig_.data_plane().program_fd(), &options); err != 0)
        return std::string("test-run: ") + std::strerror(-err);
    std::string wrong;
    if (static_cast<int>(options.retval) != action_of(answer.verdict))
        wrong = "verdict: got XDP action " + std::to_string(options.retval) + "\n";
    else if (answer.verdict != Verdict::drop &&
             (answer.out.size() != options.data_size_out ||
              std::memcmp(answer.out.data(), out_.data(), answer.out.size()) != 0))
        wrong = difference_of_frames(answer.out, View(out_).first(options.data_size_out));
    if (wrong.empty()) return wrong;
    return "want " + answer.text() + "\n" + wrong;
}

std::string Comparison::check_counters() {
    const Counters now = Counters::read(rig_);
    const std::string wrong = (now - before_).difference(want_);
    before_ = now;
    want_ = Counters(rig_);
    return wrong;
}

std::string replay(const NamedProfile& profile, const std::vector<Frame>& frames) {
    auto comparison = Comparison::make(profile);
    if (!comparison) return comparison.error().what;
    for (const Frame& frame : frames) {
        std::string wrong = (*comparison)->run(frame);
        wrong += (*comparison)->check_counters();
        if (!wrong.empty()) return wrong + text_of(frame);
    }
    return "";
}

}  // namespace xdpmirror::fuzz
