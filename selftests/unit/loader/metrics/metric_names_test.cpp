// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The list of metrics and the page that explains them say the same.
#include "loader/metrics/metric_names.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

namespace xdpmirror {
namespace {

std::string row_of(const MetricName& name) {
    std::string labels;
    for (const auto label : name.labels) labels += fmt::format("{}`{}`", labels.empty() ? "" : ", ", label);
    return fmt::format("| `{}` | {} | {} | {} |", name.name, name.kind == MetricKind::counter ? "counter" : "gauge", labels,
                       name.meaning);
}

std::set<std::string> rows_of_page() {
    std::set<std::string> rows;
    std::ifstream page(XM_SOURCE_DIR "/docs/metrics.md");
    for (std::string line; std::getline(page, line);) {
        if (line.starts_with("| `xdpmirror_")) rows.insert(line);
    }
    return rows;
}

TEST(MetricNames, StandOnThePageAsTheyAre) {
    std::set<std::string> rows;
    for (const auto& name : metric_names()) EXPECT_TRUE(rows.insert(row_of(name)).second) << name.name;
    EXPECT_EQ(rows_of_page(), rows);
}

// https://prometheus.io/docs/practices/naming/
TEST(MetricNames, AreAsPrometheusWantsThem) {
    for (const auto& name : metric_names()) {
        EXPECT_EQ(name.name.ends_with("_total"), name.kind == MetricKind::counter) << name.name;
        EXPECT_EQ(name.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos) << name.name;
        EXPECT_FALSE(name.meaning.empty() || name.meaning.ends_with('.')) << name.name;
    }
}

}  // namespace
}  // namespace xdpmirror
