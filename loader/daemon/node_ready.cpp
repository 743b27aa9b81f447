// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/daemon/node_ready.h"

#include <unistd.h>

namespace xdpmirror {
namespace {

using Json = nlohmann::ordered_json;

HttpAnswer json_answer(unsigned status, const Json& json) {
    return {status, "application/json", json.dump(2) + "\n"};
}

Result<std::vector<UniqueFd>> take_all(const std::vector<ListenAddress>& addresses) {
    std::vector<UniqueFd> taken;
    for (const auto& at : addresses) {
        auto bound = bind_listener(at, "ready");
        if (!bound) return bound.error();
        taken.push_back(std::move(*bound));
    }
    return taken;
}

}  // namespace

HttpAnswer healthz() { return json_answer(200, {{"alive", true}, {"pid", ::getpid()}}); }

Result<ReadyPorts> ReadyPorts::take(const Ready& ready) {
    auto http = take_all(ready.http);
    if (!http) return http.error();
    auto tcp = take_all(ready.tcp);
    if (!tcp) return tcp.error();
    return ReadyPorts{.http = std::move(*http), .tcp = std::move(*tcp)};
}

ReadyFacts ready_facts(const NextHopKeeper& keeper, const PoolKeeper& pools, const CollectorHealth& health) {
    ReadyFacts facts{.why_not_attached = keeper.ingress_fault(), .pools = {}};
    std::size_t row = 0;
    for (const auto& pool : keeper.config().pools) {
        auto& known = facts.pools.emplace_back(PoolFacts{.name = pool.name, .egress = pool.via, .collectors = {}});
        for (const auto& collector : pool.collectors) {
            auto why = pools.why_unusable(row);
            if (why.empty() && !health.knows(row)) why = "was not asked often enough yet to say";
            known.collectors.push_back({.address = collector.address.text(),
                                        .ways = keeper.ways(row),
                                        .why_unusable = std::move(why)});
            ++row;
        }
    }
    return facts;
}

Result<std::unique_ptr<NodeReady>> NodeReady::make(EventLoop& loop, const Ready& ready, ReadyPorts ports, Say say) {
    std::unique_ptr<NodeReady> node(new NodeReady(ready, std::move(say)));
    auto* self = node.get();
    if (!ready.http.empty()) {
        auto server = HttpServer::make(
            loop, {{"/healthz", healthz}, {"/readyz", [self] { return self->answer(); }}});
        if (!server) return server.error();
        node->server_ = std::move(*server);
    }
    for (std::size_t i = 0; i < ready.http.size(); ++i)
        node->http_.push_back(std::make_unique<Listener>(
            loop, ready.http[i], std::move(ports.http[i]), "ready",
            [self](UniqueFd connection) { self->server_->serve(std::move(connection)); }));
    // that it was taken is all there is to say
    for (std::size_t i = 0; i < ready.tcp.size(); ++i)
        node->tcp_.push_back(
            std::make_unique<Listener>(loop, ready.tcp[i], std::move(ports.tcp[i]), "ready", [](const UniqueFd&) {}));
    for (const auto& listener : node->http_) {
        if (auto opened = listener->open(); !opened) return opened.error();
    }
    return node;
}

HttpAnswer NodeReady::answer() const {
    return json_answer(readiness_.ready() ? 200 : 503, readiness_.json());
}

// All that can be; the first that cannot is the error.
Result<> NodeReady::open_ports() {
    Result<> done = Ok{};
    const auto open = [&done](Listener& listener) {
        auto opened = listener.open();
        if (!opened && done) done = std::move(opened);
    };
    for (const auto& listener : http_) open(*listener);
    for (const auto& listener : tcp_) {
        if (readiness_.ready())
            open(*listener);
        else
            listener->close();
    }
    return done;
}

Result<> NodeReady::update(const ReadyFacts& facts) {
    auto now = judge(wanted_, facts);
    if (readiness_.conditions.empty() || now.ready() != readiness_.ready())
        say_(now.ready() ? "ready to be sent packets" : "not ready to be sent packets: " + now.why_not());
    readiness_ = std::move(now);
    auto opened = open_ports();
    not_listening_ = opened ? std::string() : one_line(opened.error());
    return opened;
}

Json NodeReady::report() const {
    Json report = readiness_.json();
    if (!not_listening_.empty()) report["not_listening"] = not_listening_;
    return report;
}

}  // namespace xdpmirror
