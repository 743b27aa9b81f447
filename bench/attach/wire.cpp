// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Generator, sink and stubs on their devices; see wire.h.
#include "bench/attach/wire.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "att_sink.skel.h"
#include "bench/cpu.h"
#include "stub.skel.h"

namespace xdpmirror::bench::attach {

namespace {

using Clock = std::chrono::steady_clock;
// No event tells that nothing more will come: arrival is over when two looks see the same.
constexpr auto kLook = std::chrono::milliseconds(50);
constexpr auto kPatience = std::chrono::seconds(10);

Result<UniqueFd> attach_for_good(int program, const std::string& device) {
    LIBBPF_OPTS(bpf_link_create_opts, options, .flags = XDP_FLAGS_DRV_MODE);
    auto index = ifindex_of(device);
    if (!index) return index.error();
    UniqueFd link(bpf_link_create(program, static_cast<int>(*index), BPF_XDP, &options));
    if (!link) return system_error("attach to '" + device + "' in native mode", errno);
    return link;
}

template <class Skeleton>
Result<std::shared_ptr<Skeleton>> opened(Skeleton* object, const char* what) {
    if (object == nullptr) return system_error(std::string("open the ") + what, errno);
    return std::shared_ptr<Skeleton>(object, [](Skeleton* o) { Skeleton::destroy(o); });
}

template <class Skeleton>
Result<> loaded(const std::shared_ptr<Skeleton>& object, const char* what) {
    if (const int err = Skeleton::load(object.get()); err != 0)
        return system_error(std::string("load the ") + what, -err);
    return Ok{};
}

}  // namespace

Result<Wire> Wire::make(const Devices& devices, const FrameSpec& frames, int cpu) {
    Wire wire;
    wire.frames_ = frames;
    wire.cpu_ = cpu;
    auto generator = Generator::make(frames, devices.generator);
    if (!generator) return generator.error();
    wire.generator_.emplace(std::move(*generator));

    auto sink = opened(att_sink_bpf::open(), "sink");
    if (!sink) return sink.error();
    if (auto done = loaded(*sink, "sink"); !done) return done.error();
    wire.sink_ = std::move(*sink);
    auto stub = opened(stub_bpf::open(), "stub");
    if (!stub) return stub.error();
    if (auto done = loaded(*stub, "stub"); !done) return done.error();
    wire.stub_ = std::move(*stub);

    const int stub_program = bpf_program__fd(wire.stub_->progs.xdpmirror_stub);
    const std::pair<int, std::string> attachments[] = {
        {bpf_program__fd(wire.sink_->progs.xm_att_sink), devices.sink},
        {stub_program, devices.generator},
        {stub_program, devices.egress},
    };
    for (const auto& [program, device] : attachments) {
        auto link = attach_for_good(program, device);
        if (!link) return link.error();
        wire.links_.push_back(std::move(*link));
    }
    return wire;
}

Result<> Wire::send() {
    auto sender = Sender::start(generator_->program_fd(), first_frame(frames_), cpu_);
    if (!sender) return sender.error();
    sender_ = std::move(*sender);
    return wait_until_sent(sent() + 1);
}

Result<> Wire::finish() {
    if (auto stopped = sender_->stop(); !stopped) return stopped;
    sender_.reset();
    auto before = tally();
    while (before) {
        std::this_thread::sleep_for(kLook);
        auto now = tally();
        if (!now) return now.error();
        if (now->packets == before->packets) return Ok{};
        before = now;
    }
    return before.error();
}

Result<> Wire::send_at_least(std::uint64_t packets) {
    const std::uint64_t goal = sent() + packets;
    if (auto sending = send(); !sending) return sending;
    auto waited = wait_until_sent(goal);
    auto finished = finish();
    return waited ? std::move(finished) : std::move(waited);
}

Result<> Wire::wait_until_sent(std::uint64_t packets) const {
    auto progress = sent();
    auto deadline = Clock::now() + kPatience;
    while (sent() < packets) {
        if (sent() != progress) {
            progress = sent();
            deadline = Clock::now() + kPatience;
        }
        if (Clock::now() > deadline) return Error{"the generator does not send"};
        sender_->wait(0.01);
    }
    return Ok{};
}

Result<> Wire::reset() {
    const auto cpus = static_cast<std::size_t>(std::max(1, libbpf_num_possible_cpus()));
    const std::vector<xm_att_tally> zeros(cpus);
    const std::uint32_t first = 0;
    if (bpf_map_update_elem(bpf_map__fd(sink_->maps.xm_att_tally), &first, zeros.data(),
                            BPF_ANY) != 0)
        return system_error("reset the tally", errno);
    sent_before_ = generator_->sent();
    return Ok{};
}

std::chrono::nanoseconds Wire::cpu_time() const {
    return sender_->cpu_time() + softirq_time_of(cpu_);
}

std::uint64_t Wire::sent() const { return generator_->sent() - sent_before_; }

Result<xm_att_tally> Wire::tally() const {
    const auto cpus = static_cast<std::size_t>(std::max(1, libbpf_num_possible_cpus()));
    std::vector<xm_att_tally> rows(cpus);
    const std::uint32_t first = 0;
    if (bpf_map_lookup_elem(bpf_map__fd(sink_->maps.xm_att_tally), &first, rows.data()) != 0)
        return system_error("read the tally", errno);
    xm_att_tally sum{};
    for (const auto& row : rows) {
        sum.packets += row.packets;
        sum.mixed += row.mixed;
        sum.stale += row.stale;
        sum.switches += row.switches;
        sum.last = std::max(sum.last, row.last);
    }
    return sum;
}

}  // namespace xdpmirror::bench::attach
