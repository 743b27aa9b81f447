// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Says to load balancers whether this node is fit to be sent packets, over HTTP and by a TCP port that is open
// while it is.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "config/ready.h"
#include "loader/daemon/collector_health.h"
#include "loader/daemon/next_hop_keeper.h"
#include "loader/pools/pool_keeper.h"
#include "loader/ready/http_server.h"
#include "loader/ready/listener.h"

namespace xdpmirror {

// The ports, taken before anything is attached, so that one that is not free changes nothing.
struct ReadyPorts {
    std::vector<UniqueFd> http, tcp;  // in the order of Ready's

    static Result<ReadyPorts> take(const Ready& ready);
};

// What is known at this moment.
ReadyFacts ready_facts(const NextHopKeeper& keeper, const PoolKeeper& pools, const CollectorHealth& health);

// That the loop turns.
HttpAnswer healthz();

class NodeReady {
  public:
    using Say = std::function<void(const std::string&)>;  // one line for the journal

    // Answers over HTTP from here on; not ready, until update() says otherwise. Borrows the loop, which must outlive it.
    static Result<std::unique_ptr<NodeReady>> make(EventLoop& loop, const Ready& ready, ReadyPorts ports, Say say);

    // To be called often. An error if a port is somebody else's meanwhile: it is tried again the next time.
    Result<> update(const ReadyFacts& facts);

    // To GET /readyz.
    HttpAnswer answer() const;
    // For the run file.
    nlohmann::ordered_json report() const;

  private:
    NodeReady(const Ready& ready, Say say) : wanted_(ready), say_(std::move(say)) {}
    Result<> open_ports();

    Ready wanted_;
    Say say_;
    Readiness readiness_;
    std::string not_listening_;
    std::unique_ptr<HttpServer> server_;  // outlives its listeners
    std::vector<std::unique_ptr<Listener>> http_, tcp_;
};

}  // namespace xdpmirror
