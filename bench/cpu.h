// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Where a measured thread runs and what it costs. Costs are CPU time, so that what other programs
// take of a core does not show in them.
#pragma once

#include <chrono>
#include <thread>

#include "maps/result.h"

namespace xdpmirror::bench {

// Keeps the thread (by default the caller) on one CPU; below 0: anywhere.
Result<> stay_on(int cpu, std::thread::native_handle_type thread = pthread_self());

// CPU time of a running thread, with the softirqs that ran inside it.
std::chrono::nanoseconds cpu_time_of(std::thread::native_handle_type thread = pthread_self());

// CPU time of a process, with the softirqs that ran inside it.
std::chrono::nanoseconds cpu_time_of_process(pid_t process);

// CPU time of the kernel thread that takes over the CPU's softirqs when they get too many.
std::chrono::nanoseconds softirq_time_of(int cpu);

}  // namespace xdpmirror::bench
