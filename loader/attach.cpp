// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The pinned link (or, behind a dispatcher, the pinned program) is the commit: until it is there a
// killed loader leaves pins that the next attach clears, and a hook that the kernel has freed.
#include "loader/attach.h"

#include <linux/netlink.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "config/plan.h"
#include "loader/confirm.h"
#include "loader/copies.h"
#include "loader/daemon/run_file.h"
#include "loader/data_plane.h"
#include "loader/dispatcher_hook.h"
#include "loader/handover.h"
#include "loader/kernel.h"
#include "loader/link.h"
#include "loader/link_hook.h"
#include "loader/lock.h"
#include "loader/occupied.h"
#include "loader/pools/overrides.h"
#include "loader/privileges.h"
#include "loader/redirect_watch.h"
#include "loader/resolve.h"
#include "loader/routing_rules.h"
#include "loader/state_dir.h"
#include "loader/stub.h"
#include "loader/templates/template_file.h"
#include "loader/version.h"
#include "loader/view.h"
#include "maps/array.h"
#include "maps/layout_hash.h"

namespace xdpmirror {
namespace {

// Takes away what stands beside hook and pins: the tc program, and the routing rules that no other
// attachment needs.
Result<> clear_handover(const StateDir& state, const std::string& interface, unsigned ifindex,
                        const RoutingRules& rules) {
    if (auto freed = detach_handover(state, ifindex); !freed) return freed;
    return remove_rules(rules, interface);
}

// Those of a state, or of half a one.
RoutingRules rules_of(const std::string& interface, std::uint32_t features) {
    const auto attached = read_attached(interface);  // one that cannot be read has none that we know
    return routing_rules(attached ? attached->profile.config : Config{}, features);
}

// Removes what was pinned unless the attachment was completed.
class Undo {
  public:
    Undo(const StateDir& state, const LinkInfo& ingress, RoutingRules rules)
        : state_(state), ingress_(ingress), rules_(std::move(rules)) {}
    Undo(const Undo&) = delete;
    Undo& operator=(const Undo&) = delete;
    ~Undo() {
        if (done_) return;
        static_cast<void>(clear_handover(state_, ingress_.name, ingress_.ifindex, rules_));
        end_trial(ingress_.name);
        static_cast<void>(state_.remove_all());
    }
    void keep() { done_ = true; }

  private:
    const StateDir& state_;
    const LinkInfo& ingress_;
    RoutingRules rules_;
    bool done_ = false;
};

Result<xm_meta> read_meta(const StateDir& state) {
    auto map = state.open("xm_meta");
    if (!map) return map.error();
    return array_get<xm_meta>(map->get(), 0);
}

Result<std::uint32_t> attach_kind(const StateDir& state) {
    auto meta = read_meta(state);
    if (!meta) return meta.error();
    return meta->kind;
}

// A state whose hook is gone (the interface was deleted, or a loader died half way) is cleared.
Result<> refuse_second(const StateDir& state, const LinkInfo& ingress) {
    const std::string& interface = ingress.name;
    if (!state.exists()) return Ok{};
    bool held = state.has("program");  // behind a dispatcher the program's pin is the commit
    if (auto link = state.open("link"); link) {
        auto ifindex = link_ifindex(link->get());
        held = ifindex && *ifindex != 0;
    } else if (auto kind = attach_kind(state); !kind || *kind != XM_ATTACH_DISPATCHER) {
        held = false;
    }
    if (held)
        return Error{"interface '" + interface + "' is already attached; see `xdpmirror status " +
                     interface + "`, or detach it first: xdpmirror detach " + interface};
    const auto meta = read_meta(state);
    const auto rules = rules_of(interface, meta ? meta->features : 0);
    if (auto cleared = clear_handover(state, interface, ingress.ifindex, rules); !cleared)
        return cleared;
    return state.remove_all();
}

Result<LinkInfo> find_ingress(const std::string& interface) {
    auto socket = NetlinkSocket::open(NETLINK_ROUTE);
    if (!socket) return socket.error();
    auto link = find_link(*socket, interface);
    if (!link) return link.error();
    if (!link->is_ethernet())
        return Error{"interface '" + link->name + "' (" + link->kind +
                     ") is not an Ethernet device; attach to the NIC that mirrored packets come in "
                     "by"};
    if (!link->up)
        return Error{"interface '" + link->name + "' is down; set it up: ip link set " +
                     link->name + " up"};
    return link;
}

std::uint64_t now_ns() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

xm_meta describe(const AttachRequest& request, const Profile& profile, const LinkInfo& link,
                 const HandoverSecret& secret, const DataPlane& plane) {
    xm_meta meta{};
    const auto copy = [](char* to, std::size_t bytes, const std::string& text) {
        std::memcpy(to, text.data(), std::min(bytes - 1, text.size()));
    };
    meta.layout_hash = layout_hash();
    meta.attached_ns = now_ns();
    meta.profile_bytes = profile.effective_json.size();
    meta.ifindex = link.ifindex;
    meta.mode = request.mode;
    meta.kind = request.kind;
    meta.features = plane.features();
    copy(meta.interface, sizeof(meta.interface), link.name);
    copy(meta.profile, sizeof(meta.profile), profile.config.name);
    copy(meta.version, sizeof(meta.version), kVersion);
    std::copy(secret.begin(), secret.end(), meta.secret);
    return meta;
}

Result<> pin_tables(const DataPlane& plane, const StateDir& state) {
    for (const auto& name : plane.map_names()) {
        if (auto pinned = state.pin(plane.map_fd(name), name); !pinned) return pinned.error();
    }
    return Ok{};
}

// The commit: see the top of this file.
Result<> hook_up(const AttachRequest& request, DataPlane& plane, const LinkInfo& link,
                 const StateDir& state) {
    if (request.kind == XM_ATTACH_DISPATCHER) {
        auto program = attach_behind_dispatcher(plane, link.ifindex, link.name, request.mode);
        if (!program) return program.error();
        auto pinned = state.remove("xm_egress");
        if (pinned) pinned = state.pin(plane.map_fd("xm_egress"), "xm_egress");
        if (pinned) pinned = state.pin(program->get(), "program");
        if (!pinned)
            static_cast<void>(detach_from_dispatcher(program->get(), link.ifindex, request.mode));
        return pinned;
    }
    if (auto pinned = state.pin(plane.program_fd(), "program"); !pinned) return pinned.error();
    auto hook = attach_link(plane.program_fd(), link.ifindex, link.name, request.mode);
    if (!hook) return hook.error();
    return state.pin(hook->get(), "link");
}

// Devices that get redirected frames, now or when they are the ones that work.
Result<> ready_targets(const Config& config, Resolution& resolution, const StateDir& state) {
    for (std::size_t i = 0; i < resolution.ways.size(); ++i) {
        auto& ways = resolution.ways[i];
        for (std::size_t way = 0; way < ways.size(); ++way) {
            if (ways[way].error || ways[way].chosen.path != XM_PATH_REDIRECT) continue;
            auto placed = ensure_redirect_target(ways[way].link, state);
            if (placed) continue;
            if (way == 0) return while_doing("egress '" + config.egress[i].name + "'", placed.error());
            resolution.notes.push_back("standby '" + config.egress[i].ways[way].interface +
                                       "' of egress '" + config.egress[i].name +
                                       "' cannot be used: " + one_line(placed.error()));
        }
    }
    return Ok{};
}

// As hook_up, in the place of what --force replaces; that comes back if we cannot have it.
Result<> hook_up_instead(const AttachRequest& request, DataPlane& plane, const LinkInfo& link,
                         const StateDir& state, std::vector<std::string>& notes) {
    if (!request.force) return hook_up(request, plane, link, state);
    auto evicted = evict(link, {.kind = request.kind, .force = true});
    if (!evicted) return evicted.error();
    auto hooked = hook_up(request, plane, link, state);
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

Result<> unhook(const StateDir& state) {
    if (auto link = state.open("link"); link) return detach_link(link->get());
    auto meta = read_meta(state);
    auto program = state.open("program");
    if (!meta || !program || meta->kind != XM_ATTACH_DISPATCHER) return Ok{};  // half of a state
    return detach_from_dispatcher(program->get(), meta->ifindex,
                                  static_cast<xm_attach_mode>(meta->mode));
}

// What an old kernel lacks shows as a bare EINVAL somewhere below; ask it only then.
Error blame_kernel(Error error) {
    if (error.code.value() != EINVAL) return error;
    const auto shortfall = kernel_shortfall(probe_kernel(), kernel_release());
    return shortfall.empty() ? error : Error{shortfall};
}

// Where packets are handed over to it.
Result<> place_tc_program(const DataPlane& plane, const Plan& plan, const LinkInfo& ingress,
                          const HandoverSecret& secret, const StateDir& state, bool counts_refusals) {
    const bool copies = (plane.features() & XM_FEATURE_COPIES) != 0;
    if (!copies && (plane.features() & XM_FEATURE_HANDOVER) == 0) return Ok{};
    auto program = copies ? load_copies(plane, plan, ingress, secret, state, counts_refusals)
                          : load_handover(ingress, secret);
    if (!program) return program.error();
    return attach_handover(state, ingress, program->get());
}

// What an operator has drained before stays so, as long as every pool has somebody left.
Result<> leave_out_drained(const Config& weighted, const Plan& plan, const Overrides& overrides,
                           Resolution& resolution) {
    const auto drained = drained_collectors(weighted, overrides);
    auto& unused = resolution.rows.unused;
    std::size_t row = 0;
    for (const auto& pool : weighted.pools) {
        bool any = false;
        for (const auto& collector : pool.collectors) {
            if (drained[row]) {
                unused[row] = true;
                resolution.notes.push_back("collector " + plan.collectors[row].label +
                                           " is drained, and not used");
            }
            any = any || (!unused[row] && collector.weight > 0);
            ++row;
        }
        if (!any)
            return Error{"no collector of pool '" + pool.name + "' is left: all are drained, have no "
                         "weight, or cannot be reached; take one back: xdpmirror pools undrain " +
                         pool.name + " " + pool.collectors.front().address.text()};
    }
    return Ok{};
}

}  // namespace

Result<std::vector<std::string>> attach(const AttachRequest& request, const Profile& profile) {
    if (auto allowed = require_capabilities(); !allowed) return allowed.error();
    if (auto mounted = require_bpffs(); !mounted) return mounted.error();
    auto link = find_ingress(request.interface);
    if (!link) return link.error();
    auto overrides = read_overrides(link->name);
    if (!overrides) return overrides.error();
    const auto weighted = with_weights(profile.config, *overrides);
    auto plan = make_plan(weighted);
    if (!plan) return plan.error();
    auto lock = lock_interface(link->name);
    if (!lock) return lock.error();
    const StateDir state(link->name);
    const Entry entry{.kind = request.kind, .force = request.force};
    if (auto free = refuse_second(state, *link); !free) return free.error();
    if (auto free = refuse_occupied(*link, entry); !free) return free.error();
    auto resolution = resolve(profile.config, *plan, *link);
    if (!resolution) return resolution.error();
    if (auto done = leave_out_drained(weighted, *plan, *overrides, *resolution); !done)
        return done.error();

    auto plane = DataPlane::make(*plan, resolution->rows, profile.effective_json);
    if (!plane) return blame_kernel(plane.error());
    const auto meta = describe(request, profile, *link, resolution->secret, *plane);
    if (auto said = plane->describe(meta); !said) return said.error();

    const auto rules = routing_rules(profile.config, plane->features());
    Undo undo(state, *link, rules);
    end_trial(link->name);  // of an attachment that is no more
    remove_pins(link->name);
    remove_templates(link->name);
    auto& notes = resolution->notes;
    if (auto created = state.create(); !created) return created.error();
    if (auto pinned = pin_tables(*plane, state); !pinned) return pinned.error();
    if (request.mode == XM_MODE_NATIVE) {
        if (auto ready = ready_targets(profile.config, *resolution, state); !ready)
            return ready.error();
    }
    if (auto added = add_rules(rules); !added) return added.error();
    auto unwatched = watch_redirects(state, plane->map_fd("xm_drops"), link->ifindex,
                                     marks_of(profile.config), resolution->secret);
    if (!unwatched) return unwatched.error();
    if (!unwatched->empty()) notes.push_back(*unwatched);
    if (auto placed = place_tc_program(*plane, *plan, *link, resolution->secret, state, !unwatched->empty());
        !placed)
        return placed.error();
    if (request.before_hook) {
        auto note = request.before_hook(link->name, meta.attached_ns);
        if (!note) return note.error();
        if (!note->empty()) notes.push_back(*note);
    }
    if (auto hooked = hook_up_instead(request, *plane, *link, state, notes); !hooked)
        return blame_kernel(hooked.error());
    undo.keep();
    return notes;
}

Result<> detach(const std::string& interface) {
    if (auto allowed = require_capabilities(); !allowed) return allowed.error();
    const StateDir state(interface);
    if (!state.exists())
        return Error{"nothing is attached to " + interface};
    auto lock = lock_interface(interface);
    if (!lock) return lock.error();
    return detach(interface, *lock);
}

Result<> detach(const std::string& interface, const UniqueFd&) {
    const StateDir state(interface);
    if (auto freed = unhook(state); !freed) return freed.error();
    if (auto meta = read_meta(state); meta) {
        const auto rules = rules_of(interface, meta->features);
        if (auto cleared = clear_handover(state, interface, meta->ifindex, rules); !cleared)
            return cleared;
    }
    if (auto released = release_stubs(state, interface); !released) return released.error();
    end_trial(interface);
    remove_pins(interface);
    remove_templates(interface);
    return state.remove_all();
}

}  // namespace xdpmirror
