// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A loader, in a process of its own, dies by SIGKILL in the middle of a reload; then packets tell
// which generation is in force, and the kernel's lists tell what was left lying about.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <optional>
#include <thread>

#include "bench/attach/experiments.h"
#include "bench/attach/indexed.h"
#include "bench/attach/whole_program.h"

namespace xdpmirror::bench::attach {

using nlohmann::json;

namespace {

// The kernel frees maps a little later and tells nobody: it is over when two looks see the same.
constexpr auto kLook = std::chrono::milliseconds(300);
constexpr int kFailed = 3;

struct Death {
    const char* mechanism;
    const char* when;
    std::optional<Step> after;  // none: it ends of itself, after attaching
    MechanismPtr (*make)();
};

template <class T>
MechanismPtr make() {
    return std::make_unique<T>();
}

MechanismPtr make_unpinned() { return std::make_unique<SlotSwap>(false); }

constexpr const char* kEnds = "none: ends after attaching";

const std::vector<Death> kDeaths = {
    {"A link update", kEnds, std::nullopt, make<LinkUpdate>},
    {"A link update", "killed, next program loaded", Step::built, make<LinkUpdate>},
    {"A link update", "killed, its tables filled", Step::filled, make<LinkUpdate>},
    {"A link update", "killed, swapped", Step::swapped, make<LinkUpdate>},
    {"B tail call", kEnds, std::nullopt, make<SlotSwap>},
    {"B tail call", "killed, next program loaded", Step::built, make<SlotSwap>},
    {"B tail call", "killed, its tables filled", Step::filled, make<SlotSwap>},
    {"B tail call", "killed, swapped", Step::swapped, make<SlotSwap>},
    {"B tail call, slot not pinned", kEnds, std::nullopt, make_unpinned},
    {"C indexed tables", kEnds, std::nullopt, make<Indexed>},
    {"C indexed tables", "killed, next tables made", Step::built, make<Indexed>},
    {"C indexed tables", "killed, next tables filled", Step::filled, make<Indexed>},
    {"C indexed tables", "killed, tables behind the index", Step::halfway, make<Indexed>},
    {"C indexed tables", "killed, swapped", Step::swapped, make<Indexed>},
};

// The maps in the kernel that a mechanism made.
int count_maps() {
    int found = 0;
    for (__u32 id = 0; bpf_map_get_next_id(id, &id) == 0;) {
        const UniqueFd map(bpf_map_get_fd_by_id(id));
        bpf_map_info info{};
        __u32 size = sizeof(info);
        if (map && bpf_obj_get_info_by_fd(map.get(), &info, &size) == 0 &&
            std::strncmp(info.name, "xm_att_", 7) == 0)
            found++;
    }
    return found;
}

int settled_maps() {
    int before = count_maps();
    for (;;) {
        std::this_thread::sleep_for(kLook);
        const int now = count_maps();
        if (now == before) return now;
        before = now;
    }
}

[[noreturn]] void load_and_die(const Bench& bench, const Death& death) {
    auto mechanism = death.make();
    auto started = mechanism->start(bench.target, 1, bench.pins);
    if (!started) {
        std::fprintf(stderr, "%s: %s: %s\n", death.mechanism, started.error().what.c_str(),
                     started.error().code.message().c_str());
        _exit(kFailed);
    }
    if (!death.after) _exit(0);
    const auto reloaded = mechanism->reload(2, [&](Step step) {
        if (step == *death.after) raise(SIGKILL);
    });
    _exit(kFailed);
}

Result<> child(const Bench& bench, const Death& death) {
    const pid_t pid = fork();
    if (pid < 0) return system_error("fork", errno);
    if (pid == 0) load_and_die(bench, death);
    int status = 0;
    if (waitpid(pid, &status, 0) != pid) return system_error("wait for the loader", errno);
    const bool as_meant = death.after ? WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL
                                      : WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!as_meant) return Error{"the loader did not die as it was meant to"};
    return Ok{};
}

Result<json> observe(const Bench& bench, const Death& death) {
    const int before = settled_maps();
    if (auto died = child(bench, death); !died) return died.error();
    const int maps = settled_maps() - before;
    if (auto reset = bench.wire.reset(); !reset) return reset.error();
    if (auto sent = bench.wire.send_at_least(bench.packets); !sent) return sent.error();
    auto tally = bench.wire.tally();
    if (auto removed = remove_pins(bench.pins); !removed) return removed.error();
    if (!tally) return tally.error();
    return json{{"mechanism", death.mechanism}, {"death", death.when},
                {"sent", bench.wire.sent()},    {"seen", tally->packets},
                {"mixed", tally->mixed},        {"generation", tally->last},
                {"maps", maps}};
}

}  // namespace

Result<json> observe_deaths(const Bench& bench) {
    json results = json::array();
    for (const auto& death : kDeaths) {
        auto seen = observe(bench, death);
        if (!seen) return while_doing(std::string(death.mechanism) + ", " + death.when, seen.error());
        results.push_back(*seen);
    }
    return results;
}

}  // namespace xdpmirror::bench::attach
