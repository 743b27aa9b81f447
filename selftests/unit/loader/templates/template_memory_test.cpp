// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/templates/template_memory.h"

#include <gtest/gtest.h>

#include "selftests/unit/loader/templates/messages.h"

namespace xdpmirror::test {
namespace {

using namespace std::chrono_literals;

const TemplateMemory::Time kStart{1000h};

ExportMessage message(std::vector<TemplateRecord> templates, std::uint8_t header = 0) {
    return {.protocol = ExportProtocol::netflow9, .domain = 7, .header = Bytes(20, header), .templates = std::move(templates)};
}

TemplateRecord record(std::uint16_t id, std::size_t bytes = 12, std::uint8_t fill = 0) {
    return {id, false, Bytes(bytes, fill)};
}

ExportStream stream(std::uint16_t number) {
    ExportStream stream;
    stream.from_port = number;
    return stream;
}

bool learn(TemplateMemory& memory, std::uint16_t number, const ExportMessage& what, TemplateMemory::Time now = kStart) {
    TemplateMemory::Known packet;
    packet.hops = 60;
    packet.bytes = 100;
    return memory.learn(stream(number), what, packet, now);
}

TEST(TemplateMemory, KeepsTheLatestOfEachNumber) {
    TemplateMemory memory;
    EXPECT_TRUE(learn(memory, 1, message({record(256, 12, 1), record(257)}, 1)));
    EXPECT_TRUE(learn(memory, 1, message({record(256, 20, 2)}, 2)));
    EXPECT_TRUE(learn(memory, 2, message({record(256, 12, 3)})));
    const auto& known = memory.streams().at(stream(1));
    EXPECT_EQ(known.templates, (std::vector<TemplateRecord>{record(256, 20, 2), record(257)}));
    EXPECT_EQ(known.header, Bytes(20, 2));
    EXPECT_EQ(known.hops, 60);
    EXPECT_EQ(memory.streams().size(), 2U);
    EXPECT_EQ(memory.templates(), 3U);
    EXPECT_EQ(memory.bytes(), 44U);
}

TEST(TemplateMemory, NewStreamsDoNotPushOutLivingOnes) {
    TemplateMemory memory({.streams = 2, .stale = 3600s});
    EXPECT_TRUE(learn(memory, 1, message({record(256)})));
    EXPECT_TRUE(learn(memory, 2, message({record(256)})));
    EXPECT_FALSE(learn(memory, 3, message({record(256)}), kStart + 3599s));
    EXPECT_TRUE(learn(memory, 1, message({record(256)}), kStart + 3599s));
    EXPECT_TRUE(memory.streams().contains(stream(2)));
    EXPECT_TRUE(learn(memory, 3, message({record(256)}), kStart + 3601s));
    EXPECT_FALSE(memory.streams().contains(stream(2)));
    EXPECT_TRUE(memory.streams().contains(stream(1)));
    EXPECT_EQ(memory.templates(), 2U);
    EXPECT_EQ(memory.bytes(), 24U);
}

TEST(TemplateMemory, IsBoundedInTemplatesAndBytes) {
    TemplateMemory few({.templates = 2});
    EXPECT_FALSE(learn(few, 1, message({record(256), record(257), record(258)})));
    EXPECT_EQ(few.templates(), 2U);
    EXPECT_TRUE(learn(few, 1, message({record(257, 30)})));

    TemplateMemory small({.bytes = 30});
    EXPECT_TRUE(learn(small, 1, message({record(256, 20)})));
    EXPECT_FALSE(learn(small, 1, message({record(257, 20)})));
    EXPECT_FALSE(learn(small, 2, message({record(256, 20)})));
    EXPECT_FALSE(small.streams().contains(stream(2)));
    EXPECT_TRUE(learn(small, 1, message({record(256, 30)})));
    EXPECT_EQ(small.bytes(), 30U);
}

}  // namespace
}  // namespace xdpmirror::test
