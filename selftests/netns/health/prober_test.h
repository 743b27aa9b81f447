// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One event loop for the prober and for whom it asks. Tests wait for findings, however long they take.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "loader/health/health_prober.h"

namespace xdpmirror {

IpAddress ip(const std::string& text);
void run(const std::string& command);  // the test fails if it fails

class ProberTest : public testing::Test {
  protected:
    using Want = std::function<bool(const HealthFinding&)>;

    // Asked every 100 ms, answers awaited as long.
    static HealthTarget target(const std::string& id, const std::string& address,
                               decltype(Health::check) check);
    void start(std::vector<HealthTarget> targets);
    // Until a finding about `id` is as wanted; fails the test if that is not so for very long.
    void await(const std::string& id, const std::string& what, const Want& want);
    void await(const std::string& id, HealthStatus status, const std::string& why);
    void await_way_down(const std::string& id, const std::string& why);
    // Until so many more questions to it have ended.
    void await_questions(const std::string& id, std::uint64_t count);
    // Until a finding fulfils the condition.
    void await_all(const std::string& what, const Want& holds);

    const HealthFinding& last(const std::string& id) { return last_[id]; }
    EventLoop& loop() { return loop_; }
    HealthProber& prober() { return *prober_; }

  private:
    EventLoop loop_ = std::move(*EventLoop::make());
    std::map<std::string, HealthFinding> last_;
    Want holds_;
    std::unique_ptr<HealthProber> prober_;
};

}  // namespace xdpmirror
