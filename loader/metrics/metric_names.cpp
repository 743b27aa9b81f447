// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/metrics/metric_names.h"

namespace xdpmirror {
namespace {

std::vector<std::string_view> words(std::string_view list) {
    std::vector<std::string_view> all;
    while (!list.empty()) {
        const auto comma = list.find(',');
        all.push_back(list.substr(0, comma));
        list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    }
    return all;
}

}  // namespace

const std::vector<MetricName>& metric_names() {
    static const std::vector<MetricName> names = {
#define XM_AS_NAME(name, kind, labels, meaning) \
    {"xdpmirror_" #name, MetricKind::kind, words(labels), meaning},
        XM_METRICS(XM_AS_NAME)
#undef XM_AS_NAME
    };
    return names;
}

}  // namespace xdpmirror
