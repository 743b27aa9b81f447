// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Findings of machines that were written down: every check is reached, every sentence is looked at.
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "cases.h"
#include "loader/doctor/report.h"

namespace xdpmirror::test {

Facts with(Facts facts, const std::function<void(Facts&)>& change) {
    change(facts);
    return facts;
}

namespace {

std::vector<DoctorCase> all_cases() {
    std::vector<DoctorCase> all;
    for (const auto part : {kernel_cases, driver_cases, offload_cases, egress_cases, peer_cases}) {
        auto cases = part();
        all.insert(all.end(), cases.begin(), cases.end());
    }
    return all;
}

TEST(Doctor, SaysWhatIsWrongAndWhatToType) {
    for (const auto& one : all_cases()) {
        SCOPED_TRACE(one.name);
        const auto findings = diagnose(one.facts);
        const auto* found = find(findings, one.id, one.subject);
        ASSERT_NE(found, nullptr) << one.id << " of " << one.subject;
        EXPECT_STREQ(to_text(found->level), to_text(one.level));
        EXPECT_EQ(found->found, one.found);
        EXPECT_EQ(found->fix, one.fix);
        EXPECT_EQ(found->change.has_value(), one.apply);
        EXPECT_TRUE(has_error(findings) || one.level != Level::error);
    }
}

TEST(Doctor, EveryFindingIsWhole) {
    for (const auto& one : all_cases()) {
        SCOPED_TRACE(one.name);
        for (const auto& finding : diagnose(one.facts)) {
            SCOPED_TRACE(finding.id + " of " + finding.subject);
            EXPECT_FALSE(finding.found.empty());
            EXPECT_FALSE(finding.subject.empty());
            EXPECT_EQ(finding.why.empty(), finding.level == Level::ok);
            EXPECT_EQ(finding.fix.empty(), finding.level == Level::ok);
            EXPECT_EQ(finding.change ? command_of(*finding.change) : finding.fix, finding.fix);
        }
    }
}

TEST(Doctor, EveryCheckIsReachedAndNoOther) {
    std::set<std::string> known(kChecks.begin(), kChecks.end());
    std::set<std::string> reached;
    for (const auto& one : all_cases()) {
        for (const auto& finding : diagnose(one.facts)) {
            EXPECT_TRUE(known.contains(finding.id)) << finding.id;
            if (finding.level != Level::ok) reached.insert(finding.id);
        }
    }
    EXPECT_EQ(reached, known);
}

TEST(Doctor, GoodMachinesHaveNeitherErrorNorWarning) {
    const auto old = kernel_6_1();
    const auto young = kernel_6_12();
    const Facts machines[] = {
        machine_with_profile(old, ena_in_tree(old)),
        machine_with_profile(young, ena_in_tree(young)),
        machine_with_profile(young, ena_out_of_tree("2.14.0g")),
        machine_with_profile(young, ena_out_of_tree("2.17.0g")),
        machine_with_profile(young, virtio()),
        machine_with_profile(young, gve()),
        machine_with_profile(young, vmxnet3()),
        machine_with_profile(young, veth()),
    };
    for (const auto& facts : machines) {
        SCOPED_TRACE(facts.ingress.link.driver + " " + facts.ingress.driver_version);
        for (const auto& finding : diagnose(facts))
            EXPECT_LT(finding.level, Level::warning) << finding.id << ": " << finding.found;
    }
}

TEST(Doctor, TheWorstComesFirst) {
    const auto findings = diagnose(with(machine(kernel_6_12(), veth()), [](Facts& f) {
        f.ingress.link.up = false;
        f.kernel.jit = 0;
    }));
    ASSERT_GT(findings.size(), 2U);
    EXPECT_EQ(findings[0].id, "link");
    EXPECT_EQ(findings[1].id, "jit");
    for (std::size_t i = 1; i < findings.size(); ++i)
        EXPECT_GE(findings[i - 1].level, findings[i].level);
}

// What is never done behind an operator's back: the MTU, a link, somebody else's program.
TEST(Doctor, AppliesOnlyWhatIsSafe) {
    for (const auto& one : all_cases()) {
        for (const auto& change : changes_of(diagnose(one.facts))) {
            const auto command = command_of(change);
            EXPECT_FALSE(command.starts_with("ip ")) << command;
            EXPECT_EQ(command.find("detach"), std::string::npos) << command;
        }
    }
}

TEST(Doctor, OneFixForTwoFindingsIsMadeOnce) {
    auto facts = machine_with_profile(kernel_6_12(), veth());
    facts.profile->egress.push_back(facts.profile->egress[0]);
    for (auto& egress : facts.profile->egress) egress.device->xdp_features = kNative;
    EXPECT_EQ(changes_of(diagnose(facts)).size(), 1U);
}

TEST(Doctor, TextNamesLevelFixAndSum) {
    const auto facts = with(machine(kernel_6_12(), veth()), [](Facts& f) { f.kernel.jit = 0; });
    const auto text = doctor_text(
        facts, diagnose(facts),
        {{{.kind = Change::Kind::bpffs}, ""},
         {{.kind = Change::Kind::file, .name = "/x", .value = "1"}, "open /x: denied"}});
    EXPECT_NE(text.find("eth0: no profile, Linux 6.12.30-cloud-amd64\n"
                        "applied  mount -t bpf bpf /sys/fs/bpf\n"
                        "REFUSED  open /x: denied\n"
                        "warning  jit              kernel: the BPF JIT compiler is off\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("fix: echo 1 > /proc/sys/net/core/bpf_jit_enable   [--apply does it]\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("\n0 errors, 1 warning, 1 note, "), std::string::npos) << text;
}

TEST(Doctor, JsonHasTheKeysOfTheDocumentation) {
    const auto facts = machine_with_profile(kernel_6_12(), veth());
    const auto json = doctor_json(facts, diagnose(facts), {{{.kind = Change::Kind::bpffs}, "no"}});
    EXPECT_EQ(json["interface"], "eth0");
    EXPECT_EQ(json["profile"], "prod");
    EXPECT_EQ(json["errors"], 0);
    EXPECT_EQ(json["applied"][0]["done"], false);
    EXPECT_EQ(json["applied"][0]["error"], "no");
    for (const auto* key : {"id", "subject", "level", "found", "why", "fix", "apply"})
        EXPECT_TRUE(json["findings"][0].contains(key)) << key;
}

TEST(Doctor, DocumentationHasARowForEveryCheck) {
    std::ifstream file(XM_DOCTOR_DOCS);
    std::ostringstream text;
    text << file.rdbuf();
    for (const auto* id : kChecks)
        EXPECT_NE(text.str().find("| `" + std::string(id) + "` |"), std::string::npos) << id;
}

}  // namespace
}  // namespace xdpmirror::test
