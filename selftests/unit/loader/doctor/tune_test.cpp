// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Plans of machines that were written down, and making and undoing them with a hand that can
// refuse.
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <fstream>

#include "loader/device/channels.h"
#include "loader/tune/report.h"
#include "machines.h"

namespace xdpmirror::test {
namespace {

TuneFacts tuned(DeviceFacts device) {
    TuneFacts facts;
    facts.device = std::move(device);
    facts.cpus = {0, 1, 2, 3};
    return facts;
}

std::vector<std::string> commands(const TunePlan& plan) {
    std::vector<std::string> all;
    for (const auto& step : plan.steps) all.push_back(command_of(step.change));
    return all;
}

std::vector<std::string> undoings(const TunePlan& plan) {
    std::vector<std::string> all;
    for (const auto& step : plan.steps) all.push_back(command_of(step.undo));
    return all;
}

bool notes_have(const TunePlan& plan, const std::string& text) {
    for (const auto& note : plan.notes) {
        if (note.find(text) != std::string::npos) return true;
    }
    return false;
}

using Commands = std::vector<std::string>;

TEST(TunePlan, HalfOfTheChannelsOfEna) {
    auto facts = tuned(ena_in_tree(kernel_6_12()));
    facts.device.channels->combined = 8;
    const auto plan = plan_tune(facts);
    EXPECT_EQ(commands(plan),
              (Commands{"ethtool -L eth0 combined 4", "ethtool -G eth0 rx 8192 tx 1024",
                        "ethtool -C eth0 adaptive-rx on"}));
    EXPECT_EQ(undoings(plan),
              (Commands{"ethtool -L eth0 combined 8", "ethtool -G eth0 rx 1024 tx 1024",
                        "ethtool -C eth0 adaptive-rx off"}));
    EXPECT_EQ(plan.steps[0].from, "combined 8");
    EXPECT_EQ(plan.steps[0].to, "combined 4");
}

TEST(TunePlan, ChannelsOfEachDriver) {
    struct {
        DeviceFacts device;
        std::uint32_t used;
        std::uint32_t most;
        std::uint32_t wanted;
    } const kRows[] = {
        {ena_in_tree(kernel_6_12()), 1, 32, 4},  // one a CPU
        {ena_in_tree(kernel_6_12()), 6, 32, 6},  // more does no harm
        {ena_in_tree(kernel_6_12()), 1, 1, 1},   // and fewer there are not
        {ena_out_of_tree("2.14.0g"), 4, 4, 2},   // half
        {ena_out_of_tree("2.17.0g"), 4, 4, 4},   // all
        {virtio(), 8, 8, 4},                     // a spare one for each CPU
        {virtio(), 1, 4, 4},                     // there are none to spare
    };
    for (const auto& row : kRows) {
        auto device = row.device;
        device.channels = Channels{.combined = row.used, .max_combined = row.most};
        EXPECT_EQ(wanted_channels(device, 4), row.wanted)
            << device.link.driver << " " << device.driver_version << " " << row.used << " of "
            << row.most;
    }
}

TEST(TunePlan, GveHasAsManyOfBothKinds) {
    auto facts = tuned(gve());
    facts.device.channels = Channels{.rx = 8, .max_rx = 16, .tx = 8, .max_tx = 8};
    EXPECT_EQ(commands(plan_tune(facts)), (Commands{"ethtool -L eth0 rx 4 tx 4"}));
    EXPECT_EQ(undoings(plan_tune(facts)), (Commands{"ethtool -L eth0 rx 8 tx 8"}));
}

TEST(TunePlan, MergingIsSwitchedOffWhereItCanBe) {
    auto facts = tuned(gve());
    facts.device.offloads["rx-lro"] = {.on = true, .fixed = false};
    facts.device.offloads["rx-gro-hw"] = {.on = true, .fixed = false};
    facts.device.offloads["rx-gro-list"] = {.on = true, .fixed = true};
    facts.device.offloads["rx-udp-gro-forwarding"] = {.on = true, .fixed = false};
    const auto plan = plan_tune(facts);
    EXPECT_EQ(commands(plan),
              (Commands{"ethtool -K eth0 lro off", "ethtool -K eth0 rx-udp-gro-forwarding off",
                        "ethtool -K eth0 rx-gro-hw off"}));
    EXPECT_TRUE(notes_have(plan, "rx-gro-list: on, and the driver cannot switch it off"));
    // virtio's is switched off by the driver, GRO of the kernel comes after XDP
    EXPECT_TRUE(commands(plan_tune(tuned(virtio()))).empty());
}

TEST(TunePlan, OneInterruptACpuAndNoRps) {
    auto facts = tuned(virtio());
    facts.cpus = {0, 2};
    facts.rps = {{"/sys/q/rx-0/rps_cpus", "00000000,0000000f"}, {"/sys/q/rx-1/rps_cpus", "0,0"}};
    facts.interrupts = {{38, "virtio2-input.0", 0, "0-3"},
                        {39, "virtio2-input.1", 1, "2"},
                        {40, "virtio2-input.2", 2, "0-3"},
                        {41, "virtio2-input.3", 3, ""}};
    const auto plan = plan_tune(facts);
    EXPECT_EQ(commands(plan),
              (Commands{"echo 0 > /sys/q/rx-0/rps_cpus", "echo 0 > /proc/irq/38/smp_affinity_list",
                        "echo 0 > /proc/irq/40/smp_affinity_list"}));
    EXPECT_EQ(undoings(plan), (Commands{"echo 00000000,0000000f > /sys/q/rx-0/rps_cpus",
                                        "echo 0-3 > /proc/irq/38/smp_affinity_list",
                                        "echo 0-3 > /proc/irq/40/smp_affinity_list"}));
    for (const auto& step : plan.steps) EXPECT_TRUE(step.of_queues);
}

TEST(TunePlan, SaysWhatIsNotInIt) {
    auto facts = tuned(vmxnet3());
    facts.device.occupant = XdpOccupant{};
    facts.irqbalance = true;
    auto plan = plan_tune(facts);
    EXPECT_TRUE(plan.steps.empty());
    for (const auto* note : {"channels: the driver has none", "rings: the driver has none",
                             "interrupt moderation: ", "interrupts: the device has none",
                             "an XDP program is attached", "irqbalance runs"})
        EXPECT_TRUE(notes_have(plan, note)) << note;
    facts.device.sysfs = false;
    facts.rps = {{"/sys/of/another", "f"}};
    plan = plan_tune(facts);
    EXPECT_TRUE(plan.steps.empty());
    EXPECT_TRUE(notes_have(plan, "/sys shows another network namespace"));
}

TEST(TuneFacts, InterruptsOfQueues) {
    const std::string text =
        "           CPU0       CPU1\n"
        " 24:          1          0  IO-APIC   5-edge      ACPI:Ged\n"
        " 37:          0          0 PCI-MSIX-0000:00:03.0   0-edge      virtio2-config\n"
        " 38:          0       1796 PCI-MSIX-0000:00:03.0   1-edge      virtio2-input.0\n"
        " 39:       1511          0 PCI-MSIX-0000:00:03.0   2-edge      virtio2-output.0\n"
        " 50:          0          0 PCI-MSI 1-edge      ena-mgmnt@pci:0000:00:05.0\n"
        " 51:          0          0 PCI-MSI 1-edge      eth0-Tx-Rx-3\n"
        " 52:          0          0 PCI-MSI 1-edge      mlx5_comp11@pci:0000:00:05.0\n"
        " 53:          0          0 PCI-MSI 1-edge      mlx5_async0@pci:0000:00:05.0\n"
        " 54:          0          0 PCI-MSI 1-edge      eth1-Tx-Rx-0\n"
        "NMI:          0          0   Non-maskable interrupts\n";
    const auto found = parse_interrupts(text, {37, 38, 39, 50, 51, 52, 53});
    ASSERT_EQ(found.size(), 4U);
    EXPECT_EQ(found[0].number, 38U);
    EXPECT_EQ(found[0].name, "virtio2-input.0");
    EXPECT_EQ(found[0].queue, 0U);
    EXPECT_EQ(found[1].number, 39U);
    EXPECT_EQ(found[2].queue, 3U);
    EXPECT_EQ(found[3].queue, 11U);
    EXPECT_TRUE(parse_interrupts("", {38}).empty());
    EXPECT_TRUE(parse_interrupts(text, {}).empty());
}

TEST(TuneFacts, CpuLists) {
    using Cpus = std::vector<unsigned>;
    EXPECT_EQ(parse_cpu_list("0-2,4"), (Cpus{0, 1, 2, 4}));
    EXPECT_EQ(parse_cpu_list("3"), (Cpus{3}));
    for (const auto* bad : {"", "x", "3-", "-3", "4-2", "1,,2", "0-4294967295"})
        EXPECT_TRUE(parse_cpu_list(bad).empty()) << bad;
}

TuneStep offload(const char* name) {
    TuneStep step;
    step.what = name;
    step.from = "on";
    step.to = "off";
    step.change = {
        .kind = Change::Kind::offload, .interface = "eth0", .name = name, .value = "off"};
    step.undo = step.change;
    step.undo.value = "on";
    return step;
}

class TuneRun : public testing::Test {
  protected:
    std::string refused;  // the name of the setting that is refused
    bool disk_full = false;
    std::vector<std::string> made;
    std::vector<TuneRecord> kept;
    TuneRecord record;

    MakeChange make() {
        return [this](const Change& change) -> Result<> {
            EXPECT_FALSE(kept.empty()) << "changed before the record was kept";
            if (change.name == refused) return Error{"the driver will not"};
            made.push_back(command_of(change));
            return Ok{};
        };
    }
    KeepRecord keep() {
        return [this](const TuneRecord& now) -> Result<> {
            if (disk_full) return Error{"disk full"};
            kept.push_back(now);
            return Ok{};
        };
    }
};

TEST_F(TuneRun, KeepsBeforeItChangesAndForgetsWhatWasRefused) {
    refused = "b";
    const auto results =
        apply_steps({offload("a"), offload("b"), offload("c")}, record, make(), keep());
    ASSERT_TRUE(results);
    EXPECT_EQ(made, (Commands{"ethtool -K eth0 a off", "ethtool -K eth0 c off"}));
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[0].steps.size(), 3U);
    EXPECT_EQ(kept[1].steps.size(), 2U);
    EXPECT_EQ((*results)[1].error, "the driver will not");
    EXPECT_EQ((*results)[0].error, "");
}

TEST_F(TuneRun, ChangesNothingWithoutARecord) {
    disk_full = true;
    const auto results = apply_steps({offload("a")}, record, make(), keep());
    ASSERT_FALSE(results);
    EXPECT_EQ(results.error().what, "disk full");
    EXPECT_TRUE(made.empty());
}

TEST_F(TuneRun, WhatWasSetBeforeTheFirstTuningStays) {
    ASSERT_TRUE(apply_steps({offload("a")}, record, make(), keep()));
    auto again = offload("a");
    again.undo.value = "half";
    again.to = "more";
    ASSERT_TRUE(apply_steps({again}, record, make(), keep()));
    ASSERT_EQ(record.steps.size(), 1U);
    EXPECT_EQ(record.steps[0].undo.value, "on");
    EXPECT_EQ(record.steps[0].to, "more");
}

TEST_F(TuneRun, UndoesTheLastFirstAndKeepsWhatWasRefused) {
    ASSERT_TRUE(apply_steps({offload("a"), offload("b"), offload("c")}, record, make(), keep()));
    made.clear();
    refused = "b";
    const auto results = revert_steps(record, make());
    EXPECT_EQ(made, (Commands{"ethtool -K eth0 c on", "ethtool -K eth0 a on"}));
    ASSERT_EQ(results.size(), 3U);
    EXPECT_EQ(results[1].error, "the driver will not");
    EXPECT_EQ(results[0].step.from, "off");
    EXPECT_EQ(results[0].step.to, "on");
    ASSERT_EQ(record.steps.size(), 1U);
    EXPECT_EQ(record.steps[0].what, "b");
}

TEST(TuneRecord, ComesBackAsItWent) {
    TuneRecord record{.interface = "eth0", .mac = "02:00:00:00:00:02", .boot = "b", .steps = {}};
    record.add(offload("rx-lro"));
    TuneStep file;
    file.what = "RPS of queue 0";
    file.from = "f";
    file.to = "0";
    file.undo = {.kind = Change::Kind::file, .name = "/sys/x", .value = "f"};
    record.add(file);
    const auto back = parse_record(to_json(record), "x");
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_EQ(to_json(*back), to_json(record));
    EXPECT_EQ(back->steps[0].undo, record.steps[0].undo);
    EXPECT_EQ(back->steps[1].undo, record.steps[1].undo);
}

TEST(TuneRecord, RefusesWhatIsNone) {
    TuneRecord record{.interface = "eth0", .mac = "m", .boot = "b", .steps = {}};
    record.add(offload("rx-lro"));
    const auto good = to_json(record);
    const auto changed = [&](const std::string& from, const std::string& to) {
        auto text = good;
        const auto at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        return text.replace(at, from.size(), to);
    };
    const std::string texts[] = {"",
                                 "{",
                                 "[]",
                                 "null",
                                 good.substr(0, good.size() / 2),
                                 changed("\"version\": 1", "\"version\": 2"),
                                 changed("\"offload\"", "\"format\""),
                                 changed("\"mac\": \"m\"", "\"mac\": 7"),
                                 changed("\"undo\"", "\"redo\"")};
    for (const auto& text : texts) {
        const auto parsed = parse_record(text, "/var/lib/xdpmirror/tune-eth0.json");
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(
            parsed.error().what,
            "/var/lib/xdpmirror/tune-eth0.json is not a record of tune; what it was set to is "
            "lost, remove it: rm /var/lib/xdpmirror/tune-eth0.json");
    }
}

TEST(Change, WordsAndNumbers) {
    using Numbers = std::vector<std::pair<std::string, std::uint32_t>>;
    EXPECT_EQ(*numbers_of("rx 4 tx 2"), (Numbers{{"rx", 4}, {"tx", 2}}));
    for (const auto* bad : {"", "rx", "rx 4 tx", "rx four", "rx -"})
        EXPECT_FALSE(numbers_of(bad)) << bad;
}

TEST(Change, ErrorsNameTheCommandAndTheAnswer) {
    const struct {
        Change change;
        const char* what;
        int code;
    } kRows[] = {
        {{.kind = Change::Kind::file, .name = "/nowhere/rp_filter", .value = "0"},
         "'echo 0 > /nowhere/rp_filter' failed: open /nowhere/rp_filter",
         ENOENT},
        {{.kind = Change::Kind::channels, .interface = "nosuch", .value = "rx 4"},
         "'ethtool -L nosuch rx 4' failed: read the channels of 'nosuch'",
         ENODEV},
        {{.kind = Change::Kind::channels, .interface = "nosuch", .value = "rx four"},
         "'ethtool -L nosuch rx four' failed: 'rx four' is not a list of numbers",
         0},
        {{.kind = Change::Kind::rings, .interface = "nosuch", .value = "rx 4 tx 4"},
         "'ethtool -G nosuch rx 4 tx 4' failed: read the rings of 'nosuch'",
         ENODEV},
        {{.kind = Change::Kind::rings, .interface = "nosuch", .value = "many"},
         "'ethtool -G nosuch many' failed: 'many' is not a list of numbers",
         0},
        {{.kind = Change::Kind::adaptive, .interface = "nosuch", .value = "on"},
         "'ethtool -C nosuch adaptive-rx on' failed: read the interrupt moderation of 'nosuch'",
         ENODEV},
        {{.kind = Change::Kind::udp_hash, .interface = "nosuch", .value = "on"},
         "'ethtool -N nosuch rx-flow-hash udp4 sdfn' failed: set the flow hash of 'nosuch'",
         ENODEV},
        {{.kind = Change::Kind::offload, .interface = "lo", .name = "rx-nothing", .value = "off"},
         "'ethtool -K lo rx-nothing off' failed: this kernel knows no offload 'rx-nothing'",
         0},
    };
    for (const auto& row : kRows) {
        const auto made = make_change(row.change);
        ASSERT_FALSE(made) << row.what;
        EXPECT_EQ(made.error().what, row.what);
        EXPECT_EQ(made.error().code.value(), row.code) << row.what;
    }
}

TEST(Change, WritesAFile) {
    const auto path = testing::TempDir() + "xm_change_test";
    std::ofstream(path) << "1";
    ASSERT_TRUE(make_change({.kind = Change::Kind::file, .name = path, .value = "0"}));
    EXPECT_EQ(first_line(path), "0");
    std::remove(path.c_str());
}

TEST(Change, KindsHaveNamesOfTheirOwn) {
    for (int i = 0; i <= static_cast<int>(Change::Kind::bpffs); ++i) {
        const auto kind = static_cast<Change::Kind>(i);
        EXPECT_EQ(change_kind(to_text(kind)), kind) << i;
    }
    EXPECT_FALSE(change_kind("format"));
}

TEST(DeviceFacts, BitsOfSysfs) {
    EXPECT_EQ(parse_bits("0110"), 6U);
    EXPECT_EQ(parse_bits(std::string(32, '0') + "1"), 1ULL << 32);
    EXPECT_FALSE(parse_bits(""));
    EXPECT_FALSE(parse_bits("0120"));
}

TEST(EnaVersion, TwoLines) {
    EXPECT_TRUE(ena_version("2.17.0g").at_least(2, 17));
    EXPECT_TRUE(ena_version("3.0.1g").at_least(2, 17));
    EXPECT_FALSE(ena_version("2.14.0g").at_least(2, 17));
    for (const auto* in_tree : {"6.1.0-56-cloud-amd64", "6.12.30", "", "2.14.0K"})
        EXPECT_FALSE(ena_version(in_tree).out_of_tree) << in_tree;
}

TEST(TuneReport, SaysWhatWasRefused) {
    TuneReport report;
    report.interface = "eth0";
    report.did = TuneReport::Did::apply;
    report.results = {{offload("a"), ""}, {offload("b"), "'ethtool -K eth0 b off' failed: no"}};
    report.notes = {"something"};
    EXPECT_EQ(tune_text(report),
              "eth0: 1 changed, 1 refused; --revert undoes it\n"
              "  what  from  to   command\n"
              "  a     on    off  ethtool -K eth0 a off\n"
              "  b     on    off  REFUSED 'ethtool -K eth0 b off' failed: no\n"
              "  note: something\n");
    const auto json = tune_json(report);
    EXPECT_EQ(json["did"], "apply");
    EXPECT_EQ(json["refused"], 1);
    EXPECT_EQ(json["steps"][0]["done"], true);
    EXPECT_EQ(json["steps"][1]["done"], false);
    EXPECT_EQ(json["steps"][1]["error"], "'ethtool -K eth0 b off' failed: no");
    report.did = TuneReport::Did::nothing;
    report.results.pop_back();
    EXPECT_EQ(tune_json(report)["steps"][0]["done"], false);
    EXPECT_TRUE(tune_text(report).starts_with("eth0: 1 to change; nothing was, --apply does it\n"));
}

}  // namespace
}  // namespace xdpmirror::test
