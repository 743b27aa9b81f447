// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Makes an Ethernet device accept redirected frames: some drivers do only while a program of their
// own is attached. The stub is pinned in the state of the attachment that needs it.
#pragma once

#include <string>

#include "config/config.h"
#include "loader/link.h"
#include "loader/state_dir.h"
#include "maps/result.h"

namespace xdpmirror {

// "stub:eth1", the pin's name for an egress.
std::string stub_pin(const std::string& interface);

// Attaches the stub natively unless the device needs none or carries a program already; true when
// it was attached. An error when the device takes no redirected frames in spite of it.
Result<bool> ensure_redirect_target(const LinkInfo& egress, const StateDir& state);

// Removes the stubs of `state` that no egress of `kept` needs (nullptr: all), but hands over those that another
// attachment's egress needs.
Result<> release_stubs(const StateDir& state, const std::string& interface, const Config* kept);

}  // namespace xdpmirror
