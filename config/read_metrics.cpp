// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "config/read_metrics.h"

#include "config/duration.h"
#include "config/messages.h"

namespace xdpmirror {
namespace {

constexpr const char* kSuffix = ".prom";  // what a node exporter reads of a directory

Result<std::string> read_textfile(const Node& node) {
    const std::string& path = node.text;

    if (!path.starts_with('/') || !(path.ends_with('/') || path.ends_with(kSuffix))) {
        return error_at<Message::kBadTextfile>(node.place, path);
    }
    return path;
}

}  // namespace

std::string Metrics::textfile_of(const std::string& interface) const {
    return textfile.ends_with('/') ? textfile + "xdpmirror_" + interface + kSuffix : textfile;
}

Result<Metrics> read_metrics(const Node& root, Listeners& listeners,
                             std::vector<Warning>& warnings) {
    const Member* member = root.find_member("metrics");
    Metrics metrics;

    if (!member) {
        return metrics;
    }
    if (const Node* node = member->value.find("textfile")) {
        auto path = read_textfile(*node);
        if (!path) {
            return path.error();
        }
        metrics.textfile = *std::move(path);
    }
    if (const Node* node = member->value.find("every")) {
        const auto time = parse_duration(node->text);
        if (!time) {
            return error_at<Message::kBadDuration>(node->place, "metrics.every", time.error().what);
        }
        metrics.every = *time;
    }
    auto listen = listeners.read(member->value.find("listen"), "metrics.listen");
    if (!listen) {
        return listen.error();
    }
    metrics.listen = *std::move(listen);
    if (metrics.textfile.empty() && metrics.listen.empty()) {
        warnings.push_back(warning_at<Message::kWarnMetricsSilent>(member->place.position()));
    }
    return metrics;
}

}  // namespace xdpmirror
