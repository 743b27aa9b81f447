// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// On which side an error is, and its words.
#include "loader/health/outcome.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace xdpmirror {
namespace {

using Kind = Outcome::Kind;

void expect(const Outcome& outcome, Kind kind, const std::string& why) {
    EXPECT_EQ(outcome.kind, kind) << why;
    EXPECT_EQ(outcome.why, why);
}

TEST(OutcomeOf, WhatTcpSaysIsTheCollectors) {
    const Blame we{Blame::Who::we, false, "10.0.0.1"};
    expect(outcome_of(ECONNREFUSED), Kind::failed, "connection refused");
    expect(outcome_of(ECONNREFUSED, we), Kind::failed, "connection refused");
    expect(outcome_of(ECONNRESET), Kind::failed, "connection reset");
    expect(outcome_of(ETIMEDOUT), Kind::failed, "Connection timed out");
}

TEST(OutcomeOf, WhatOurKernelRefusesIsTheWays) {
    const Blame we{Blame::Who::we, false, "10.0.0.1"};
    expect(outcome_of(ENETUNREACH), Kind::unreachable, "network unreachable");
    expect(outcome_of(ENODEV), Kind::unreachable, "no such device");
    expect(outcome_of(ENETDOWN), Kind::unreachable, "Network is down");
    expect(outcome_of(EHOSTUNREACH), Kind::unreachable, "host unreachable");
    expect(outcome_of(EHOSTUNREACH, we), Kind::unreachable, "host unreachable");
    expect(outcome_of(EINVAL), Kind::unreachable, "the route is a blackhole");
    expect(outcome_of(EADDRNOTAVAIL), Kind::unreachable, "no address to ask from");
    expect(outcome_of(EMFILE), Kind::unreachable, "Too many open files");
}

TEST(OutcomeOf, WhatSomebodyBeyondSaysIsTheCollectorsUnlessThereIsNoRoute) {
    const Blame router{Blame::Who::somebody, false, "10.0.0.9"};
    const Blame loop{Blame::Who::somebody, true, "10.0.0.9"};
    expect(outcome_of(EHOSTUNREACH, router), Kind::failed, "host unreachable, says 10.0.0.9");
    expect(outcome_of(ENOPROTOOPT, router), Kind::failed, "Protocol not available, says 10.0.0.9");
    expect(outcome_of(ENETUNREACH, router), Kind::unreachable, "network unreachable, says 10.0.0.9");
    expect(outcome_of(EHOSTUNREACH, loop), Kind::unreachable, "host unreachable, says 10.0.0.9");
}

}  // namespace
}  // namespace xdpmirror
