// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/metrics/exposition.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <cassert>
#include <sstream>

namespace xdpmirror {
namespace {

prometheus::ClientMetric series(const MetricName& name, const std::vector<std::string>& labels,
                                double value) {
    prometheus::ClientMetric metric;
    for (std::size_t i = 0; i < labels.size(); ++i)
        metric.label.push_back({std::string(name.labels[i]), labels[i]});
    if (name.kind == MetricKind::counter)
        metric.counter.value = value;
    else
        metric.gauge.value = value;
    return metric;
}

}  // namespace

void Exposition::add(Metric metric, const std::vector<std::string>& labels, double value) {
    assert(labels.size() == metric_names()[static_cast<std::size_t>(metric)].labels.size());
    families_[metric][labels] += value;
}

std::string Exposition::text() const {
    std::vector<prometheus::MetricFamily> families;
    for (const auto& [metric, all] : families_) {
        const auto& name = metric_names()[static_cast<std::size_t>(metric)];
        prometheus::MetricFamily family;
        family.name = name.name;
        family.help = name.meaning;
        family.type = name.kind == MetricKind::counter ? prometheus::MetricType::Counter
                                                       : prometheus::MetricType::Gauge;
        for (const auto& [labels, value] : all)
            family.metric.push_back(series(name, labels, value));
        families.push_back(std::move(family));
    }
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, families);
    return out.str();
}

}  // namespace xdpmirror
