// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Every sentence of config/messages.h is reached by some case, and there are no other sentences.
#include "config/messages.h"

#include <gtest/gtest.h>

#include <set>

#include "error_cases.h"

namespace xdpmirror::test {
namespace {

// A template's fixed pieces, with "{}" and "{0}" cut out and "{{" as it is printed.
std::vector<std::string> pieces_of(std::string_view text) {
    std::vector<std::string> pieces(1);

    for (std::size_t i = 0; i < text.size(); i++) {
        if (text[i] == '{' && text.substr(i, 2) != "{{") {
            i = text.find('}', i);
            pieces.emplace_back();
            continue;
        }
        pieces.back() += text[i];
        if (text.substr(i, 2) == "{{" || text.substr(i, 2) == "}}") {
            i++;
        }
    }
    return pieces;
}

// `line` may have a place before the sentence.
bool is_made_from(const std::string& line, std::string_view text) {
    const auto pieces = pieces_of(text);
    std::size_t at = line.find(pieces.front());

    if (at == std::string::npos || (at != 0 && !pieces.front().empty() &&
                                    line.substr(0, at).find(": ") == std::string::npos)) {
        return false;
    }
    for (const std::string& piece : pieces) {
        at = line.find(piece, at);
        if (at == std::string::npos) {
            return false;
        }
        at += piece.size();
    }
    return line.ends_with(pieces.back());
}

// What was really said, by running all cases.
std::vector<std::string> all_lines() {
    std::vector<std::string> lines = {foreign_schema_error()};

    for (const ErrorCase& c : error_cases()) {
        lines.push_back(parse_error(c.text, c.variables));
    }
    for (const FileCase& c : file_cases()) {
        lines.push_back(file_error(c));
    }
    for (const LimitCase& c : limit_cases()) {
        const auto plan = make_plan(c.config);
        lines.push_back(plan ? "" : plan.error().what);
    }
    for (const WarningCase& c : warning_cases()) {
        const auto warnings = warnings_of(parse_good(c.text));
        lines.insert(lines.end(), warnings.begin(), warnings.end());
    }
    return lines;
}

TEST(Messages, EachIsReachedAndThereAreNoOthers) {
    std::set<std::string_view> reached;

    for (const std::string& line : all_lines()) {
        const std::size_t before = reached.size();
        std::size_t made_from = 0;
        for (const MessageTemplate& message : kMessageTemplates) {
            if (is_made_from(line, message.text)) {
                reached.insert(message.id);
                made_from++;
            }
        }
        EXPECT_EQ(made_from, 1U) << "of the sentences fit: " << line << " (reached " << before
                                 << ")";
    }
    for (const MessageTemplate& message : kMessageTemplates) {
        EXPECT_TRUE(reached.contains(message.id))
            << message.id << " is never said: " << message.text;
    }
}

TEST(Messages, AreOneLineWithoutAFullStop) {
    for (const MessageTemplate& message : kMessageTemplates) {
        EXPECT_EQ(message.text.find('\n'), std::string_view::npos) << message.id;
        EXPECT_FALSE(message.text.ends_with('.')) << message.id;
    }
}

}  // namespace
}  // namespace xdpmirror::test
