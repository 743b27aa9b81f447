// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the tests of config/ share: the smallest good profile, environments, files that vanish.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/plan.h"
#include "config/profile.h"

namespace xdpmirror::test {

using Variables = std::map<std::string, std::string>;

Environment environment(Variables variables);

// The smallest good profile, with some of its lines replaced; a replacement may have several lines.
//   1 version, 2-3 sources, 4-5 rules, 6-7 pools, 8-9 egress
std::string profile_with(const std::map<int, std::string>& lines = {});

// Parses as "p.yaml"; fails the test if it is refused.
Profile parse_good(const std::string& text, Variables variables = {});

// "" if the text is accepted.
std::string parse_error(const std::string& text, Variables variables = {});

// All warnings as lines, those of parsing first.
std::vector<std::string> warnings_of(const Profile& profile);

// Everything but positions, so that two configurations can be compared.
std::string describe(const Config& config);

std::string read_file(const std::filesystem::path& path);

// A directory with files in it, removed at the end.
class Directory {
  public:
    explicit Directory(const std::map<std::string, std::string>& files);
    ~Directory();
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    std::string path() const { return path_.string(); }
    std::string operator/(const std::string& file) const { return (path_ / file).string(); }

  private:
    std::filesystem::path path_;
};

// The text with every `what` replaced.
std::string replaced(std::string text, const std::string& what, const std::string& with);

// Small values made by hand, for configurations that never were text.
IpAddress address(const std::string& text);
Prefix prefix(const std::string& text);
Config config_with_rules(std::vector<Rule> rules);
Rule rule(const std::string& name, Match match);
Source vxlan_source(const std::string& name, std::uint32_t vni, std::vector<Prefix> from);
Source geneve_source(const std::string& name, std::optional<std::uint32_t> vni,
                     std::vector<Prefix> from);
Source plain_source(const std::string& name, std::vector<Prefix> to, std::vector<Prefix> from);

}  // namespace xdpmirror::test
