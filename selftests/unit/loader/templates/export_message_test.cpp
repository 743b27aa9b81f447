// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/templates/export_message.h"

#include <gtest/gtest.h>

#include "selftests/unit/loader/templates/messages.h"

namespace xdpmirror::test {
namespace {

const Bytes kData = words({256, 12, 0x0a00, 1, 0x0a00, 2});

std::string error(const Bytes& payload) {
    const auto message = read_export_message(payload);
    return message ? "" : message.error().what;
}

TEST(ExportMessage, ReadsTemplatesOfNetflow9BetweenItsData) {
    const auto message = read_export_message(
        netflow9(4, join({kData, set(0, join({kTemplate, words({300, 1, 1, 4})})), set(1, join({kOptions9, {0, 0}}))}), 9));
    ASSERT_TRUE(message) << message.error().what;
    EXPECT_EQ(message->protocol, ExportProtocol::netflow9);
    EXPECT_EQ(message->domain, 9U);
    EXPECT_EQ(message->header.size(), 20U);
    EXPECT_EQ(message->templates, (std::vector<TemplateRecord>{{256, false, kTemplate},
                                                               {300, false, words({300, 1, 1, 4})},
                                                               {258, true, kOptions9}}));
}

TEST(ExportMessage, ReadsTemplatesOfIpfixWithFieldsOfEnterprises) {
    auto payload = ipfix(join({set(2, join({kEnterpriseTemplate, kTemplate})), set(3, kOptionsIpfix)}));
    payload.insert(payload.end(), {0xff, 0xff, 0xff, 0xff});  // beyond the message
    const auto message = read_export_message(payload);
    ASSERT_TRUE(message) << message.error().what;
    EXPECT_EQ(message->protocol, ExportProtocol::ipfix);
    EXPECT_EQ(message->domain, 7U);
    EXPECT_EQ(message->templates, (std::vector<TemplateRecord>{{257, false, kEnterpriseTemplate},
                                                               {256, false, kTemplate},
                                                               {258, true, kOptionsIpfix}}));
}

TEST(ExportMessage, WithdrawalsAndPaddingAreNoTemplates) {
    const auto message = read_export_message(ipfix(set(2, words({256, 0, 2, 0, 0, 0}))));
    ASSERT_TRUE(message) << message.error().what;
    EXPECT_TRUE(message->templates.empty());
}

TEST(ExportMessage, RefusesWhatContradictsItself) {
    EXPECT_EQ(error({}), "too short for a version");
    EXPECT_EQ(error(words({5, 1})), "version 5 is neither NetFlow v9 nor IPFIX");
    EXPECT_EQ(error(words({9, 1, 0})), "too short for its header");
    EXPECT_EQ(error(words({10, 100, 0, 0, 0, 0, 0, 0})), "says 100 bytes and has 16");
    EXPECT_EQ(error(netflow9(1, words({0, 100}))), "set 0 says 100 bytes, 4 are left");
    EXPECT_EQ(error(netflow9(1, words({0, 2}))), "set 0 says 2 bytes, 4 are left");
    EXPECT_EQ(error(netflow9(1, set(0, words({256, 9, 1, 4})))), "template 256 reaches beyond its set");
    EXPECT_EQ(error(netflow9(1, set(1, words({258, 4000, 4, 1, 4})))), "template 258 reaches beyond its set");
    EXPECT_EQ(error(netflow9(1, set(1, words({258, 4})))), "template 258 reaches beyond its set");
    EXPECT_EQ(error(ipfix(set(2, words({257, 2, 0x8001, 4, 0, 29305})))), "template 257 reaches beyond its set");
    EXPECT_EQ(error(ipfix(set(2, words({257, 1, 0x8001, 4})))), "template 257 reaches beyond its set");
    EXPECT_EQ(error(ipfix(set(3, words({258, 2})))), "template 258 reaches beyond its set");
    EXPECT_EQ(error(ipfix(set(2, words({200, 1, 8, 4})))), "a template has the reserved number 200");
}

// Cut anywhere, and with any byte changed, it is read or refused, and nothing else happens.
TEST(ExportMessage, SurvivesEveryCutAndEveryChange) {
    for (const Bytes& whole : {netflow9(3, join({set(0, kTemplate), set(1, kOptions9), kData})),
                               ipfix(join({set(2, kEnterpriseTemplate), set(3, kOptionsIpfix)}))}) {
        for (std::size_t size = 0; size <= whole.size(); ++size)
            (void)read_export_message(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
        for (std::size_t at = 0; at < whole.size(); ++at) {
            for (unsigned value = 0; value < 256; ++value) {
                Bytes changed = whole;
                changed[at] = static_cast<std::uint8_t>(value);
                (void)read_export_message(changed);
            }
        }
    }
}

std::vector<TemplateRecord> again(const std::vector<Bytes>& messages) {
    std::vector<TemplateRecord> all;
    for (const auto& bytes : messages) {
        const auto message = read_export_message(bytes);
        EXPECT_TRUE(message) << message.error().what;
        if (message) all.insert(all.end(), message->templates.begin(), message->templates.end());
    }
    return all;
}

TEST(ExportMessage, WritesTemplatesUnderTheirHeaderWithoutData) {
    const auto came = read_export_message(netflow9(3, join({set(0, kTemplate), kData, set(1, kOptions9)})));
    ASSERT_TRUE(came);
    const auto messages = write_export_messages(came->protocol, came->header, came->templates, 1400);
    ASSERT_EQ(messages.size(), 1U);
    // two records, everything else of the header as it was; the options set is padded
    EXPECT_EQ(messages[0], netflow9(2, join({set(0, kTemplate), set(1, join({kOptions9, {0, 0}}))})));
}

TEST(ExportMessage, WritesTheLengthOfIpfix) {
    const auto came = read_export_message(ipfix(set(2, join({kTemplate, kEnterpriseTemplate}))));
    ASSERT_TRUE(came);
    const auto messages = write_export_messages(came->protocol, came->header, came->templates, 1400);
    EXPECT_EQ(messages, std::vector<Bytes>{ipfix(set(2, join({kTemplate, kEnterpriseTemplate})))});
}

TEST(ExportMessage, SplitsWhatIsTooLargeAndLeavesOutWhatFitsNowhere) {
    std::vector<TemplateRecord> templates;
    for (std::uint16_t id = 300; id < 340; ++id) {
        const bool options = id % 3 == 0;
        templates.push_back({id, options, options ? words({id, 1, 1, 149, 4}) : words({id, 1, 8, 4})});
    }
    const TemplateRecord large{500, false, Bytes(200, 1)};
    auto with_large = templates;
    with_large.insert(with_large.begin() + 5, large);
    const auto header = read_export_message(ipfix({}))->header;
    const auto messages = write_export_messages(ExportProtocol::ipfix, header, with_large, 100);
    EXPECT_GT(messages.size(), 3U);
    for (const auto& message : messages) EXPECT_LE(message.size(), 100U);
    EXPECT_EQ(again(messages).size(), templates.size());
    EXPECT_TRUE(write_export_messages(ExportProtocol::ipfix, header, {large}, 100).empty());
    EXPECT_TRUE(write_export_messages(ExportProtocol::ipfix, header, {}, 100).empty());
    EXPECT_TRUE(write_export_messages(ExportProtocol::ipfix, header, templates, 0).empty());
}

}  // namespace
}  // namespace xdpmirror::test
