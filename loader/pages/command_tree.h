// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The command line as a tree of values: what man page and completions are written from.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace xdpmirror::pages {

// What a shell can offer for a value.
enum class Offer { nothing, choices, interfaces, profiles, files };

struct Option {
    std::vector<std::string> names;  // with their dashes; none for a pure positional
    std::string positional;          // empty unless it may stand without a name
    std::string placeholder;         // as help and page call the value; empty for a flag
    std::string description;
    std::vector<std::string> choices;
    Offer offer = Offer::nothing;
    bool required = false;

    bool is_flag() const { return placeholder.empty(); }
};

struct Command {
    std::string
        path;  // words after the program's name: "config check"; empty for the program itself
    std::string description;
    std::vector<Option> options;  // everything with a name
    std::vector<Option> positionals;
    std::vector<Command> commands;
    bool needs_command = false;

    std::string name() const { return path.substr(path.rfind(' ') + 1); }
};

// Without what help hides.
Command read_tree(const CLI::App& app);

// The command and everything below it, parents first.
std::vector<const Command*> all_commands(const Command& root);

}  // namespace xdpmirror::pages
