// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// `xdpmirror run`: one thread that keeps an attachment on ways out that work. The data plane does not
// need it to forward, and outlives it.
#pragma once

#include "config/profile.h"
#include "loader/attach.h"
#include "maps/result.h"

namespace xdpmirror {

struct DaemonRequest {
    AttachRequest attach;
    std::string profile_name;     // as the operator gave it: read anew on SIGHUP
    bool detach_on_exit = false;  // take the attachment off on SIGTERM and SIGINT
};

// Takes over the attachment of the interface, and puts the profile in force if it says otherwise than what is
// attached, without losing a packet; or attaches. Returns after SIGTERM or SIGINT, with the attachment in place.
Result<> run_daemon(const DaemonRequest& request, const Profile& profile);

}  // namespace xdpmirror
