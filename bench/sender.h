// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A thread that runs a program on live frames, in one long system call, until it is stopped.
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
    // Starts to send; `cpu` below 0 leaves the thread where the scheduler puts it.
    static Result<std::unique_ptr<Sender>> start(int program, std::vector<std::uint8_t> frame,
                                                 int cpu);
    ~Sender();

    // Sleeps so many seconds, or until sending has failed.
    void wait(double seconds) const;

    // CPU time of the sending thread so far.
    std::chrono::nanoseconds cpu_time();

    // Ends the system call and waits for it; its error, if it had ended by itself before.
    Result<> stop();

  private:
    Sender(int program, std::vector<std::uint8_t> frame)
        : program_(program), frame_(std::move(frame)) {}
    void send();

    int program_;
    std::vector<std::uint8_t> frame_;
    std::atomic<bool> stop_ = false;
    std::atomic<bool> done_ = false;
    std::atomic<int> error_ = 0;  // errno
    std::chrono::nanoseconds final_cpu_time_{};
    std::thread thread_;
};

}  // namespace xdpmirror::bench
