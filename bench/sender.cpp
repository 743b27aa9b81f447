// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// At full speed a system call a run, because each one builds and tears down a page pool and sleeps
// meanwhile; a signal ends it. See sender.h.
#include "bench/sender.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <pthread.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <limits>

#include "bench/cpu.h"

namespace xdpmirror::bench {

namespace {

constexpr std::uint32_t kBatch = 64;
constexpr auto kStep = std::chrono::milliseconds(20);
constexpr auto kPiece = std::chrono::milliseconds(50);  // of a rate

int frames_at_once(std::uint32_t rate) {
    if (rate == 0) return std::numeric_limits<int>::max();
    const auto frames = static_cast<std::uint64_t>(rate) * kPiece.count() / 1000;
    return static_cast<int>(std::max<std::uint64_t>(frames, 1));
}

}  // namespace

Result<std::unique_ptr<Sender>> Sender::start(int program, std::vector<std::uint8_t> frame,
                                              int cpu, std::uint32_t rate) {
    struct sigaction wake {};
    wake.sa_handler = [](int) {};  // without SA_RESTART: the system call ends
    if (sigaction(SIGUSR1, &wake, nullptr) != 0) return system_error("catch SIGUSR1", errno);

    std::unique_ptr<Sender> sender(new Sender(program, std::move(frame), rate));
    sender->thread_ = std::thread([&self = *sender] { self.send(); });
    if (auto pinned = stay_on(cpu, sender->thread_.native_handle()); !pinned)
        return pinned.error();
    return sender;
}

Sender::~Sender() {
    if (thread_.joinable()) (void)stop();
}

void Sender::send() {
    auto next = std::chrono::steady_clock::now();
    while (!stop_) {
        LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame_.data(),
                    .data_size_in = static_cast<__u32>(frame_.size()),
                    .repeat = frames_at_once(rate_),
                    .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = kBatch);
        const int err = bpf_prog_test_run_opts(program_, &options);
        if (err != 0 && err != -EINTR) {
            error_ = -err;
            break;
        }
        next = std::max(next + kPiece, std::chrono::steady_clock::now() - kPiece);
        if (rate_ > 0) std::this_thread::sleep_until(next);
    }
    final_cpu_time_ = cpu_time_of();
    done_ = true;
}

void Sender::wait(double seconds) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);

    while (!done_ && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(kStep);
}

std::chrono::nanoseconds Sender::cpu_time() {
    return done_ ? final_cpu_time_ : cpu_time_of(thread_.native_handle());
}

Result<> Sender::stop() {
    stop_ = true;
    while (!done_) {  // the first signal may come before the system call
        pthread_kill(thread_.native_handle(), SIGUSR1);
        std::this_thread::sleep_for(kStep);
    }
    thread_.join();
    if (error_ != 0) return system_error("send live frames", error_);
    return Ok{};
}

}  // namespace xdpmirror::bench
