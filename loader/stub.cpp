// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Asks the kernel before and after, where it can say what the device takes.
#include "loader/stub.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stub.skel.h>

#include <cerrno>
#include <memory>

#include "loader/libbpf_log.h"
#include "loader/link_hook.h"
#include "loader/attached.h"
#include "loader/xdp_features.h"
#include "loader/xdp_occupant.h"

namespace xdpmirror {
namespace {

constexpr std::string_view kPinPrefix = "stub:";

struct DestroySkeleton {
    void operator()(stub_bpf* skeleton) const { stub_bpf::destroy(skeleton); }
};
using StubPtr = std::unique_ptr<stub_bpf, DestroySkeleton>;

enum class Target { yes, no, unknown /* kernels before 6.3 do not say */ };

Result<Target> redirect_target(unsigned ifindex) {
    auto features = xdp_features(ifindex);
    if (!features) return features.error();
    if (!*features) return Target::unknown;
    return (**features & kXdpActNdoXmit) != 0 ? Target::yes : Target::no;
}

// Frames of several buffers where the kernel knows them, as the data plane does.
Result<StubPtr> load_stub() {
    for (const bool frags : {true, false}) {
        LibbpfLog log;
        StubPtr stub(stub_bpf::open());
        if (!stub) break;
        if (!frags) bpf_program__set_flags(stub->progs.xdpmirror_stub, 0);
        if (stub_bpf::load(stub.get()) == 0) return stub;
    }
    const int err = errno;
    return system_error("load the stub program", err);
}

Error takes_no_frames(const LinkInfo& egress) {
    if (egress.kind == "veth")
        return Error{"egress interface '" + egress.name +
                     "' takes no redirected frames: its veth peer has neither GRO nor an XDP "
                     "program; on the peer: ethtool -K PEER gro on"};
    return Error{"egress interface '" + egress.name + "' (" +
                 (egress.kind.empty() ? egress.driver : egress.kind) +
                 ") takes no redirected frames; name the NIC below it as egress, or set path: tc"};
}

// By the name of its pin.
bool needs_stub(const Config& config, const std::string& pin) {
    for (const auto& egress : config.egress) {
        for (const auto& way : egress.ways) {
            if (stub_pin(way.interface) == pin) return true;
        }
    }
    return false;
}

bool needs_stub(const std::string& interface, const std::string& pin) {
    const auto attached = read_attached(interface);  // one that cannot be read needs none
    return attached && attached->meta.mode == XM_MODE_NATIVE && needs_stub(attached->profile.config, pin);
}

}  // namespace

std::string stub_pin(const std::string& interface) {
    std::string name(kPinPrefix);
    for (const char c : interface) name += c == '.' ? ':' : c;
    return name;
}

Result<bool> ensure_redirect_target(const LinkInfo& egress, const StateDir& state) {
    auto before = redirect_target(egress.ifindex);
    if (!before) return before.error();
    if (*before == Target::yes) return false;
    auto occupant = xdp_occupant(egress.ifindex);
    if (!occupant) return occupant.error();
    if (*occupant) {
        if (*before == Target::no) return takes_no_frames(egress);
        return false;  // a program is there already, ours or not
    }
    auto stub = load_stub();
    if (!stub) return stub.error();
    auto link = attach_link(bpf_program__fd((*stub)->progs.xdpmirror_stub), egress.ifindex,
                            egress.name, XM_MODE_NATIVE);
    if (!link) {
        if (*before == Target::no) return takes_no_frames(egress);
        return while_doing("egress needs an XDP program of its own to take redirected frames",
                           link.error());
    }
    auto after = redirect_target(egress.ifindex);
    if (!after) return after.error();
    if (*after == Target::no) return takes_no_frames(egress);
    if (state.has(stub_pin(egress.name))) {  // of a device that had the name before
        if (auto removed = state.remove(stub_pin(egress.name)); !removed) return removed.error();
    }
    if (auto pinned = state.pin(link->get(), stub_pin(egress.name)); !pinned)
        return pinned.error();
    return true;
}

Result<> release_stubs(const StateDir& state, const std::string& interface, const Config* kept) {
    for (const auto& pin : state.entries()) {
        if (!pin.starts_with(kPinPrefix) || (kept != nullptr && needs_stub(*kept, pin))) continue;
        bool moved = false;
        for (const auto& other : StateDir::interfaces()) {
            if (other == interface || moved) continue;
            if (!needs_stub(other, pin)) continue;
            if (auto handed = state.move(pin, StateDir(other)); !handed) return handed.error();
            moved = true;
        }
        if (moved) continue;
        if (auto link = state.open(pin); link) {
            if (auto freed = detach_link(link->get()); !freed) return freed.error();
        }
        if (auto removed = state.remove(pin); !removed) return removed.error();
    }
    return Ok{};
}

}  // namespace xdpmirror
