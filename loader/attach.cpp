// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The pinned link (or, behind a dispatcher, the pinned program) is the commit: until it is there a
// killed loader leaves pins that the next attach clears, and a hook that the kernel has freed.
#include "loader/attach.h"

#include <optional>

#include "loader/change_journal.h"
#include "loader/configuration.h"
#include "loader/confirm.h"
#include "loader/daemon/run_file.h"
#include "loader/dispatcher_hook.h"
#include "loader/handover.h"
#include "loader/kernel.h"
#include "loader/link_hook.h"
#include "loader/lock.h"
#include "loader/occupied.h"
#include "loader/privileges.h"
#include "loader/stub.h"
#include "loader/templates/template_file.h"

namespace xdpmirror {
namespace {

// Behind a dispatcher it takes the place of `link` as the pin that says: attached.
constexpr const char* kExtension = "extension";

// Frees the hook, also of half a state.
Result<> unhook(const StateDir& state) {
    if (auto link = state.open("link"); link) return detach_link(link->get());
    auto extension = state.open(kExtension);
    if (!extension) return Ok{};
    auto current = state.current();
    auto meta = current ? read_meta(*current) : Result<xm_meta>(current.error());
    if (!meta) return meta.error();
    return detach_from_dispatcher(extension->get(), meta->ifindex, static_cast<xm_attach_mode>(meta->mode));
}

// Takes away what stands beside hook and pins, for every configuration, whole or not.
Result<> clear_beside(const StateDir& state, const std::string& interface, std::optional<unsigned> ifindex) {
    for (const auto& configuration : state.configurations()) {
        if (const auto meta = read_meta(configuration); meta && !ifindex) ifindex = meta->ifindex;
        if (auto removed = remove_rules(rules_in(configuration), interface); !removed) return removed;
    }
    if (!ifindex) return Ok{};
    return clear_handover(state, *ifindex);
}

// Removes what was pinned unless the attachment was completed.
class Undo {
  public:
    Undo(const StateDir& state, const LinkInfo& ingress) : state_(state), ingress_(ingress) {}
    Undo(const Undo&) = delete;
    Undo& operator=(const Undo&) = delete;
    ~Undo() {
        if (done_) return;
        static_cast<void>(clear_beside(state_, ingress_.name, ingress_.ifindex));
        end_trial(ingress_.name);
        static_cast<void>(state_.remove_all());
    }
    void keep() { done_ = true; }

  private:
    const StateDir& state_;
    const LinkInfo& ingress_;
    bool done_ = false;
};

// A state whose hook is gone (the interface was deleted, or a loader died half way) is cleared.
Result<> refuse_second(const StateDir& state, const LinkInfo& ingress) {
    const std::string& interface = ingress.name;
    if (!state.exists()) return Ok{};
    bool held = state.has(kExtension);
    if (auto link = state.open("link"); link) {
        auto ifindex = link_ifindex(link->get());
        held = ifindex && *ifindex != 0;
    }
    if (held)
        return Error{"interface '" + interface + "' is already attached; see `xdpmirror status " +
                     interface + "`, give it the profile: xdpmirror reload " + interface +
                     ", or detach it first: xdpmirror detach " + interface};
    if (auto cleared = clear_beside(state, interface, ingress.ifindex); !cleared) return cleared;
    return state.remove_all();
}

// libxdp has loaded another program than the one that is described.
Result<> describe_again(const PinDir& directory, DataPlane& plane, int program_fd) {
    auto meta = read_meta(directory);
    if (!meta) return meta.error();
    if (auto named = name_program(*meta, program_fd); !named) return named;
    return plane.describe(*meta);
}

// The commit: see the top of this file.
Result<> hook_up(const AttachRequest& request, DataPlane& plane, const LinkInfo& link,
                 const StateDir& state, const PinDir& directory) {
    if (request.kind == XM_ATTACH_DISPATCHER) {
        auto program = attach_behind_dispatcher(plane, link.ifindex, link.name, request.mode);
        if (!program) return program.error();
        auto pinned = directory.remove("xm_egress");
        if (pinned) pinned = directory.pin_to_read(plane.map_fd("xm_egress"), "xm_egress");
        if (pinned) pinned = describe_again(directory, plane, program->get());
        if (pinned) pinned = directory.pin(program->get(), "program");
        if (pinned) pinned = state.show(directory);
        if (pinned) pinned = state.pin(program->get(), kExtension);
        if (!pinned)
            static_cast<void>(detach_from_dispatcher(program->get(), link.ifindex, request.mode));
        return pinned;
    }
    if (auto pinned = directory.pin(plane.program_fd(), "program"); !pinned) return pinned.error();
    if (auto shown = state.show(directory); !shown) return shown;
    auto hook = attach_link(plane.program_fd(), link.ifindex, link.name, request.mode);
    if (!hook) return hook.error();
    return state.pin(hook->get(), "link");
}

// As hook_up, in the place of what --force replaces; that comes back if we cannot have it.
Result<> hook_up_instead(const AttachRequest& request, DataPlane& plane, const LinkInfo& link,
                         const StateDir& state, const PinDir& directory, std::vector<std::string>& notes) {
    if (!request.force) return hook_up(request, plane, link, state, directory);
    auto evicted = evict(link, {.kind = request.kind, .force = true});
    if (!evicted) return evicted.error();
    auto hooked = hook_up(request, plane, link, state, directory);
    if (!hooked) {
        if (auto back = restore(link, *evicted); !back)
            return Error{hooked.error().what + "; " + back.error().what, back.error().code};
        return hooked;
    }
    for (const auto& [occupant, program] : *evicted)
        notes.push_back("replaced " + to_text(occupant) + " on '" + link.name +
                        "'; detach does not bring it back");
    return Ok{};
}

Result<std::vector<std::string>> attach(const AttachRequest& request, const Profile& profile, ChangeJournal& change) {
    if (auto allowed = require_capabilities(); !allowed) return allowed.error();
    if (auto mounted = require_bpffs(); !mounted) return mounted.error();
    auto link = find_ingress(request.interface);
    if (!link) return link.error();
    auto lock = lock_interface(link->name);
    if (!lock) return lock.error();
    const StateDir state(link->name);
    if (auto free = refuse_second(state, *link); !free) return free.error();
    if (auto free = refuse_occupied(*link, {.kind = request.kind, .force = request.force}); !free)
        return free.error();
    auto built = build_configuration(profile, *link, {.mode = request.mode, .kind = request.kind}, nullptr);
    if (!built) return built.error();

    Undo undo(state, *link);
    end_trial(link->name);  // of an attachment that is no more
    remove_pins(link->name);
    remove_templates(link->name);
    if (auto created = state.create(); !created) return created.error();
    auto directory = state.create_next();
    if (!directory) return directory.error();
    if (auto placed = place_configuration(*built, profile.config, state, *directory, *link, {}); !placed)
        return placed.error();
    auto& notes = built->resolution.notes;
    change.settle(0, notes);
    change.about_to(built->meta.configured_ns, notes);
    if (request.before_hook) {
        auto note = request.before_hook(link->name, built->meta.attached_ns);
        if (!note) return note.error();
        if (!note->empty()) notes.push_back(*note);
    }
    if (auto hooked = hook_up_instead(request, built->plane, *link, state, *directory, notes); !hooked)
        return blame_kernel(hooked.error());
    undo.keep();
    change.in_force(notes);
    return notes;
}

// A command that was killed behind its commit has not said in the history that it was done; one that was killed before
// has left what never came into force.
void settle(const StateDir& state, ChangeJournal& change) {
    std::vector<std::string> notes;  // what cannot be written down does not keep anybody from detaching
    const auto current = state.current();
    const auto meta = current ? read_meta(*current) : Result<xm_meta>(current.error());
    const bool runs = state.has("link") || state.has("extension");
    if (meta) return change.settle(meta->configured_ns, notes);
    if (!runs) change.settle(0, notes);
}

}  // namespace

Result<std::vector<std::string>> attach(const AttachRequest& request, const Profile& profile) {
    ChangeJournal change(request.command, request.interface, &profile);
    auto notes = attach(request, profile, change);
    change.done(notes);
    return notes;
}

Result<> detach(const std::string& interface) {
    if (auto allowed = require_capabilities(); !allowed) return allowed.error();
    const StateDir state(interface);
    if (!state.exists())
        return Error{"nothing is attached to " + interface + "; see what is: xdpmirror status"};
    ChangeJournal change("detach", interface, nullptr);
    auto lock = lock_interface(interface);
    if (lock) settle(state, change);
    auto done = lock ? detach(interface, *lock) : Result<>(lock.error());
    change.done(done);
    return done;
}

Result<> detach(const std::string& interface, const UniqueFd&) {
    const StateDir state(interface);
    if (auto freed = unhook(state); !freed) return freed.error();
    if (auto cleared = clear_beside(state, interface, std::nullopt); !cleared) return cleared;
    if (auto released = release_stubs(state, interface, nullptr); !released) return released.error();
    end_trial(interface);
    remove_pins(interface);
    remove_templates(interface);
    return state.remove_all();
}

}  // namespace xdpmirror
