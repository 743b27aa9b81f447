// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The two ends of the experiment: live frames sent into the device under test, and the sink that
// tells what became of each. Nothing of it changes while a mechanism does.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/attach/attach_layout.h"
#include "bench/flows.h"
#include "bench/generator.h"
#include "bench/sender.h"
#include "maps/result.h"
#include "maps/unique_fd.h"

struct att_sink_bpf;
struct stub_bpf;

namespace xdpmirror::bench::attach {

struct Devices {
    std::string generator;
    std::string ingress;
    std::string egress;
    std::string sink;
};

class Wire {
  public:
    // Attaches the sink, and to the devices that only transmit the stub that some drivers want.
    static Result<Wire> make(const Devices& devices, const FrameSpec& frames, int cpu);

    Result<> send();
    // Ends sending and waits until what is under way has arrived.
    Result<> finish();
    // Sends until so many packets were sent, then finishes.
    Result<> send_at_least(std::uint64_t packets);

    // While sending: sleeps; CPU time of the sending CPU so far, softirqs included.
    void wait(double seconds) const { sender_->wait(seconds); }
    std::chrono::nanoseconds cpu_time() const;

    Result<> reset();                 // the tally to zero; only between sendings
    std::uint64_t sent() const;       // since the last reset
    Result<xm_att_tally> tally() const;  // `last` is the newest generation of any CPU

  private:
    Result<> wait_until_sent(std::uint64_t packets) const;

    FrameSpec frames_;
    int cpu_ = -1;
    std::optional<Generator> generator_;
    std::shared_ptr<att_sink_bpf> sink_;
    std::shared_ptr<stub_bpf> stub_;
    std::vector<UniqueFd> links_;
    std::unique_ptr<Sender> sender_;
    std::uint64_t sent_before_ = 0;
};

}  // namespace xdpmirror::bench::attach
