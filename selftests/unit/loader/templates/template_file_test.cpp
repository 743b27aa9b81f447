// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/templates/template_file.h"

#include <gtest/gtest.h>

#include "selftests/unit/loader/templates/messages.h"

namespace xdpmirror::test {
namespace {

using namespace std::chrono_literals;

Config config_of(const std::vector<std::string>& rules) {
    Config config;
    for (const auto& rule : rules) {
        config.rules.emplace_back();
        config.rules.back().name = rule;
    }
    return config;
}

TemplateMemory some() {
    TemplateMemory memory;
    ExportStream stream;
    stream.rule = 1;
    stream.from = *IpAddress::parse("192.168.1.1");
    stream.to = *IpAddress::parse("172.16.0.10");
    stream.from_port = 50000;
    stream.to_port = 2055;
    TemplateMemory::Known packet;
    packet.hops = 61;
    packet.tos = 0xb8;
    packet.bytes = 200;
    const auto message = read_export_message(netflow9(2, join({set(0, kTemplate), set(1, kOptions9)})));
    stream.protocol = message->protocol;
    stream.domain = message->domain;
    memory.learn(stream, *message, packet, TemplateMemory::Time{1000h});
    stream.from = *IpAddress::parse("2001:db8::1");
    const auto other = read_export_message(ipfix(set(2, kEnterpriseTemplate)));
    stream.protocol = other->protocol;
    stream.rule = 0;
    memory.learn(stream, *other, packet, TemplateMemory::Time{1001h});
    return memory;
}

std::string error(const std::string& text) {
    TemplateMemory memory;
    const auto read = read_templates(text, config_of({"a", "b"}), memory);
    return read ? "" : read.error().what;
}

TEST(TemplateFile, SaysEverythingThatIsKnown) {
    const auto before = some();
    const auto text = write_templates(before, config_of({"a", "b"}));
    TemplateMemory after;
    ASSERT_TRUE(read_templates(text, config_of({"a", "b"}), after));
    ASSERT_EQ(after.streams().size(), before.streams().size());
    EXPECT_EQ(after.bytes(), before.bytes());
    for (auto a = after.streams().begin(), b = before.streams().begin(); a != after.streams().end(); ++a, ++b) {
        EXPECT_EQ(a->first, b->first);
        EXPECT_EQ(a->second.templates, b->second.templates);
        EXPECT_EQ(a->second.seen, b->second.seen);
        EXPECT_EQ(a->second.hops, 61);
        EXPECT_EQ(a->second.tos, 0xb8);
        EXPECT_EQ(a->second.bytes, 200U);
        // all but the count of records, or the length
        EXPECT_EQ(Bytes(a->second.header.begin() + 4, a->second.header.end()),
                  Bytes(b->second.header.begin() + 4, b->second.header.end()));
    }
}

TEST(TemplateFile, RulesAreKnownByName) {
    const auto text = write_templates(some(), config_of({"a", "b"}));
    TemplateMemory memory;
    ASSERT_TRUE(read_templates(text, config_of({"x", "y", "b"}), memory));
    ASSERT_EQ(memory.streams().size(), 1U);
    EXPECT_EQ(memory.streams().begin()->first.rule, 2U);
}

TEST(TemplateFile, RefusesEveryCut) {
    const auto text = write_templates(some(), config_of({"a", "b"}));
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_EQ(error(text.substr(0, size)), "it is not what xdpmirror has written");
}

TEST(TemplateFile, SurvivesEveryChange) {
    const auto text = write_templates(some(), config_of({"a", "b"}));
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (const int flip : {1, 2, 4, 8, 16, 32, 64, 128}) {
            auto changed = text;
            changed[at] = static_cast<char>(changed[at] ^ flip);
            (void)error(changed);
        }
    }
}

}  // namespace
}  // namespace xdpmirror::test
