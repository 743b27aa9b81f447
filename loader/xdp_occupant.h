// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Which XDP program is on an interface now, whoever put it there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "maps/result.h"

namespace xdpmirror {

struct XdpOccupant {
    enum class Mode { native, generic, offload };

    std::uint32_t program_id = 0;
    Mode mode = Mode::native;
    std::string program_name;   // empty when the kernel would not tell (needs CAP_SYS_ADMIN)
    std::uint32_t link_id = 0;  // of the bpf_link that holds it; 0: by netlink, or it did not tell
    std::string link_holder{};  // the process that holds that link, when it is asked for
    bool by_link() const { return link_id != 0; }
};

const char* to_text(XdpOccupant::Mode mode);  // "native", "generic", "offload"

// Of programs in two modes at once, the one that sees packets first.
Result<std::optional<XdpOccupant>> xdp_occupant(unsigned ifindex);

// Whether a program is among those of an interface. Asks rtnetlink, which tells everybody.
bool is_on(std::uint32_t program_id, unsigned ifindex);

}  // namespace xdpmirror
