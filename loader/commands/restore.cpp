// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// xdpmirror restore FILE: a bare node becomes the one that the backup was made of.
#include <fmt/core.h>
#include <net/if.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <memory>
#include <sstream>

#include "loader/attach.h"
#include "loader/backup/manifest.h"
#include "loader/backup/node_files.h"
#include "loader/commands/commands.h"
#include "loader/reload.h"
#include "loader/report.h"
#include "loader/state_dir.h"
#include "loader/view.h"

namespace xdpmirror {
namespace {

struct RestoreOptions {
    std::string path;
    bool dry_run = false;
    bool no_attach = false;
    bool force = false;
    bool json = false;
};

enum class AttachmentFate { attach, same, replace, missing, left_out };

struct RestorePlan {
    std::vector<FileFate> files;              // by file of the backup
    std::vector<AttachmentFate> attachments;  // by attachment of its manifest
};

const char* name_of(FileFate fate) {
    return fate == FileFate::create ? "new" : fate == FileFate::same ? "same" : "replaced";
}

const char* name_of(AttachmentFate fate) {
    switch (fate) {
        case AttachmentFate::attach:
            return "attached";
        case AttachmentFate::same:
            return "same";
        case AttachmentFate::replace:
            return "replaced";
        case AttachmentFate::missing:
            return "missing";
        default:
            return "left out";
    }
}

Result<Backup> read_backup(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const int err = errno;
    if (!file) return system_error("read backup " + path, err);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    auto backup = from_archive(bytes.str());
    if (!backup) return Error{"backup " + path + " is refused: " + backup.error().what};
    return backup;
}

AttachRequest request_of(const std::string& interface, bool is_generic, bool is_shared) {
    AttachRequest request;
    request.interface = interface;
    request.command = "restore";
    request.mode = is_generic ? XM_MODE_GENERIC : XM_MODE_NATIVE;
    request.kind = is_shared ? XM_ATTACH_DISPATCHER : XM_ATTACH_LINK;
    return request;
}

AttachRequest request_of(const BackupAttachment& attachment) {
    return request_of(attachment.interface, attachment.mode == "generic", attachment.shared);
}

AttachRequest request_of(const AttachmentView& view) {
    return request_of(view.interface, view.meta.mode == XM_MODE_GENERIC,
                      view.meta.kind == XM_ATTACH_DISPATCHER);
}

bool is_same(const AttachmentView& there, const BackupAttachment& wanted) {
    const auto is = request_of(there), want = request_of(wanted);
    return there.profile.effective_json == wanted.effective_json && is.mode == want.mode &&
           is.kind == want.kind;
}

AttachmentFate fate_of(const BackupAttachment& attachment, bool no_attach) {
    if (no_attach) return AttachmentFate::left_out;
    if (::if_nametoindex(attachment.interface.c_str()) == 0) return AttachmentFate::missing;
    if (!StateDir(attachment.interface).exists()) return AttachmentFate::attach;
    const auto there = read_view(attachment.interface);
    if (there && !there->attached)
        return AttachmentFate::attach;  // left by an interface that is gone
    return there && is_same(*there, attachment) ? AttachmentFate::same : AttachmentFate::replace;
}

Result<RestorePlan> plan_restore(const Backup& backup, const RestoreOptions& options) {
    RestorePlan plan;
    for (const auto& file : backup.files) {
        auto fate = fate_of(file);
        if (!fate) return fate.error();
        plan.files.push_back(*fate);
    }
    for (const auto& attachment : backup.manifest.attachments)
        plan.attachments.push_back(fate_of(attachment, options.no_attach));
    return plan;
}

Result<> refuse_to_replace(const Backup& backup, const RestorePlan& plan,
                           const RestoreOptions& options) {
    std::string replaced;
    const auto add = [&replaced](const std::string& what) {
        replaced += (replaced.empty() ? "" : ", ") + what;
    };
    if (options.force) return Ok{};
    for (std::size_t i = 0; i < plan.files.size(); ++i)
        if (plan.files[i] == FileFate::replace) add("/" + backup.files[i].path);
    for (std::size_t i = 0; i < plan.attachments.size(); ++i)
        if (plan.attachments[i] == AttachmentFate::replace)
            add("what is attached to " + backup.manifest.attachments[i].interface);
    if (replaced.empty()) return Ok{};
    return Error{"nothing is restored, since the backup differs from " + replaced +
                 "; replace that with --force, see what would be done with --dry-run"};
}

Result<> attach_and_warn(const AttachRequest& request, const Profile& profile) {
    auto notes = attach(request, profile);
    if (!notes) return notes.error();
    for (const auto& note : *notes) print_warning(note);
    return Ok{};
}

// In the place of what is there, which stays if that fails. What cannot be replaced without a gap is taken off.
Result<> replace(const AttachRequest& request, const Profile& profile) {
    auto there = read_view(request.interface);
    if (there && there->meta.mode == request.mode && there->meta.kind == request.kind &&
        request.kind == XM_ATTACH_LINK) {
        auto notes = reload({.interface = request.interface, .command = "restore"}, profile);
        if (!notes) return notes.error();
        for (const auto& note : *notes) print_warning(note);
        return Ok{};
    }
    if (auto off = detach(request.interface); !off) return off;
    auto done = attach_and_warn(request, profile);
    if (done || !there) return done;
    const auto back = attach_and_warn(request_of(*there), there->profile);
    return while_doing(
        request.interface + (back ? " is attached as it was before"
                                  : " is not attached any more (" + one_line(back.error()) + ")"),
        done.error());
}

// With the configuration that was in the kernel, whatever the profile's file says.
Result<> attach_again(const BackupAttachment& attachment, AttachmentFate fate) {
    auto profile = parse_effective_profile(attachment.effective_json, attachment.profile, {});
    if (!profile) return profile.error();
    const auto request = request_of(attachment);
    return fate == AttachmentFate::replace ? replace(request, *profile) : attach_and_warn(request, *profile);
}

// What could not be attached; the others are done all the same.
std::vector<std::string> attach_all(const Backup& backup, const RestorePlan& plan) {
    std::vector<std::string> failures;
    for (std::size_t i = 0; i < plan.attachments.size(); ++i) {
        const auto& attachment = backup.manifest.attachments[i];
        const auto fate = plan.attachments[i];
        if (fate == AttachmentFate::missing)
            failures.push_back("this node has no interface '" + attachment.interface + "'");
        if (fate != AttachmentFate::attach && fate != AttachmentFate::replace) continue;
        if (auto done = attach_again(attachment, fate); !done)
            failures.push_back(one_line(done.error()));
    }
    return failures;
}

Json to_json(const Backup& backup, const RestorePlan& plan) {
    Json json = {{"host", backup.manifest.host},
                 {"time", utc_text(backup.manifest.time_ns)},
                 {"version", backup.manifest.version},
                 {"files", Json::array()},
                 {"attachments", Json::array()}};
    for (std::size_t i = 0; i < plan.files.size(); ++i)
        json["files"].push_back(
            {{"path", "/" + backup.files[i].path}, {"fate", name_of(plan.files[i])}});
    for (std::size_t i = 0; i < plan.attachments.size(); ++i) {
        const auto& attachment = backup.manifest.attachments[i];
        json["attachments"].push_back({{"interface", attachment.interface},
                                       {"profile", attachment.profile},
                                       {"mode", attachment.mode},
                                       {"fate", name_of(plan.attachments[i])}});
    }
    return json;
}

void print_plan(const Backup& backup, const RestorePlan& plan) {
    fmt::print("backup of {}, {}, by xdpmirror {}\n", backup.manifest.host,
               utc_text(backup.manifest.time_ns), backup.manifest.version);
    for (std::size_t i = 0; i < plan.files.size(); ++i)
        fmt::print("  {:<9} /{}\n", name_of(plan.files[i]), backup.files[i].path);
    for (std::size_t i = 0; i < plan.attachments.size(); ++i)
        fmt::print("  {:<9} {} with profile {}\n", name_of(plan.attachments[i]),
                   backup.manifest.attachments[i].interface,
                   backup.manifest.attachments[i].profile);
}

Result<> run_restore(const RestoreOptions& options) {
    const auto began = std::chrono::steady_clock::now();
    auto backup = read_backup(options.path);
    if (!backup) return backup.error();
    auto plan = plan_restore(*backup, options);
    if (!plan) return plan.error();
    if (!options.json) print_plan(*backup, *plan);
    auto json = to_json(*backup, *plan);
    auto refused = refuse_to_replace(*backup, *plan, options);
    std::vector<std::string> failures;
    if (refused && !options.dry_run) {
        if (auto put = put_files(backup->files); !put) return put;
        failures = attach_all(*backup, *plan);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    json["failures"] = failures;
    json["seconds"] = took.count();
    if (options.json)
        fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
    else if (refused)
        fmt::print("{} in {:.1f} s\n", options.dry_run ? "nothing was changed; looked" : "restored",
                   took.count());
    if (!refused || failures.empty()) return refused;
    std::string all;
    for (const auto& failure : failures) all += (all.empty() ? "" : "; ") + failure;
    return Error{"files are restored, but not all attachments: " + all};
}

}  // namespace

void add_restore(CLI::App& app, Run& run) {
    auto options = std::make_shared<RestoreOptions>();
    auto* command = app.add_subcommand(
        "restore", "Put a backup's files in their places, and attach what was attached");
    command->add_option("file", options->path, "of xdpmirror backup")->required();
    command->add_flag("--dry-run", options->dry_run, "say what would be done, and do nothing");
    command->add_flag("--no-attach", options->no_attach, "files alone");
    command->add_flag("--force", options->force, "replace files and attachments that differ");
    command->add_flag("--json", options->json, "for scripts");
    command->callback([options, &run] { run = [options] { return run_restore(*options); }; });
}

}  // namespace xdpmirror
