// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The commit is the link's new program: a loader that is killed before it leaves a configuration that nothing
// runs, one that is killed after it leaves the former one; sweep() clears the one and the other.
#include "loader/reload.h"

#include <chrono>
#include <thread>

#include "loader/attachment_books.h"
#include "loader/change_journal.h"
#include "loader/configuration.h"
#include "loader/former.h"
#include "loader/link_hook.h"
#include "loader/lock.h"
#include "loader/privileges.h"
#include "loader/state_dir.h"

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;

// Packets that the former program has handed over are on their way to its tc program: they are in the backlog
// of a CPU, or merged by GRO, for some milliseconds at most.
constexpr auto kInFlight = 100ms;

// Others that change the interface at this moment have so long to end.
constexpr auto kPatience = 5s;

Running running_of(const Attached& attached) {
    return {.directory = attached.directory,
            .meta = attached.meta,
            .config = attached.profile.config,
            .is_other = attached.is_other};
}

// Clears what was placed unless it came to run.
class Undo {
  public:
    Undo(const std::string& interface, const Attached& running) : interface_(interface), running_(running) {}
    Undo(const Undo&) = delete;
    Undo& operator=(const Undo&) = delete;
    ~Undo() {
        if (!done_) static_cast<void>(sweep(interface_, running_of(running_)));
    }
    void keep() { done_ = true; }

  private:
    const std::string& interface_;
    const Attached& running_;
    bool done_ = false;
};

Result<> swap(const StateDir& state, const PinDir& former, const PinDir& directory, const DataPlane& plane,
              const std::string& interface) {
    if (auto pinned = directory.pin(plane.program_fd(), "program"); !pinned) return pinned;
    auto link = state.open("link");
    if (!link) return link.error();
    auto before = former.open("program");
    if (!before) return before.error();
    return replace_program(link->get(), plane.program_fd(), before->get(), interface);
}

// Beside what runs, up to the point where nothing can be undone, and beyond.
Result<> put_in_place(Configuration& built, const Profile& profile, const StateDir& state, const LinkInfo& link,
                      const Former& former, ChangeJournal& change) {
    const auto& running = former.attached;
    auto& notes = built.resolution.notes;
    Undo undo(link.name, running);
    auto directory = state.create_next();
    if (!directory) return directory.error();
    auto secret = read_secret(running.directory);
    if (!secret) return secret.error();
    const auto watched = handed_over(running.profile.config, *secret);
    if (auto placed = place_configuration(built, profile.config, state, *directory, link, {watched}); !placed)
        return placed;
    if (running.is_other) {
        if (auto kept = keep_books(state, running.directory, running.meta.layout_hash); !kept) return kept;
    }
    change.about_to(built.meta.configured_ns, notes);
    if (auto swapped = swap(state, running.directory, *directory, built.plane, link.name); !swapped) return swapped;
    undo.keep();
    change.in_force(notes);
    if ((running.meta.features & (XM_FEATURE_HANDOVER | XM_FEATURE_COPIES)) != 0) std::this_thread::sleep_for(kInFlight);
    const Running now{.directory = *directory, .meta = built.meta, .config = profile.config};
    const auto before = running_of(running);
    if (auto swept = sweep(link.name, now, &before); !swept)
        notes.push_back("the new configuration is in force, but what is left of the former one could not be cleared: " +
                        one_line(swept.error()) + "; the next reload tries again");
    return Ok{};
}

Result<std::vector<std::string>> reload(const ReloadRequest& request, const Profile& profile, ChangeJournal& change) {
    if (auto allowed = require_capabilities(); !allowed) return allowed.error();
    if (auto mounted = require_bpffs(); !mounted) return mounted.error();
    auto link = find_ingress(request.interface);
    if (!link) return link.error();
    auto lock = lock_interface_within(link->name, kPatience);
    if (!lock) return lock.error();
    const StateDir state(link->name);
    auto former = read_former(link->name);
    if (!former) return former.error();
    const auto& running = former->attached;
    change.was(running.profile.effective_json);
    if (request.dry_run) change.stays();
    if (running.meta.kind == XM_ATTACH_DISPATCHER)
        return Error{"'" + link->name + "' is attached behind a libxdp dispatcher, which cannot replace a program; "
                     "detach it and attach it anew, or attach it without --shared"};
    const Hook hook{.mode = static_cast<xm_attach_mode>(running.meta.mode), .kind = XM_ATTACH_LINK};
    std::vector<std::string> notes;
    if (!request.dry_run) {
        if (auto swept = sweep(link->name, running_of(running)); !swept) return swept.error();
        change.settle(running.meta.configured_ns, notes);
    }
    auto built = build_configuration(profile, *link, hook, &*former);
    if (!built) return built.error();
    if (!request.dry_run) {
        if (auto put = put_in_place(*built, profile, state, *link, *former, change); !put) return put.error();
    }
    notes.insert(notes.end(), built->resolution.notes.begin(), built->resolution.notes.end());
    return notes;
}

}  // namespace

Result<std::vector<std::string>> reload(const ReloadRequest& request, const Profile& profile) {
    ChangeJournal change(request.dry_run ? request.command + " --dry-run" : request.command, request.interface, &profile);
    auto notes = reload(request, profile, change);
    change.done(notes);
    return notes;
}

}  // namespace xdpmirror
