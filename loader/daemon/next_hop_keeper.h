// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Keeps every collector on a way out that works: looks up devices, routes and neighbours again when they
// change, asks neighbours before anybody has to doubt them, and moves the collector's reference to a row
// that was written whole before. Waits for nobody.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/plan.h"
#include "loader/daemon/failover.h"
#include "loader/daemon/tunnel_peers.h"
#include "loader/handover.h"
#include "loader/link.h"
#include "loader/neighbour.h"
#include "loader/next_hop.h"
#include "loader/ready/readiness.h"
#include "loader/state_dir.h"
#include "loader/view.h"
#include "loader/resolve_way.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

class NextHopKeeper {
  public:
    using Time = Failover::Time;
    using Say = std::function<void(const std::string&)>;  // one line for the journal

    // Of one way, over the collectors that may use it.
    struct WayReport {
        std::string egress;
        std::string interface;
        bool usable = false;
        std::string why;  // it is not
        std::size_t collectors = 0;  // that use it now
        bool pinned = false;         // by an operator
    };

    // Takes over the attachment that `view` shows, as it is.
    static Result<NextHopKeeper> make(const AttachmentView& view, Say say);

    // Devices and routes are looked up, now or within 50 ms if that was done just before; then as refresh().
    Result<> network_changed(Time now);
    // Neighbours, probes and times; to be called often. Surveys by itself when that is due.
    Result<> refresh(Time now);

    // What a probe found, by row of xm_egress: empty if the way may be used.
    void set_probed(std::size_t way_row, const std::string& why_not);
    // An operator's choice for an egress, by number of its way; nothing: as failover decides.
    void pin(const std::string& egress, std::optional<std::size_t> way);

    std::vector<WayReport> report() const;
    // Why no packet gets to a collector, by row of xm_collectors; empty: some way is usable.
    std::string no_way(std::size_t collector) const;
    // Every way of its egress, best first.
    std::vector<WayFacts> ways(std::size_t collector) const;
    // Why nothing comes in, or is lost on the way to tc; as of the last survey.
    const std::string& ingress_fault() const { return ingress_fault_; }
    // The way that its packets take.
    const WayOut& way_of(std::size_t collector) const;
    const xm_next_hop& row_of(std::size_t collector) const { return rows_[collectors_[collector].next_hop]; }
    std::uint64_t switches() const { return switches_; }
    const Config& config() const { return config_; }

  private:
    struct Way {  // one device
        LinkInfo link;
        ChosenPath chosen;
        std::string why = "nobody has looked yet";  // it cannot be used; empty if it can
        std::string probed;                         // likewise, by its probe
    };
    struct Readied {  // one device as a target of redirects
        unsigned ifindex = 0;
        std::string why;  // it takes no frames
        Time at{};
    };
    struct Route {  // of one collector by one way
        std::optional<Via> via;
        std::string why;     // there is none
        std::string silent;  // the tunnel's other end does not answer
    };
    struct Target {  // one collector
        std::size_t egress = 0;
        IpAddress address;
        std::string label;
        Failover failover;
        std::vector<Route> routes;
        std::vector<std::string> why;    // by way: as of the last refresh
        std::vector<bool> has_next_hop;  // likewise
    };
    struct Asked {  // one neighbour
        Time first{};
        Time confirmed{};
        Time discovered{};
        std::optional<MacAddress> last;  // that answered
    };
    struct Sight {
        std::string why;    // it is not to be used; empty if it is
        xm_next_hop row{};  // zero where device, route or next hop are missing
    };
    struct KeyLess {
        bool operator()(const NeighbourKey& a, const NeighbourKey& b) const;
    };

    Result<> survey(Time now);
    NextHopKeeper(const AttachmentView& view, std::unique_ptr<NetlinkSocket> socket,
                  KernelNeighbours neighbours, Say say);
    Result<> open(const AttachmentView& view);
    Result<> look_at(const LinkInfo& ingress, const Egress& egress, const WayOut& wanted,
                     const std::vector<Family>& families, std::size_t way_row, Time now);
    std::string ready_target(const Way& way, std::size_t way_row, Time now);
    Result<> name_device(const Way& way, std::size_t way_row);
    void look_up_routes(Target& target, Time now);
    Sight sight(const Target& target, std::size_t way, Time now);
    std::string ask(const NeighbourKey& key, Time now, MacAddress& mac);
    std::string keep_mac(const Target& target, std::size_t way_row, MacAddress& mac) const;
    Result<> move(std::size_t collector, const xm_next_hop& row);

    Config config_;
    unsigned ingress_ifindex_ = 0;
    std::uint32_t features_ = 0;  // enum xm_feature, of the attached program
    bool native_ = true;
    StateDir state_;
    PinDir directory_;  // of the configuration
    std::unique_ptr<NetlinkSocket> socket_;
    KernelNeighbours neighbours_;
    TunnelPeers tunnel_peers_;
    Say say_;
    std::string ingress_fault_ = "nobody has looked at the ingress yet";
    bool due_ = true;  // something has changed since the last survey
    UniqueFd collectors_fd_, next_hops_fd_, egress_fd_;
    std::vector<Way> ways_;  // by row of xm_egress
    std::vector<Target> targets_;
    std::vector<xm_collector> collectors_;
    std::vector<xm_next_hop> rows_;
    std::vector<Readied> readied_;  // by row of xm_egress
    std::vector<std::vector<Family>> families_;  // by egress
    std::map<NeighbourKey, Asked, KeyLess> asked_;
    std::map<std::string, std::size_t> pinned_;
    Time surveyed_{};
    std::uint64_t switches_ = 0;
};

}  // namespace xdpmirror
