// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// An interface that carries somebody else's XDP program: the refusal with its cure, and the
// replacement that `attach --force` asks for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "loader/link.h"
#include "loader/xdp_occupant.h"
#include "maps/layout.h"
#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

// How an attach means to get along with what is there.
struct Entry {
    xm_attach_kind kind = XM_ATTACH_LINK;
    bool force = false;
};

// Nothing when an attach may go on beside the occupant or in its place. Knows no kernel.
std::optional<Error> refusal(const std::string& interface, const XdpOccupant& occupant,
                             const Entry& entry);

// Asks the kernel who is there.
Result<> refuse_occupied(const LinkInfo& link, const Entry& entry);

// A program that was taken off, alive by its descriptor.
struct Evicted {
    XdpOccupant occupant;
    UniqueFd program;
};

// Takes off what `refusal` has let by and the kernel would not. Fails when the occupant is another
// one meanwhile.
Result<std::vector<Evicted>> evict(const LinkInfo& link, const Entry& entry);
// Puts everything back.
Result<> restore(const LinkInfo& link, const std::vector<Evicted>& evicted);

// "the XDP program 'pass' (id 12, native)"
std::string to_text(const XdpOccupant& occupant);

}  // namespace xdpmirror
