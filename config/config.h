// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the operator wants, as values: the profile after `extends:` and `${NAME}` were resolved and
// everything was checked that can be checked without the machine. Knows no kernel and no socket.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/address.h"
#include "config/health.h"
#include "config/metrics.h"
#include "config/ready.h"

namespace xdpmirror {

// Where a value stands in a profile, both 1-based; printed as file:line:column.
struct Position {
    std::string file;
    int line = 0;
    int column = 0;

    std::string text() const;
};

// How a source's packets come in.
enum class WayIn { vxlan, geneve, plain };

enum class Checksum { update, zero, recompute };

// Who sends us packets, how they are wrapped, and what is to be done with odd ones.
struct Source {
    std::string name;
    WayIn way = WayIn::vxlan;
    std::optional<std::uint32_t> vni;  // always for vxlan; geneve: unset takes what no other has
    std::uint16_t vxlan_port = 4789;   // the same for all sources; also the port inside Geneve
    std::uint16_t geneve_port = 6081;  // the same for all sources
    bool other_pass = false;           // geneve: payloads that are no mirror go to the kernel
    std::vector<Prefix> to;            // plain: destinations that it claims, never empty there
    // Outer senders (plain: IP sources); never empty, default is every sender, 0.0.0.0/0 and ::/0.
    std::vector<Prefix> from;
    std::vector<Prefix> exporters;   // inner sources; empty: all. Not for plain
    bool strict = false;             // refuse reserved VXLAN bits. Not for plain
    bool truncated_forward = false;  // Not for plain
    Checksum checksum = Checksum::update;
    Position position;
};

struct PortRange {
    std::uint16_t first = 0;
    std::uint16_t last = 0;

    bool operator==(const PortRange&) const = default;
};

// Unset fields match everything.
struct Match {
    std::optional<std::uint32_t> vni;
    std::optional<Prefix> from;                               // inner source
    std::optional<Prefix> to;                                 // inner destination
    std::optional<std::uint8_t> protocol = std::uint8_t{17};  // IPPROTO_*; unset: `any`
    std::optional<PortRange> port;                            // inner destination port
};

// Where a packet goes.
struct Send {
    std::string pool;
    std::optional<std::uint16_t> port{};  // DNAT target; unset keeps the packet's port
};

struct Rule {
    std::string name;
    Match match;
    std::string pool;                   // of the first send
    std::optional<std::uint16_t> port;  // likewise
    Position position;
    std::vector<Send> copies{};         // the other sends: the packet goes there as well
};

// All of them, in order; never empty.
std::vector<Send> sends_of(const Rule& rule);

struct Collector {
    IpAddress address;
    std::uint32_t weight = 1;  // share in relation to the others'; 0 takes nothing
    Position position;
};

// What the collector of a packet is chosen by.
enum class Balance { exporter, exporter_port, flow };

// What becomes of packets when no collector of a pool is usable: they go on as before, they are dropped,
// or they are spread as if all were well.
enum class AllDown { hold, drop, spread };

// What becomes of the templates of NetFlow v9 and IPFIX: nothing; they are sent to the collector that an
// exporter moves to; or to all collectors of the pool as they come, too.
enum class Templates { off, on_move, all };

struct Pool {
    std::string name;
    std::vector<Collector> collectors;  // of one family, no two alike, at least one with a weight
    std::string via;                    // name of an egress
    Position position;
    Balance balance = Balance::exporter;
    AllDown all_down = AllDown::hold;
    std::optional<Health> health{};  // unset: nobody is asked
    Templates templates = Templates::on_move;  // off by default for one collector
};

// As the profile says them.
const char* balance_name(Balance balance);
const char* all_down_name(AllDown all_down);
const char* templates_name(Templates templates);

struct NextHopAuto {};
using NextHopChoice = std::variant<NextHopAuto, IpAddress, MacAddress>;

// How a packet is handed to the device it leaves by; the loader chooses when nobody did.
enum class PathChoice { automatic, redirect, tx, tc, kernel };

struct WayOut {
    std::string interface;
    NextHopChoice next_hop = NextHopAuto{};
    PathChoice path = PathChoice::automatic;
    std::uint32_t mtu = 0;   // largest IP packet, bytes; 0: as device and route say
    std::optional<IpAddress> probe{};  // answers ICMP echo through this very way, if it works
    std::uint32_t mark = 0;  // fwmark that policy routing sees; only with path kernel, never 0 there
    std::uint32_t table = 0;  // that a rule of ours leads packets with the mark to; 0: the operator's rules do
    Position position{};
};

// When traffic moves between the ways of an egress.
struct FailoverPolicy {
    std::chrono::seconds hold_down{10};  // so long a better way must have worked before it is taken
    std::chrono::seconds every{1};       // between two probes
    std::uint32_t fall = 3;              // probes without an answer until a way is down
    std::uint32_t rise = 2;              // answers until it is up again
};

struct Egress {
    std::string name;
    std::vector<WayOut> ways;  // the primary, then the standbys, best first
    bool fragment = false;     // oversize: fragment
    FailoverPolicy failover{};
    Position position{};
};

struct Config {
    std::string name;  // of the profile, as given
    std::string path;  // of the file
    std::vector<Source> sources;
    std::vector<Rule> rules;  // in order: the first match wins
    std::vector<Pool> pools;
    std::vector<Egress> egress;
    Ready ready{};
    Metrics metrics{};
};

// Not an error, but an operator would want to know: a rule that can never match, a key that this
// version accepts and does not act on.
struct Warning {
    Position position;
    std::string what;
};

}  // namespace xdpmirror
