// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A thread that runs a program on live frames until it is stopped: in one long system call, or at a
// rate in a short one for every piece of time.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "maps/result.h"

namespace xdpmirror::bench {

class Sender {
  public:
    // Starts to send; `cpu` below 0 leaves the thread where the scheduler puts it. `rate` is frames a
    // second, 0: as fast as it goes.
    static Result<std::unique_ptr<Sender>> start(int program, std::vector<std::uint8_t> frame,
                                                 int cpu, std::uint32_t rate = 0);
    ~Sender();

    // Sleeps so many seconds, or until sending has failed.
    void wait(double seconds) const;

    // CPU time of the sending thread so far.
    std::chrono::nanoseconds cpu_time();

    // Ends the system call and waits for it; its error, if it had ended by itself before.
    Result<> stop();

  private:
    Sender(int program, std::vector<std::uint8_t> frame, std::uint32_t rate)
        : program_(program), frame_(std::move(frame)), rate_(rate) {}
    void send();

    int program_;
    std::vector<std::uint8_t> frame_;
    std::uint32_t rate_;
    std::atomic<bool> stop_ = false;
    std::atomic<bool> done_ = false;
    std::atomic<int> error_ = 0;  // errno
    std::chrono::nanoseconds final_cpu_time_{};
    std::thread thread_;
};

}  // namespace xdpmirror::bench
