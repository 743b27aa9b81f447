// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The tc program on the ingress that takes over what leaves by path tc or kernel, and what such packets
// carry to it (struct xm_handover).
#pragma once

#include <array>
#include <cstdint>

#include "loader/link.h"
#include "loader/state_dir.h"
#include "maps/layout.h"
#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

// Known to this configuration's two programs only; root can read it in xm_secret.
using HandoverSecret = std::array<std::uint8_t, 6>;

// A locally administered unicast address that nobody can guess.
Result<HandoverSecret> make_secret();

// The handover in the place of a next hop's addresses; its secret is left to the program.
void put_handover(xm_next_hop& row, xm_handover_how how, std::uint32_t value);

// The tc program for packets that leave alone.
Result<UniqueFd> load_handover(const LinkInfo& ingress, const HandoverSecret& secret);

// Puts a configuration's program on the interface's tc ingress, before other filters, beside that of the
// configuration before it, and pins it. One that a dead attachment left in its place is replaced. The clsact
// qdisc, if it had to be made, is remembered in the state.
Result<> attach_handover(const StateDir& state, const PinDir& configuration, const LinkInfo& ingress, int program);

// Takes that of a configuration off; nothing if there is none, or no such interface.
Result<> detach_handover(unsigned ifindex, std::uint32_t configuration);
// Takes off whatever there is. The clsact qdisc goes too if it came with a program and holds nothing else.
Result<> clear_handover(const StateDir& state, unsigned ifindex);

// Is a configuration's program where attach_handover has put it?
bool has_handover(unsigned ifindex, std::uint32_t configuration);

}  // namespace xdpmirror
