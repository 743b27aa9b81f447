// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The shipped program against the reference: random frames through both, on profiles that together
// turn on every feature, and the frames that once made a difference. From the environment:
// XM_FUZZ_FRAMES (over all profiles), XM_FUZZ_SECONDS (instead), XM_FUZZ_SEED, XM_FUZZ_KEEP (where
// frames that make a difference are put).
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "selftests/fuzzing/capture.h"
#include "selftests/fuzzing/comparison.h"
#include "selftests/fuzzing/frames.h"

namespace xdpmirror::fuzz {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kSkip = 77;
constexpr std::uint64_t kFramesByDefault = 1'000'000;
constexpr std::uint64_t kSeedByDefault = 20240504;
constexpr std::size_t kBatch = 64;
constexpr int kMostDifferences = 5;  // of a profile, then it is left

std::uint64_t setting(const char* name, std::uint64_t fallback) {
    const char* text = std::getenv(name);
    return text ? std::strtoull(text, nullptr, 0) : fallback;
}

std::string name_of(std::uint64_t seed, const std::vector<Frame>& frames) {
    std::uint64_t hash = 0xcbf29ce484222325 ^ seed;  // FNV-1a
    for (const std::uint8_t byte : frames.back().bytes) hash = (hash ^ byte) * 0x100000001b3;
    char text[17];
    std::snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(hash));
    return text;
}

// As few of the frames as still make a difference: the last alone, or the last after some others.
std::vector<Frame> reduced(const NamedProfile& profile, std::vector<Frame> frames) {
    if (!replay(profile, {frames.back()}).empty()) return {frames.back()};
    for (std::size_t i = 0; i + 1 < frames.size();) {
        std::vector<Frame> fewer = frames;
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
        if (replay(profile, fewer).empty())
            i++;
        else
            frames = fewer;
    }
    return frames;
}

class Profile : public testing::TestWithParam<std::size_t> {
  protected:
    void SetUp() override {
        auto comparison = Comparison::make(profiles()[GetParam()]);
        ASSERT_TRUE(comparison) << comparison.error().what << ": "
                                << comparison.error().code.message();
        comparison_ = std::move(*comparison);
    }

    // A batch through both. Counters are compared once for all; frame by frame only if they differ.
    bool agrees(const std::vector<Frame>& batch) {
        for (std::size_t i = 0; i < batch.size(); i++) {
            const std::string wrong = comparison_->run(batch[i]);
            if (wrong.empty()) continue;
            report(wrong, {batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(i) + 1});
            comparison_->check_counters();
            return false;
        }
        const std::string wrong = comparison_->check_counters();
        if (wrong.empty()) return true;
        report(wrong, shortest_wrong(batch));
        return false;
    }

    std::vector<Frame> shortest_wrong(const std::vector<Frame>& batch) {
        auto again = Comparison::make(comparison_->profile());
        for (std::size_t i = 0; again && i < batch.size(); i++) {
            std::string wrong = (*again)->run(batch[i]);
            wrong += (*again)->check_counters();
            if (!wrong.empty())
                return {batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(i) + 1};
        }
        return batch;
    }

    void report(const std::string& wrong, const std::vector<Frame>& frames) {
        const NamedProfile& profile = comparison_->profile();
        const std::vector<Frame> kept = reduced(profile, frames);
        const fs::path directory =
            std::getenv("XM_FUZZ_KEEP") ? std::getenv("XM_FUZZ_KEEP") : XM_FUZZ_KEEP_BY_DEFAULT;
        std::error_code fault;
        fs::create_directories(directory, fault);
        const fs::path path =
            directory / (std::string(profile.name) + "." + name_of(seed_, kept) + ".pcap");
        const bool is_written = write_capture(path.string(), kept);
        ADD_FAILURE() << "profile " << profile.name << ", seed " << seed_ << "\n"
                      << wrong << "again, alone: " << replay(profile, kept) << kept.size()
                      << " frames " << (is_written ? "kept in " : "could not be kept in ") << path;
    }

    std::unique_ptr<Comparison> comparison_;
    std::uint64_t seed_ = setting("XM_FUZZ_SEED", kSeedByDefault);
};

TEST_P(Profile, DoesWhatTheReferenceDoes) {
    const auto seconds = setting("XM_FUZZ_SECONDS", 0);
    const auto end = Clock::now() + std::chrono::seconds(seconds) / profiles().size();
    const std::uint64_t most = setting("XM_FUZZ_FRAMES", kFramesByDefault) / profiles().size();
    Frames frames(seed_ + GetParam(), comparison_->config(), comparison_->node());
    int differences = 0;
    for (std::uint64_t done = 0; differences < kMostDifferences; done += kBatch) {
        if (seconds != 0 ? Clock::now() >= end : done >= most) break;
        std::vector<Frame> batch;
        for (std::size_t i = 0; i < kBatch; i++) batch.push_back(frames.next());
        if (!agrees(batch)) differences++;
    }
}

INSTANTIATE_TEST_SUITE_P(All, Profile, testing::Range(std::size_t{0}, profiles().size()),
                         [](const auto& parameter) {
                             std::string name = profiles()[parameter.param].name;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

// PROFILE.anything.pcap
TEST(Kept, FramesDoWhatTheReferenceDoes) {
    for (const char* directory : {XM_FUZZ_KEPT_CASES, XM_FUZZ_KEPT_CRASHES}) {
        std::error_code fault;
        for (const auto& entry : fs::directory_iterator(directory, fault)) {
            if (entry.path().extension() != ".pcap") continue;
            const std::string file = entry.path().filename().string();
            const auto profile =
                std::find_if(profiles().begin(), profiles().end(), [&](const NamedProfile& named) {
                    return file.rfind(std::string(named.name) + ".", 0) == 0;
                });
            ASSERT_NE(profile, profiles().end()) << file << " is named after no profile";
            const auto frames = read_capture(entry.path().string());
            EXPECT_FALSE(frames.empty()) << file;
            EXPECT_EQ(replay(*profile, frames), "") << file;
        }
    }
}

}  // namespace
}  // namespace xdpmirror::fuzz

int main(int argc, char** argv) {
    using namespace xdpmirror::fuzz;
    testing::InitGoogleTest(&argc, argv);
    if (const auto comparison = Comparison::make(profiles().front());
        !comparison && comparison.error().code.value() == EPERM) {
        std::printf(
            "skipped: loading a program is not permitted: it takes CAP_BPF, CAP_PERFMON and "
            "CAP_NET_ADMIN\n");
        return kSkip;
    }
    return RUN_ALL_TESTS();
}
