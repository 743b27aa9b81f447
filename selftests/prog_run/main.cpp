// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Runs every case, then asks whether each drop reason was seen. Without the right to load programs
// it skips (exit status 77) and says which capability is lacking.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <string>

#include "maps/reasons.h"
#include "selftests/prog_run/setups.h"

namespace xdpmirror::test {
namespace {

constexpr int kSkip = 77;

// Post-verdict, so not reachable by test-run; the tests on real interfaces reach it.
constexpr xm_drop_reason kSeenElsewhere[] = {XM_DROP_NONE, XM_DROP_EGRESS_REJECTED};

class EveryReason : public testing::Test {
  public:
    void TestBody() override {
        for (std::uint32_t i = 0; i < XM_DROP_MAX; i++) {
            const auto reason = static_cast<xm_drop_reason>(i);
            if (std::find(std::begin(kSeenElsewhere), std::end(kSeenElsewhere), reason) !=
                std::end(kSeenElsewhere))
                continue;
            if (reason == XM_DROP_HEADERS_NOT_LINEAR && !can_place_border()) continue;
            EXPECT_TRUE(was_seen(reason)) << "no case reaches " << drop_reason(i).label;
        }
    }

  private:
    static bool can_place_border() {
        return static_cast<bool>(rig_for(kPlain).run(flow4().bytes(), 60));
    }
};

std::string missing_capabilities() {
    std::ifstream status("/proc/self/status");
    std::string line, missing;
    while (std::getline(status, line)) {
        if (line.rfind("CapEff:", 0) != 0) continue;
        const unsigned long long held = std::stoull(line.substr(7), nullptr, 16);
        constexpr struct {
            unsigned bit;
            const char* name;
        } kNeeded[] = {{12, "CAP_NET_ADMIN"}, {38, "CAP_PERFMON"}, {39, "CAP_BPF"}};
        for (const auto& [bit, name] : kNeeded)
            if ((held >> bit & 1) == 0)
                missing += missing.empty() ? name : std::string(", ") + name;
    }
    return missing.empty() ? "none is missing: the kernel forbids it otherwise" : missing;
}

// Every setup keeps its program and some thirty maps open; a guest begins with 1024 descriptors.
void raise_open_files() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    files.rlim_cur = files.rlim_max;
    static_cast<void>(::setrlimit(RLIMIT_NOFILE, &files));
}

}  // namespace
}  // namespace xdpmirror::test

int main(int argc, char** argv) {
    using namespace xdpmirror::test;
    testing::InitGoogleTest(&argc, argv);
    raise_open_files();
    if (!testing::GTEST_FLAG(list_tests)) {
        auto rig = Rig::make(kPlainProfile);
        if (!rig && rig.error().code.value() == EPERM) {
            std::printf("skipped: loading a program is not permitted; lacking: %s\n",
                        missing_capabilities().c_str());
            return kSkip;
        }
        if (!rig) {
            std::fprintf(stderr, "cannot load the program: %s: %s\n", rig.error().what.c_str(),
                         rig.error().code.message().c_str());
            return 1;
        }
    }
    // registered after all cases, so it runs last
    testing::RegisterTest("EveryReason", "WasSeen", nullptr, nullptr, __FILE__, __LINE__,
                          []() -> testing::Test* { return new EveryReason; });
    return RUN_ALL_TESTS();
}
