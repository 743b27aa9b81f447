// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Numbers of one moment as Prometheus reads them, text format 0.0.4.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "loader/metrics/metric_names.h"

namespace xdpmirror {

class Exposition {
  public:
    static constexpr const char* kType = "text/plain; version=0.0.4; charset=utf-8";

    // `labels` are the values of the metric's labels, in the order of its name's. What is added
    // twice with the same ones is one series, and their sum.
    void add(Metric metric, const std::vector<std::string>& labels, double value);

    // Families in the order of Metric; those that nobody has added to are not there.
    std::string text() const;

  private:
    std::map<Metric, std::map<std::vector<std::string>, double>> families_;
};

}  // namespace xdpmirror
