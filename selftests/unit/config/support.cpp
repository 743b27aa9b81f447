// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The helpers of the tests of config/.
#include "support.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace xdpmirror::test {
namespace {

std::string describe(const NextHopChoice& choice) {
    if (const auto* hop = std::get_if<IpAddress>(&choice)) {
        return "address " + hop->text();
    }
    if (const auto* mac = std::get_if<MacAddress>(&choice)) {
        return "mac " + mac->text();
    }
    return "auto";
}

template <class T>
std::string or_any(const std::optional<T>& value) {
    return value ? fmt::format("{}", *value) : "any";
}

std::string or_any(const std::optional<Prefix>& value) {
    return value ? value->text() : "any";
}

std::string describe(const Match& match) {
    const std::string port =
        match.port ? fmt::format("{}-{}", match.port->first, match.port->last) : "any";

    return fmt::format("vni {} from {} to {} protocol {} port {}", or_any(match.vni),
                       or_any(match.from), or_any(match.to), or_any(match.protocol), port);
}

std::string describe(const char* what, const std::vector<Prefix>& prefixes) {
    std::string out = prefixes.empty() ? "" : std::string(" ") + what;

    for (const Prefix& each : prefixes) {
        out += " " + each.text();
    }
    return out;
}

std::string describe(const Source& source) {
    constexpr const char* kWays[] = {"", " geneve", " plain"};
    constexpr const char* kChecksums[] = {"", " checksum zero", " checksum recompute"};
    std::string out = kWays[static_cast<std::size_t>(source.way)];

    if (source.way != WayIn::plain) {
        out += fmt::format(" vni {} port {}", or_any(source.vni),
                           source.way == WayIn::vxlan ? source.vxlan_port : source.geneve_port);
    }
    out += describe("to", source.to) + describe("from", source.from);
    out += describe("exporters", source.exporters);
    out += source.strict ? " strict" : "";
    out += source.truncated_forward ? " truncated forward" : "";
    out += source.other_pass ? " other pass" : "";
    return out + kChecksums[static_cast<std::size_t>(source.checksum)];
}

}  // namespace

Environment environment(Variables variables) {
    return [variables = std::move(variables)](const std::string& name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

std::string profile_with(const std::map<int, std::string>& lines) {
    const std::map<int, std::string> good = {
        {1, "version: 1"},
        {2, "sources:"},
        {3, "  - {name: a, vxlan: {vni: 1}, from: [10.0.0.0/8]}"},
        {4, "rules:"},
        {5, "  - {name: r, match: {port: 1000}, send: {to: p, port: 2000}}"},
        {6, "pools:"},
        {7, "  p: {collectors: [{address: 192.0.2.1}], via: e}"},
        {8, "egress:"},
        {9, "  e: {interface: eth1}"},
    };
    std::string text;

    for (const auto& [number, line] : good) {
        const auto other = lines.find(number);
        text += (other == lines.end() ? line : other->second) + "\n";
    }
    for (auto extra = lines.upper_bound(good.rbegin()->first); extra != lines.end(); ++extra) {
        text += extra->second + "\n";
    }
    return text;
}

Profile parse_good(const std::string& text, Variables variables) {
    auto profile = parse_profile(text, "p.yaml", environment(std::move(variables)));

    if (!profile) {
        ADD_FAILURE() << profile.error().what << "\n" << text;
        return {};
    }
    return *std::move(profile);
}

std::string parse_error(const std::string& text, Variables variables) {
    auto profile = parse_profile(text, "p.yaml", environment(std::move(variables)));

    if (profile) {
        return {};
    }
    EXPECT_EQ(profile.error().kind, ErrorKind::configuration);
    EXPECT_EQ(profile.error().what.find('\n'), std::string::npos) << "an error is one line";
    return profile.error().what;
}

std::vector<std::string> warnings_of(const Profile& profile) {
    std::vector<std::string> lines;
    std::vector<Warning> warnings = profile.warnings;
    const auto more = find_unreachable(profile.config);

    warnings.insert(warnings.end(), more.begin(), more.end());
    for (const Warning& warning : warnings) {
        lines.push_back(warning.position.text() + ": " + warning.what);
    }
    return lines;
}

// What is not as by default.
static std::string describe(const WayOut& way) {
    constexpr const char* kPaths[] = {"", " redirect", " tx", " tc", " kernel"};
    std::string out = kPaths[static_cast<std::size_t>(way.path)];

    if (way.mtu != 0) {
        out += fmt::format(" mtu {}", way.mtu);
    }
    if (way.mark != 0) {
        out += fmt::format(" mark {:#x}", way.mark);
    }
    if (way.table != 0) {
        out += fmt::format(" table {}", way.table);
    }
    return out;
}

std::string describe(const Config& config) {
    std::string out;

    for (const Source& source : config.sources) {
        out += "source " + source.name + describe(source) + "\n";
    }
    for (const Rule& each : config.rules) {
        out += fmt::format("rule {} {} pool {} port {}\n", each.name, describe(each.match),
                           each.pool, or_any(each.port));
    }
    for (const Pool& pool : config.pools) {
        out += fmt::format("pool {} via {}", pool.name, pool.via);
        if (pool.balance != Balance::exporter) {
            out += fmt::format(" by {}", balance_name(pool.balance));
        }
        if (pool.all_down != AllDown::hold) {
            out += fmt::format(" all down {}", all_down_name(pool.all_down));
        }
        for (const Collector& collector : pool.collectors) {
            out += fmt::format(" {}*{}", collector.address.text(), collector.weight);
        }
        out += "\n";
    }
    for (const Egress& egress : config.egress) {
        out += "egress " + egress.name;
        for (const WayOut& way : egress.ways) {
            out += fmt::format(" {} {}{}", way.interface, describe(way.next_hop), describe(way));
        }
        out += egress.fragment ? " fragment\n" : "\n";
    }
    return out;
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::ostringstream text;

    EXPECT_TRUE(file) << path;
    text << file.rdbuf();
    return text.str();
}

Directory::Directory(const std::map<std::string, std::string>& files) {
    std::string name = (std::filesystem::temp_directory_path() / "xm-config-XXXXXX").string();

    if (!mkdtemp(name.data())) {
        ADD_FAILURE() << "cannot make " << name;
        return;
    }
    path_ = name;
    for (const auto& [file, text] : files) {
        std::filesystem::create_directories((path_ / file).parent_path());
        std::ofstream(path_ / file) << text;
    }
}

Directory::~Directory() {
    std::error_code fault;

    std::filesystem::remove_all(path_, fault);
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (auto at = text.find(what); at != std::string::npos;
         at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
    return text;
}

IpAddress address(const std::string& text) {
    const auto value = IpAddress::parse(text);

    EXPECT_TRUE(value) << text;
    return value.value_or(IpAddress{});
}

Prefix prefix(const std::string& text) {
    const auto value = Prefix::parse(text);

    EXPECT_TRUE(value) << text;
    return value.value_or(Prefix{});
}

Config config_with_rules(std::vector<Rule> rules) {
    Config config;

    config.sources = {vxlan_source("a", 1, {Prefix::all(Family::ipv4)}),
                      vxlan_source("b", 2, {Prefix::all(Family::ipv4)})};
    config.rules = std::move(rules);
    config.pools = {{"p", {{address("192.0.2.1"), 1, {}}}, "e", {}}};
    config.egress.resize(1);
    config.egress[0].name = "e";
    config.egress[0].ways.resize(1);
    config.egress[0].ways[0].interface = "eth1";
    return config;
}

Source vxlan_source(const std::string& name, std::uint32_t vni, std::vector<Prefix> from) {
    Source source;

    source.name = name;
    source.vni = vni;
    source.from = std::move(from);
    return source;
}

Source geneve_source(const std::string& name, std::optional<std::uint32_t> vni,
                     std::vector<Prefix> from) {
    Source source;

    source.name = name;
    source.way = WayIn::geneve;
    source.vni = vni;
    source.from = std::move(from);
    return source;
}

Source plain_source(const std::string& name, std::vector<Prefix> to, std::vector<Prefix> from) {
    Source source;

    source.name = name;
    source.way = WayIn::plain;
    source.to = std::move(to);
    source.from = std::move(from);
    return source;
}

Rule rule(const std::string& name, Match match) {
    return Rule{name, std::move(match), "p", {}, {}};
}

}  // namespace xdpmirror::test
