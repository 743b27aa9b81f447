// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// CLI11 tells choices only as part of the type's name, "TEXT:{native,generic}".
#include "loader/pages/command_tree.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <map>

namespace xdpmirror::pages {
namespace {

std::vector<std::string> choices_in(const std::string& type) {
    const auto open = type.find('{'), close = type.find('}');
    if (open == std::string::npos || close == std::string::npos) return {};
    return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

// By the word that the command line uses for it; an unknown value of an option may be a file.
Offer offer_for(const std::string& word, bool is_option) {
    static const std::map<std::string, Offer> kOffers = {
        {"interface", Offer::interfaces}, {"way", Offer::interfaces}, {"profile", Offer::profiles},
        {"pcap", Offer::files},           {"out", Offer::files},      {"textfile", Offer::files},
        {"file", Offer::files},           {"archive", Offer::files}};
    const auto found = kOffers.find(word);
    if (found != kOffers.end()) return found->second;
    return is_option && word.ends_with("file") ? Offer::files : Offer::nothing;
}

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char one) { return static_cast<char>(std::toupper(one)); });
    return text;
}

// The type's name where it is one that says something, as TIME does and TEXT does not.
std::string placeholder(const std::string& type, const std::string& word) {
    static const std::vector<std::string> kPlain = {"TEXT", "INT", "UINT", "FLOAT", "BOOLEAN"};
    const auto name = type.substr(0, type.find(':'));
    const bool plain = std::find(kPlain.begin(), kPlain.end(), name) != kPlain.end();
    return name.empty() || plain ? upper(word) : name;
}

Option read_option(const CLI::Option& from) {
    Option option;
    for (const auto& name : from.get_snames()) option.names.push_back("-" + name);
    for (const auto& name : from.get_lnames()) option.names.push_back("--" + name);
    if (from.get_positional()) option.positional = from.get_name(true);
    option.description = from.get_description();
    option.required = from.get_required();
    const bool is_flag = from.get_items_expected_max() == 0 && option.positional.empty();
    if (is_flag) return option;
    const auto word = option.positional.empty() ? from.get_lnames().front() : option.positional;
    option.placeholder = placeholder(from.get_type_name(), word);
    option.choices = choices_in(from.get_type_name());
    option.offer = option.choices.empty() ? offer_for(word, !option.names.empty()) : Offer::choices;
    return option;
}

Command read_command(const CLI::App& app, const std::string& path) {
    Command command;
    command.path = path;
    command.description = app.get_description();
    command.needs_command = app.get_require_subcommand_min() > 0;
    for (const auto* from : app.get_options()) {
        if (from->get_group().empty()) continue;
        auto option = read_option(*from);
        if (!option.positional.empty()) command.positionals.push_back(option);
        if (!option.names.empty()) command.options.push_back(std::move(option));
    }
    for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
        if (sub->get_group().empty()) continue;
        command.commands.push_back(
            read_command(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name()));
    }
    return command;
}

}  // namespace

Command read_tree(const CLI::App& app) {
    return read_command(app, {});
}

std::vector<const Command*> all_commands(const Command& root) {
    std::vector<const Command*> all = {&root};
    for (const auto& command : root.commands) {
        const auto below = all_commands(command);
        all.insert(all.end(), below.begin(), below.end());
    }
    return all;
}

}  // namespace xdpmirror::pages
