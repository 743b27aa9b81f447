// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The parts of a tree, one noun each, to their values. The tree fits the schema already, so types
// and required keys are not asked for again; what a schema cannot say is checked here.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "config/tree.h"
#include "maps/layout.h"
#include "maps/result.h"

namespace xdpmirror {

constexpr std::uint16_t kVxlanPort = 4789;   // RFC 7348 section 5
constexpr std::uint16_t kGenevePort = 6081;  // RFC 8926 section 3.3
constexpr std::uint32_t kDefaultMark = XM_HANDOVER_MARK;

// `path` names the node in messages: "rules[3]".
Result<IpAddress> read_address(const Node& node, const std::string& path);
Result<Prefix> read_prefix(const Node& node, const std::string& path);

Result<Source> read_source(const Node& node, const std::string& path,
                           std::vector<Warning>& warnings);
Result<Rule> read_rule(const Node& node, const std::string& path);
Result<Pool> read_pool(const Member& member);
Result<Egress> read_egress(const Member& member);
// Where each of Egress::ways stands.
std::vector<const Node*> nodes_of_ways(const Node& egress);
// A mark has one table, over all of them.
Result<Ok> check_tables(const std::vector<Egress>& egresses);

// The whole profile, each part by itself.
Result<Config> read_config(const Node& root, std::vector<Warning>& warnings);

// What no packet can be sent to, in words; empty for the address of a host.
std::string why_no_host(const IpAddress& address);

std::string family_name(Family family);

}  // namespace xdpmirror
