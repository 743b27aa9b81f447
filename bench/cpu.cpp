// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Thread clocks and /proc/PID/schedstat; see cpu.h.
#include "bench/cpu.h"

#include <pthread.h>
#include <sched.h>

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>

namespace xdpmirror::bench {

namespace {

// The directory in /proc of the process with this name, or an empty path.
std::filesystem::path process_named(const std::string& name) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
        std::string comm;
        std::getline(std::ifstream(entry.path() / "comm"), comm);
        if (comm == name) return entry.path();
    }
    return {};
}

}  // namespace

Result<> stay_on(int cpu, std::thread::native_handle_type thread) {
    cpu_set_t set;

    if (cpu < 0) return Ok{};
    CPU_ZERO(&set);
    CPU_SET(static_cast<unsigned>(cpu), &set);
    if (const int err = pthread_setaffinity_np(thread, sizeof(set), &set); err != 0)
        return system_error("stay on CPU " + std::to_string(cpu), err);
    return Ok{};
}

std::chrono::nanoseconds cpu_time_of(std::thread::native_handle_type thread) {
    clockid_t clock{};
    timespec now{};

    if (pthread_getcpuclockid(thread, &clock) != 0 || clock_gettime(clock, &now) != 0) return {};
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

std::chrono::nanoseconds cpu_time_of_process(pid_t process) {
    clockid_t clock{};
    timespec now{};

    if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &now) != 0) return {};
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

std::chrono::nanoseconds softirq_time_of(int cpu) {
    std::int64_t nanoseconds = 0;

    std::ifstream(process_named("ksoftirqd/" + std::to_string(cpu)) / "schedstat") >> nanoseconds;
    return std::chrono::nanoseconds(nanoseconds);
}

}  // namespace xdpmirror::bench
