// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A BPF link from a program to an interface's XDP hook, in the mode that was asked for and no other.
#pragma once

#include <string>

#include "maps/layout.h"
#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

// The link detaches when its last descriptor and pin are gone. The error quotes the driver.
Result<UniqueFd> attach_link(int program_fd, unsigned ifindex, const std::string& interface,
                             xm_attach_mode mode);

// Puts another program in the place of the one that a link has, in one step: no packet meets none, or both. An
// error if the link has another than `before` by now, or its interface is gone.
Result<> replace_program(int link_fd, int program_fd, int before_fd, const std::string& interface);

// The interface a link holds: 0 once that interface is gone.
Result<unsigned> link_ifindex(int link_fd);

// Frees the hook at once; dropping the last reference would free it some time later.
Result<> detach_link(int link_fd);

// "native" or "generic".
const char* mode_name(std::uint32_t mode);

}  // namespace xdpmirror
