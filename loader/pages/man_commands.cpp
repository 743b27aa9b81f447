// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Commands and options of xdpmirror(8).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "loader/pages/pages.h"
#include "loader/pages/roff.h"

namespace xdpmirror::pages {
namespace {

std::string names_of(const Option& option) {
    std::string out;
    for (const auto& name : option.names) out += (out.empty() ? "" : ", ") + roff_bold(name);
    return out;
}

std::string value_of(const Option& option) {
    if (option.choices.empty()) return roff_italic(option.placeholder);
    std::string out;
    for (const auto& choice : option.choices) out += (out.empty() ? "" : "|") + roff_bold(choice);
    return out;
}

std::string usage(const Command& command) {
    std::string line = roff_bold("xdpmirror " + command.path);
    for (const auto& option : command.options) {
        if (option.names.back() == "--help") continue;
        std::string one = roff_bold(option.names.back());
        if (!option.is_flag()) one += "\\ " + value_of(option);
        if (!option.positional.empty()) one = value_of(option) + "|" + one;
        line += option.required ? " " + one : " [" + one + "]";
    }
    for (const auto& positional : command.positionals) {
        if (!positional.names.empty()) continue;
        line +=
            positional.required ? " " + value_of(positional) : " [" + value_of(positional) + "]";
    }
    return line;
}

std::string sentence(const Option& option) {
    auto text = option.description;
    if (!option.choices.empty() && text.find(option.choices.front()) == std::string::npos)
        text +=
            fmt::format("{}one of {}", text.empty() ? "" : ": ", fmt::join(option.choices, ", "));
    if (text.empty()) text = "no value";
    if (option.required && !option.names.empty()) text += " (required)";
    return roff(text);
}

std::string entries(const Command& command) {
    std::string out;
    for (const auto& positional : command.positionals)
        if (positional.names.empty()) out += roff_entry(value_of(positional), sentence(positional));
    for (const auto& option : command.options) {
        if (option.names.back() == "--help" && !command.path.empty()) continue;
        auto tag = names_of(option);
        if (!option.is_flag()) tag += " " + value_of(option);
        if (!option.positional.empty()) tag = value_of(option) + ", " + tag;
        out += roff_entry(tag, sentence(option));
    }
    return out;
}

}  // namespace

std::string man_commands(const Command& program) {
    std::string out = ".SH OPTIONS\n" + entries(program) + ".SH COMMANDS\nEvery command takes " +
                      roff_bold("--help") + ".\n";
    for (const auto* command : all_commands(program)) {
        if (command->path.empty() || command->needs_command) continue;  // only with another word
        out += ".SS " + roff(command->path) + "\n" + usage(*command) + "\n.PP\n" +
               roff(command->description) + ".\n" + entries(*command);
    }
    return out;
}

std::string man_examples(const std::string& footer) {
    const auto begin = footer.find('\n') + 1;  // the first line is a heading
    const auto text = footer.substr(begin, footer.find_last_not_of('\n') + 1 - begin);
    return ".nf\n" + roff(text) + "\n.fi\n";
}

}  // namespace xdpmirror::pages
