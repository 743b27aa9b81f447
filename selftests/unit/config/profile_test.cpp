// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Good profiles: the contract's example, what it means, the profiles that we install.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "support.h"

namespace xdpmirror::test {
namespace {

// The contract's example, whole.
constexpr const char* kExample = R"(version: 1
sources:
  - name: core-routers
    vxlan: {vni: 4242}            # or geneve: {}, or plain: {to: 10.3.0.1/32}
    from: [10.0.0.0/16]           # outer sources that may send it
    truncated: drop
rules:
  - {name: flows, match: {protocol: udp, port: 31756}, send: {to: fdi, port: 8081}}
  - {name: ipfix, match: {protocol: udp, port: 4739, from: 192.168.0.0/16}, send: {to: fdi, port: 8081}}
pools:
  fdi:
    balance: exporter             # consistent hash of the inner source address
    collectors: [{address: "${FDI_SERVICE_IP:-100.76.10.11}", weight: 1}]
    health: {http: {port: 8080, path: /healthz}, every: 2s, rise: 2, fall: 3}
    all_down: hold
    via: gcp
egress:
  gcp: {interface: eth1, next_hop: auto, standby: {interface: eth2}}   # next_hop: auto, an address, or a MAC
metrics: {textfile: /var/lib/prometheus/node-exporter/xdpmirror.prom, listen: "127.0.0.1:9435"}
)";

TEST(Profile, TheExampleOfTheContract) {
    const Profile profile = parse_good(kExample);

    EXPECT_EQ(
        describe(profile.config),
        "source core-routers vni 4242 port 4789 from 10.0.0.0/16\n"
        "rule flows vni any from any to any protocol 17 port 31756-31756 pool fdi port 8081\n"
        "rule ipfix vni any from 192.168.0.0/16 to any protocol 17 port 4739-4739 pool fdi port "
        "8081\n"
        "pool fdi via gcp 100.76.10.11*1\n"
        "egress gcp eth1 auto eth2 auto\n");
    EXPECT_EQ(profile.config.pools[0].health,
              (Health{.check = HttpCheck{.port = 8080, .path = "/healthz"}}));
    EXPECT_TRUE(profile.warnings.empty());
    EXPECT_EQ(parse_good(kExample, {{"FDI_SERVICE_IP", "192.0.2.7"}})
                  .config.pools[0]
                  .collectors[0]
                  .address,
              address("192.0.2.7"));
}

TEST(Profile, EveryFieldOfARule) {
    const Config config =
        parse_good(profile_with({{5,
                                  "  - {name: all, send: {to: p}}\n"
                                  "  - {name: v4, match: {vni: 1, from: 10.0.0.0/8, to: 192.0.2.1, "
                                  "protocol: udp, port: 1-65535}, "
                                  "send: {to: p, port: 1}}\n"
                                  "  - {name: v6, match: {vni: 0xFFFFFF, from: '2001:db8::/32', "
                                  "to: '::/0', port: ' 5 - 6 '}, "
                                  "send: {to: p, port: 65535}}\n"
                                  "  - {name: one, match: {port: '7'}, send: {to: p}}"}}))
            .config;

    EXPECT_EQ(
        describe(config),
        "source a vni 1 port 4789 from 10.0.0.0/8\n"
        "rule all vni any from any to any protocol 17 port any pool p port any\n"
        "rule v4 vni 1 from 10.0.0.0/8 to 192.0.2.1/32 protocol 17 port 1-65535 pool p port 1\n"
        "rule v6 vni 16777215 from 2001:db8::/32 to ::/0 protocol 17 port 5-6 pool p port 65535\n"
        "rule one vni any from any to any protocol 17 port 7-7 pool p port any\n"
        "pool p via e 192.0.2.1*1\n"
        "egress e eth1 auto\n");
    EXPECT_EQ(config.rules[2].position.text(), "p.yaml:7:5");
}

TEST(Profile, SourcesAndNextHops) {
    const Config config =
        parse_good(
            profile_with({{3,
                           "  - {name: zero, vxlan: {vni: 0, port: 8472}}\n"
                           "  - {name: b, vxlan: {vni: 16777215, port: 8472}, from: [10.1.2.3, "
                           "'2001:db8::/32']}\n"
                           "  - {name: c, vxlan: {vni: 16777215, port: 8472}, from: [10.0.0.0/8]}"},
                          {7,
                           "  p: {collectors: [{address: '2001:db8::1'}], via: e}\n"
                           "  q: {collectors: [{address: 192.0.2.1}], via: f}\n"
                           "  r: {collectors: [{address: 192.0.2.1}], via: g}"},
                          {9,
                           "  e: {interface: eth1, next_hop: 'fe80::1'}\n"
                           "  f: {interface: abcdefghijklmno, next_hop: 192.0.2.254}\n"
                           "  g: {interface: eth1.100, next_hop: 02:00:00:00:00:01}"}}))
            .config;

    EXPECT_EQ(describe(config),
              "source zero vni 0 port 8472 from 0.0.0.0/0 ::/0\n"
              "source b vni 16777215 port 8472 from 10.1.2.3/32 2001:db8::/32\n"
              "source c vni 16777215 port 8472 from 10.0.0.0/8\n"
              "rule r vni any from any to any protocol 17 port 1000-1000 pool p port 2000\n"
              "pool p via e 2001:db8::1*1\n"
              "pool q via f 192.0.2.1*1\n"
              "pool r via g 192.0.2.1*1\n"
              "egress e eth1 address fe80::1\n"
              "egress f abcdefghijklmno address 192.0.2.254\n"
              "egress g eth1.100 mac 02:00:00:00:00:01\n");
}

TEST(Profile, TablesForMarks) {
    const Config config = parse_good(profile_with({{9,
                                                    "  e: {interface: eth1, path: kernel, table: 254, standby: "
                                                    "{interface: eth2, path: kernel, mark: 7, table: 4294967295}}\n"
                                                    "  f: {interface: eth3, path: kernel, mark: 7, table: 4294967295}"}}))
                              .config;

    EXPECT_TRUE(describe(config).ends_with(
        "egress e eth1 auto kernel mark 0x786d table 254 eth2 auto kernel mark 0x7 table 4294967295\n"
        "egress f eth3 auto kernel mark 0x7 table 4294967295\n"))
        << describe(config);
}

TEST(Profile, NamesItselfByItsFile) {
    const Config config = parse_good(profile_with()).config;

    EXPECT_EQ(config.name, "p");
    EXPECT_EQ(config.path, "p.yaml");
    EXPECT_EQ(config.sources[0].position.text(), "p.yaml:3:5");
    EXPECT_EQ(config.pools[0].position.text(), "p.yaml:7:3");
    EXPECT_EQ(config.pools[0].collectors[0].position.text(), "p.yaml:7:20");
    EXPECT_EQ(config.egress[0].position.text(), "p.yaml:9:3");
}

TEST(Profile, AllThatWeInstallAreGood) {
    std::size_t count = 0;

    for (const auto& entry : std::filesystem::directory_iterator(XM_SHIPPED_PROFILES)) {
        if (entry.path().extension() != ".yaml") {
            continue;
        }
        count++;
        const auto profile = load_profile(entry.path(), {}, environment({}));
        ASSERT_TRUE(profile) << profile.error().what;
        EXPECT_EQ(warnings_of(*profile), std::vector<std::string>{}) << entry.path();
        const auto plan = make_plan(profile->config);
        EXPECT_TRUE(plan) << entry.path() << ": " << plan.error().what;
    }
    EXPECT_GE(count, 4U) << "prod, gateway, forwarder and lab at least";
}

TEST(Profile, ProdIsTheMainJob) {
    const auto profile = load_profile("prod", {XM_SHIPPED_PROFILES}, environment({}));

    ASSERT_TRUE(profile) << profile.error().what;
    EXPECT_EQ(
        describe(profile->config),
        "source core-routers vni 4242 port 4789 from 10.0.0.0/16\n"
        "rule flows vni any from any to any protocol 17 port 31756-31756 pool fdi port 8081\n"
        "rule ipfix vni any from 192.168.0.0/16 to any protocol 17 port 4739-4739 pool fdi port "
        "8081\n"
        "pool fdi via gcp 100.76.10.11*1\n"
        "egress gcp eth1 auto\n");
}

TEST(Schema, IsTheFileThatWeInstall) {
    EXPECT_EQ(profile_schema(), read_file(XM_SHIPPED_SCHEMA));
}

// A key without a limit in the schema would be a key that nobody checks.
TEST(Schema, ClosesEveryMapping) {
    const auto schema = nlohmann::json::parse(profile_schema());
    const std::function<void(const std::string&, const nlohmann::json&)> visit =
        [&visit](const std::string& path, const nlohmann::json& at) {
            if (at.is_object() && at.contains("properties") && at.contains("type")) {
                EXPECT_TRUE(at.contains("additionalProperties")) << path;
            }
            if (at.is_structured()) {
                for (const auto& [key, below] : at.items()) {
                    visit(path + "/" + key, below);
                }
            }
        };

    visit("", schema);
    EXPECT_EQ(schema.at("definitions").at("name").at("maxLength"), XM_NAME_BYTES - 1);
    EXPECT_EQ(schema.at("definitions").at("vni").at("maximum"), XM_VNI_MAX);
}

}  // namespace
}  // namespace xdpmirror::test
