// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Completion for fish: one line for each command, option and positional, each with the place where
// it holds.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "loader/pages/pages.h"

namespace xdpmirror::pages {
namespace {

constexpr const char* kHead = R"sh(# fish completion for xdpmirror; written by xdpmirror_pages
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

function __xdpmirror_interfaces
    for directory in /sys/class/net/*/
        basename $directory
    end
end

function __xdpmirror_profiles
    set -l directory /etc/xdpmirror
    set -q XDPMIRROR_CONFIG_DIR; and set directory $XDPMIRROR_CONFIG_DIR
    for file in $directory/*.yaml
        basename $file .yaml
    end
end

# The command typed so far and the number of words behind it: "config check|1".
function __xdpmirror_place
    set -l path
    set -l place 0
    set -l pending 0
    for word in (commandline -opc)[2..-1]
        if test $pending = 1
            set pending 0
        else if string match -q -- '-*' $word
            contains -- "$path|$word" $__xdpmirror_values; and set pending 1
        else if contains -- (string join ' ' $path $word) $__xdpmirror_commands
            set path (string join ' ' $path $word)
            set place 0
        else
            set place (math $place + 1)
        end
    end
    echo "$path|$place"
end

function __xdpmirror_in
    string match -q -- "$argv[1]|*" (__xdpmirror_place)
end

function __xdpmirror_at
    test (__xdpmirror_place) = "$argv[1]"
end

complete -c xdpmirror -f
)sh";

std::string quoted(const std::string& text) {
    std::string out;
    for (const char one : text) {
        if (one == '\'' || one == '\\') out += '\\';
        out += one;
    }
    return "'" + out + "'";
}

std::string offered(const Option& option) {
    switch (option.offer) {
        case Offer::nothing:
            return " -x";
        case Offer::interfaces:
            return " -x -a '(__xdpmirror_interfaces)'";
        case Offer::profiles:
            return " -r -F -a '(__xdpmirror_profiles)'";
        case Offer::files:
            return " -r -F";
        case Offer::choices:
            break;
    }
    return fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
}

std::string option_line(const Command& command, const Option& option) {
    auto out = fmt::format("complete -c xdpmirror -n \"__xdpmirror_in '{}'\"", command.path);
    for (const auto& name : option.names)
        out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    if (!option.is_flag()) out += offered(option);
    return out + " -d " + quoted(option.description) + "\n";
}

std::string word_line(const Command& command, std::size_t place, const std::string& rest) {
    return fmt::format("complete -c xdpmirror -n \"__xdpmirror_at '{}|{}'\"{}\n", command.path,
                       place, rest);
}

std::string lines_of(const Command& command) {
    std::string out;
    for (const auto& option : command.options) out += option_line(command, option);
    for (const auto& sub : command.commands)
        out +=
            word_line(command, 0, fmt::format(" -a {} -d {}", sub.name(), quoted(sub.description)));
    std::size_t place = 0;
    for (const auto& positional : command.positionals) {
        const auto at = place++;
        if (positional.offer == Offer::nothing) continue;
        auto rest = offered(positional);
        rest.replace(0, 3, "");  // -x and -r are for values of options
        out += word_line(command, at, rest + " -d " + quoted(positional.description));
    }
    return out;
}

}  // namespace

std::string fish_completion(const Command& program) {
    std::string values = "set -g __xdpmirror_values", commands = "set -g __xdpmirror_commands",
                lines;
    for (const auto* command : all_commands(program)) {
        if (!command->path.empty()) commands += " " + quoted(command->path);
        for (const auto& option : command->options)
            for (const auto& name : option.names)
                if (!option.is_flag()) values += " " + quoted(command->path + "|" + name);
        lines += lines_of(*command);
    }
    return kHead + values + "\n" + commands + "\n" + lines;
}

}  // namespace xdpmirror::pages
