// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// xdpmirror_pages DATE SOURCE_DIR OUT_DIR: writes man pages and completions; part of the build, not
// installed.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/profile.h"
#include "loader/commands/commands.h"
#include "loader/pages/pages.h"
#include "loader/version.h"

namespace xdpmirror::pages {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string filled(std::string text, const std::string& mark, const std::string& with) {
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + with.size()))
        text.replace(at, mark.size(), with);
    return text;
}

bool write_file(const fs::path& path, const std::string& text) {
    std::ofstream file(path);
    file << text;
    file.close();
    if (file && !text.empty()) return true;
    fmt::print(stderr, "xdpmirror_pages: cannot write {}\n", path.string());
    return false;
}

int write_all(const std::string& date, const fs::path& source, const fs::path& out) {
    CLI::App app;
    Run run;
    add_commands(app, run);
    const auto program = read_tree(app);
    const auto page = [&](const char* name) {
        return filled(filled(read_file(source / name), "@DATE@", date), "@VERSION@", kVersion);
    };
    auto main_page = filled(page("xdpmirror.8.in"), "@COMMANDS@", man_commands(program));
    main_page = filled(main_page, "@EXAMPLES@", man_examples(app.get_footer()));
    const auto profile_page =
        filled(page("xdpmirror-profile.5.in"), "@KEYS@", man_keys(profile_schema()));
    const bool done = write_file(out / "xdpmirror.8", main_page) &&
                      write_file(out / "xdpmirror-profile.5", profile_page) &&
                      write_file(out / "xdpmirror.bash", bash_completion(program)) &&
                      write_file(out / "_xdpmirror", zsh_completion(program)) &&
                      write_file(out / "xdpmirror.fish", fish_completion(program));
    return done ? 0 : 1;
}

}  // namespace
}  // namespace xdpmirror::pages

int main(int argc, char** argv) {
    if (argc != 4) {
        fmt::print(stderr, "usage: xdpmirror_pages DATE SOURCE_DIR OUT_DIR\n");
        return 2;
    }
    return xdpmirror::pages::write_all(argv[1], argv[2], argv[3]);
}
