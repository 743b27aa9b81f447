// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/metrics/exposition.h"

#include <gtest/gtest.h>

namespace xdpmirror {
namespace {

TEST(Exposition, IsTextThatPrometheusReads) {
    Exposition metrics;
    metrics.add(Metric::dropped_packets_total, {"eth0", "no_rule"}, 9007199254740992.0);
    metrics.add(Metric::attached, {"eth0"}, 1);

    EXPECT_EQ(metrics.text(),
              "# HELP xdpmirror_attached 1 while packets are taken, 0 when the interface went away under the attachment\n"
              "# TYPE xdpmirror_attached gauge\n"
              "xdpmirror_attached{interface=\"eth0\"} 1\n"
              "# HELP xdpmirror_dropped_packets_total packets that were ours and went nowhere\n"
              "# TYPE xdpmirror_dropped_packets_total counter\n"
              "xdpmirror_dropped_packets_total{interface=\"eth0\",reason=\"no_rule\"} 9007199254740992\n");
}

// A device may have any name without '/' and blanks.
TEST(Exposition, EscapesNames) {
    Exposition metrics;
    metrics.add(Metric::warnings, {"a\"b\\c\nd"}, 0);

    EXPECT_NE(metrics.text().find("xdpmirror_warnings{interface=\"a\\\"b\\\\c\\nd\"} 0\n"), std::string::npos)
        << metrics.text();
}

TEST(Exposition, WhatHasTheSameLabelsIsSummedUp) {
    Exposition metrics;
    metrics.add(Metric::pool_used_collectors, {"eth0", "fdi"}, 1);
    metrics.add(Metric::pool_used_collectors, {"eth0", "fdi"}, 1);
    metrics.add(Metric::pool_used_collectors, {"eth0", "lab"}, 0);

    EXPECT_NE(metrics.text().find("{interface=\"eth0\",pool=\"fdi\"} 2\n"), std::string::npos) << metrics.text();
    EXPECT_NE(metrics.text().find("{interface=\"eth0\",pool=\"lab\"} 0\n"), std::string::npos) << metrics.text();
}

}  // namespace
}  // namespace xdpmirror
