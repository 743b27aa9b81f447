// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/daemon/node_metrics.h"

#include "loader/daemon/node_ready.h"
#include "loader/metrics/exposition.h"

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;

// However many ask: the loop has other work.
constexpr auto kFresh = 1s;

}  // namespace

Result<MetricsOutlets> MetricsOutlets::take(const Metrics& metrics, const std::string& interface) {
    MetricsOutlets outlets;
    if (!metrics.textfile.empty()) {
        auto file = TextFile::take(metrics.textfile_of(interface));
        if (!file) return file.error();
        outlets.file = std::move(*file);
    }
    for (const auto& at : metrics.listen) {
        auto bound = bind_listener(at, "metrics.listen");
        if (!bound) return bound.error();
        outlets.listen.push_back(std::move(*bound));
    }
    return outlets;
}

Result<std::unique_ptr<NodeMetrics>> NodeMetrics::make(EventLoop& loop, const Metrics& metrics,
                                                       MetricsOutlets outlets, Read read,
                                                       Readyz readyz) {
    auto ports = std::move(outlets.listen);
    std::unique_ptr<NodeMetrics> node(
        new NodeMetrics(metrics, std::move(outlets), std::move(read)));
    if (ports.empty()) return node;
    auto* self = node.get();
    auto server = HttpServer::make(loop, {{"/metrics", [self] { return self->answer(); }},
                                          {"/healthz", healthz},
                                          {"/readyz", std::move(readyz)}});
    if (!server) return server.error();
    node->server_ = std::move(*server);
    for (std::size_t i = 0; i < ports.size(); ++i) {
        node->listeners_.push_back(std::make_unique<Listener>(
            loop, metrics.listen[i], std::move(ports[i]), "metrics.listen",
            [self](UniqueFd connection) { self->server_->serve(std::move(connection)); }));
        if (auto opened = node->listeners_.back()->open(); !opened) return opened.error();
    }
    return node;
}

HttpAnswer NodeMetrics::answer() {
    const auto now = std::chrono::steady_clock::now();
    if (now - read_at_ >= kFresh || !text_) {
        text_ = read_();
        read_at_ = now;
    }
    if (!text_) return {500, "text/plain; charset=utf-8", one_line(text_.error()) + "\n"};
    return {200, Exposition::kType, *text_};
}

Result<> NodeMetrics::tick(Time now) {
    for (const auto& listener : listeners_) {
        if (auto opened = listener->open(); !opened) return opened;
    }
    if (!outlets_.file || now < write_at_) return Ok{};
    write_at_ = now + wanted_.every;
    auto text = read_();
    if (!text) return text.error();
    return outlets_.file->write(*text);
}

void NodeMetrics::gone() {
    if (outlets_.file) outlets_.file->remove();
}

}  // namespace xdpmirror
