// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Completion for zsh: a function for each command, in _arguments' own words.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "loader/pages/pages.h"

namespace xdpmirror::pages {
namespace {

constexpr const char* kHead = R"sh(#compdef xdpmirror
# written by xdpmirror_pages
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

_xdpmirror_interfaces() {
    local -a names=(/sys/class/net/*(N-/:t))
    _describe -t interfaces interface names
}

_xdpmirror_profiles() {
    local -a names=(${XDPMIRROR_CONFIG_DIR:-/etc/xdpmirror}/*.yaml(N:t:r))
    _alternative 'profiles:profile:compadd -a names' 'files:file:_files -g "*.(yaml|yml)"'
}

)sh";

// Inside '...' of _arguments: ':', '[', ']' and the quote have meanings.
std::string quoted(const std::string& text) {
    std::string out;
    for (const char one : text) {
        if (one == '\'')
            out += "'\\''";
        else if (std::string(":[]\\").find(one) != std::string::npos)
            out += std::string("\\") + one;
        else
            out += one;
    }
    return out;
}

std::string function(const Command& command) {
    auto name = command.path;
    std::replace(name.begin(), name.end(), ' ', '_');
    return "_xdpmirror" + (name.empty() ? "" : "__" + name);
}

std::string action(const Option& option) {
    switch (option.offer) {
        case Offer::nothing:
            return " ";
        case Offer::interfaces:
            return "_xdpmirror_interfaces";
        case Offer::profiles:
            return "_xdpmirror_profiles";
        case Offer::files:
            return "_files";
        case Offer::choices:
            break;
    }
    return fmt::format("({})", fmt::join(option.choices, " "));
}

std::string specification(const Option& option) {
    std::string out;
    for (const auto& name : option.names) {
        out += fmt::format("        '{}{}[{}]", name,
                           option.is_flag() ? ""
                           : name[1] == '-' ? "="
                                            : "+",
                           quoted(option.description));
        if (!option.is_flag()) out += fmt::format(":{}:{}", option.placeholder, action(option));
        out += "' \\\n";
    }
    return out;
}

std::string commands_function(const Command& command) {
    std::string out = function(command) + "_commands() {\n    local -a commands=(\n";
    for (const auto& sub : command.commands)
        out += fmt::format("        '{}:{}'\n", sub.name(), quoted(sub.description));
    out += "    )\n    _describe -t commands command commands\n";
    for (const auto& positional : command.positionals)
        if (positional.offer == Offer::interfaces) out += "    _xdpmirror_interfaces\n";
    return out + "}\n\n";
}

std::string branches(const Command& command) {
    std::string out = "    case $state in\n    rest)\n        case $words[1] in\n";
    for (const auto& sub : command.commands)
        out += fmt::format("        {}) {} ;;\n", sub.name(), function(sub));
    return out + "        esac\n        ;;\n    esac\n";
}

std::string command_function(const Command& command) {
    const bool branching = !command.commands.empty();
    std::string out = function(command) + "() {\n";
    if (branching) out += "    local curcontext=$curcontext state line\n    typeset -A opt_args\n";
    out += std::string("    _arguments ") + (branching ? "-C " : "") + "\\\n";
    for (const auto& option : command.options) out += specification(option);
    if (branching) {
        out += "        '1: :" + function(command) + "_commands' \\\n        '*:: :->rest'\n";
        return out + branches(command) + "}\n\n";
    }
    for (const auto& positional : command.positionals)
        out += fmt::format("        ':{}:{}' \\\n", quoted(positional.description),
                           action(positional));
    out.erase(out.rfind(" \\\n"), 2);
    return out + "}\n\n";
}

}  // namespace

std::string zsh_completion(const Command& program) {
    std::string out = kHead;
    for (const auto* command : all_commands(program)) {
        if (!command->commands.empty()) out += commands_function(*command);
        out += command_function(*command);
    }
    return out + "_xdpmirror \"$@\"\n";
}

}  // namespace xdpmirror::pages
