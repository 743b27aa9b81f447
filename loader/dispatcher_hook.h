// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The other way onto an interface: as one program of several behind libxdp's dispatcher. Kernels and
// dispatchers that take a program which moves the packet's head are few (docs/decisions/0001), so
// attaching is the probe, and a refusal says why in one line.
#pragma once

#include <string>

#include "loader/data_plane.h"
#include "maps/layout.h"
#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

// The descriptor is of the program as the dispatcher runs it; whoever keeps it can detach it.
Result<UniqueFd> attach_behind_dispatcher(DataPlane& plane, unsigned ifindex,
                                          const std::string& interface, xm_attach_mode mode);

// Takes the program out of the interface's dispatcher; the others stay.
Result<> detach_from_dispatcher(int program_fd, unsigned ifindex, xm_attach_mode mode);

}  // namespace xdpmirror
