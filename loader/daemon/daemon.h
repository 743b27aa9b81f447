// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// `xdpmirror run`: one thread that keeps an attachment on ways out that work. The data plane does not
// need it to forward, and outlives it.
#pragma once

#include "config/profile.h"
#include "loader/attach.h"
#include "loader/logging/log_options.h"
#include "maps/result.h"

namespace xdpmirror {

struct DaemonRequest {
    AttachRequest attach;
    std::string profile_name;     // as the operator gave it: read anew on SIGHUP
    bool detach_on_exit = false;  // take the attachment off on SIGTERM and SIGINT
    LogOptions log;
};

// Takes over the attachment of the interface, as it is: a profile that says otherwise by now waits for a reload,
// since a daemon that was killed must not bring half of an edited file into force. Without an attachment it
// attaches the profile; `profile` is an error if it cannot be read. Returns after SIGTERM or SIGINT, with the
// attachment in place.
Result<> run_daemon(const DaemonRequest& request, const Result<Profile>& profile);

}  // namespace xdpmirror
