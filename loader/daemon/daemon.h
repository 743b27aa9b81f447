// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// `xdpmirror run`: one thread that keeps an attachment on ways out that work. The data plane does not
// need it to forward, and outlives it.
#pragma once

#include "config/profile.h"
#include "loader/attach.h"
#include "maps/result.h"

namespace xdpmirror {

// Takes over the attachment of the interface if it has the same profile, else attaches; returns after
// SIGTERM or SIGINT, with the attachment in place.
Result<> run_daemon(const AttachRequest& request, const Profile& profile);

}  // namespace xdpmirror
