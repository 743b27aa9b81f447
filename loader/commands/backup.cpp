// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// xdpmirror backup [-o FILE]: everything that this node is, for `xdpmirror restore` on a bare one.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <memory>

#include "loader/backup/manifest.h"
#include "loader/backup/node_files.h"
#include "loader/commands/commands.h"
#include "loader/report.h"
#include "loader/state_dir.h"
#include "loader/version.h"
#include "loader/view.h"
#include "loader/whole_file.h"

namespace xdpmirror {
namespace {

struct BackupOptions {
    std::string path;
    bool json = false;
};

std::string host_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown";
    return name.data();
}

// "xdpmirror-node7-20261126T094124Z.tar.gz"
std::string default_path(const Manifest& manifest) {
    std::string time = utc_text(manifest.time_ns);
    std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
    return fmt::format("xdpmirror-{}-{}.tar.gz", manifest.host, time);
}

Result<std::vector<BackupAttachment>> attachments() {
    std::vector<BackupAttachment> all;
    for (const auto& interface : StateDir::interfaces()) {
        auto attached = read_attached(interface);
        if (!attached) return attached.error();
        const auto& meta = attached->meta;
        const std::string profile = meta.profile;
        if (profile.find('/') != std::string::npos)
            print_warning(interface + " is attached with " + profile +
                          ", a file that the backup does not have; its configuration is in it");
        all.push_back({.interface = interface,
                       .profile = profile,
                       .mode = meta.mode == XM_MODE_GENERIC ? "generic" : "native",
                       .shared = meta.kind == XM_ATTACH_DISPATCHER,
                       .effective_json = attached->profile.effective_json});
    }
    return all;
}

Result<Backup> make_backup() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
    auto attached = attachments();
    if (!attached) return attached.error();
    auto files = collect_node_files();
    if (!files) return files.error();
    return Backup{.manifest = {.version = kVersion,
                               .host = host_name(),
                               .time_ns = static_cast<std::uint64_t>(ns),
                               .attachments = std::move(*attached)},
                  .files = std::move(*files)};
}

Result<> run_backup(const BackupOptions& options) {
    auto backup = make_backup();
    if (!backup) return backup.error();
    auto archive = to_archive(*backup);
    if (!archive) return archive.error();
    const auto path = options.path.empty() ? default_path(backup->manifest) : options.path;
    if (auto written = write_whole_file(path, *archive, 0600); !written)
        return while_doing("no backup is written; choose another place with -o FILE", written.error());
    if (!options.json) {
        fmt::print("{}: files: {}, attachments: {}, of {}\n", path, backup->files.size(),
                   backup->manifest.attachments.size(), backup->manifest.host);
        return Ok{};
    }
    Json json = {{"file", path}, {"files", Json::array()}, {"attachments", Json::array()}};
    for (const auto& file : backup->files) json["files"].push_back("/" + file.path);
    for (const auto& one : backup->manifest.attachments)
        json["attachments"].push_back({{"interface", one.interface}, {"profile", one.profile}});
    fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
    return Ok{};
}

}  // namespace

void add_backup(CLI::App& app, Run& run) {
    auto options = std::make_shared<BackupOptions>();
    auto* command =
        app.add_subcommand("backup", "One file with profiles, history and what is attached");
    command
        ->add_option("-o,--output", options->path, "xdpmirror-HOST-TIME.tar.gz here unless given")
        ->option_text("FILE");
    command->add_flag("--json", options->json, "for scripts");
    command->callback([options, &run] { run = [options] { return run_backup(*options); }; });
}

}  // namespace xdpmirror
