// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Gives the metrics of a node away: to Prometheus over HTTP, and into a file for a node exporter.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/metrics.h"
#include "loader/metrics/text_file.h"
#include "loader/ready/http_server.h"
#include "loader/ready/listener.h"

namespace xdpmirror {

// What they need for themselves, taken before anything is attached.
struct MetricsOutlets {
    std::optional<TextFile> file;
    std::vector<UniqueFd> listen;  // in the order of Metrics'

    static Result<MetricsOutlets> take(const Metrics& metrics, const std::string& interface);
};

class NodeMetrics {
  public:
    using Time = std::chrono::steady_clock::time_point;
    using Read = std::function<Result<std::string>()>;  // the metrics of this moment
    using Readyz = std::function<HttpAnswer()>;

    // Answers over HTTP from here on. Borrows the loop, which must outlive it.
    static Result<std::unique_ptr<NodeMetrics>> make(EventLoop& loop, const Metrics& metrics,
                                                     MetricsOutlets outlets, Read read,
                                                     Readyz readyz);

    // To be called often: writes the file when it is time. An error is tried again then.
    Result<> tick(Time now);
    // The attachment is gone, and with it everything that the file says.
    void gone();

  private:
    NodeMetrics(const Metrics& metrics, MetricsOutlets outlets, Read read)
        : wanted_(metrics), outlets_(std::move(outlets)), read_(std::move(read)) {}
    HttpAnswer answer();

    Metrics wanted_;
    MetricsOutlets outlets_;
    Read read_;
    Result<std::string> text_ = std::string();  // not older than a second where anybody asks
    Time read_at_{}, write_at_{};
    std::unique_ptr<HttpServer> server_;  // outlives its listeners
    std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace xdpmirror
