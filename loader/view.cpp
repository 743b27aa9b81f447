// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// From pins to values.
#include "loader/view.h"

#include <bpf/bpf.h>
#include <linux/netlink.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "loader/attachment_books.h"
#include "loader/handover.h"
#include "loader/link_hook.h"
#include "loader/rows.h"
#include "loader/pools/pool_tables.h"
#include "loader/state_dir.h"
#include "loader/steering.h"
#include "loader/way_out.h"
#include "loader/xdp_features.h"
#include "loader/xdp_occupant.h"
#include "maps/array.h"

namespace xdpmirror {
namespace {

template <class Row>
Result<std::vector<Row>> read_rows(const PinDir& configuration, const char* name) {
    auto map = configuration.open_to_read(name);
    if (!map) return map.error();
    return xdpmirror::read_rows<Row>(map->get(), name);
}

ProgramView program_of(const xm_meta& meta) {
    ProgramView view{.id = meta.program_id, .name = "xdpmirror", .tag = {}};
    for (const auto byte : meta.program_tag) {
        std::array<char, 3> hex{};
        std::snprintf(hex.data(), hex.size(), "%02x", byte);
        view.tag += hex.data();
    }
    return view;
}

bool still_attached(const StateDir& state, const xm_meta& meta) {
    if (meta.kind == XM_ATTACH_DISPATCHER) {
        std::array<char, IF_NAMESIZE> name{};
        return ::if_indextoname(meta.ifindex, name.data()) != nullptr;
    }
    auto link = state.open("link");
    if (!link) return is_on(meta.program_id, meta.ifindex);
    auto ifindex = link_ifindex(link->get());
    return ifindex && *ifindex != 0;
}

// As attach has chosen, or an answer that says why nothing can leave by it now.
std::vector<std::string> why_paths(const Config& config, unsigned ingress_ifindex) {
    std::vector<std::string> whys;
    auto socket = NetlinkSocket::open(NETLINK_ROUTE);
    for (const auto& egress : config.egress) {
        for (const auto& way : egress.ways) {
            auto& why = whys.emplace_back();
            if (!socket) continue;
            const auto link = find_link(*socket, way.interface);
            if (!link) continue;  // a warning says so
            const auto features = xdp_features(link->ifindex);
            const auto chosen = choose_path(way, *link, ingress_ifindex,
                                            features ? *features : std::nullopt);
            why = chosen ? chosen->why : one_line(chosen.error());
        }
    }
    return whys;
}

void warn_of_rules(AttachmentView& view) {
    const auto there = steered();
    if (!there) return;
    for (const auto& rule : steering_of(view.profile.config)) {
        if (std::find(there->begin(), there->end(), rule) != there->end()) continue;
        view.warnings.push_back("the routing rule '" + rule.text() + "' is gone: the kernel routes " +
                                (rule.family == Family::ipv4 ? "IPv4" : "IPv6") +
                                " as if 'table' were not in the profile; attach anew");
    }
}

void warn(AttachmentView& view) {
    if (!view.attached)
        view.warnings.push_back("the interface is gone and nothing is forwarded; detach it, and "
                                "attach again when it is back");
    if (view.trial && !view.trial->watched)
        view.warnings.push_back("the timer of --confirm (process " +
                                std::to_string(view.trial->watcher_pid) +
                                ") was ended: nobody will undo the attachment; keep it: xdpmirror "
                                "confirm " + view.interface + ", or undo it: xdpmirror detach " +
                                view.interface);
    if (!view.redirect_errors_counted)
        view.warnings.push_back("this kernel allows no tracepoint programs: frames that a driver "
                                "refuses after the redirect are not counted");
    for (const auto& egress : view.profile.config.egress) {
        const bool alone = egress.ways.size() == 1;
        for (const auto& way : egress.ways) {
            if (::if_nametoindex(way.interface.c_str()) != 0) continue;
            view.warnings.push_back("egress interface '" + way.interface + "' is gone: " +
                                    (alone ? "what would leave by it is dropped as egress_missing"
                                           : "only the other ways of egress '" + egress.name +
                                                 "' are left"));
        }
    }
    if ((view.meta.features & (XM_FEATURE_HANDOVER | XM_FEATURE_COPIES)) != 0 && 
        !has_handover(view.meta.ifindex, number_of(view.directory)))
        view.warnings.push_back("the tc program is gone from the ingress: what leaves by path tc or "
                                "kernel is lost; attach anew");
    warn_of_rules(view);
}

Result<AttachmentView> view_of(const std::string& interface, Attached attached) {
    AttachmentView view;
    static_cast<Attached&>(view) = std::move(attached);
    view.interface = interface;
    view.program = program_of(view.meta);
    view.why_path = why_paths(view.profile.config, view.meta.ifindex);
    if (auto read = read_again(view); !read) return read.error();
    return view;
}

}  // namespace

Result<AttachmentView> read_view(const std::string& interface) {
    const StateDir state(interface);
    if (!state.exists()) return not_attached(interface);
    return read_current(state, [&interface](const PinDir& current) -> Result<AttachmentView> {
        auto attached = own(read_configuration(current), interface);
        if (!attached) return attached.error();
        return view_of(interface, std::move(*attached));
    });
}

Result<> read_again(AttachmentView& view) {
    const StateDir state(view.interface);
    auto collectors = read_rows<xm_collector>(view.directory, "xm_collectors");
    if (!collectors) return collectors.error();
    auto next_hops = read_rows<xm_next_hop>(view.directory, "xm_next_hops");
    if (!next_hops) return next_hops.error();
    auto pools = PoolTables::open_to_read(view.directory);
    if (!pools) return pools.error();
    std::vector<std::string> left_out;
    auto books = read_attachment_books(state, view, left_out);
    if (!books) return books.error();
    auto overrides = read_overrides(view.interface);
    view.attached = still_attached(state, view.meta);
    view.books = std::move(*books);
    view.collectors = std::move(*collectors);
    view.next_hops = std::move(*next_hops);
    view.slots = pools->slots_of(view.collectors.size());
    view.overrides = overrides ? *overrides : Overrides{};
    view.redirect_errors_counted = state.has("xm_devmap_xmit");
    view.trial = find_trial(view.interface);
    view.warnings.clear();
    if (!overrides) view.warnings.push_back(one_line(overrides.error()));
    for (const auto& books_of : left_out)
        view.warnings.push_back("what a former version has counted is left out, since " + books_of +
                                " can be read with CAP_SYS_ADMIN alone; ask as root");
    warn(view);
    return Ok{};
}

}  // namespace xdpmirror
