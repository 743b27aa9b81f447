// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Another configuration for a running attachment: built whole beside the one that runs, then put in its place in
// one step, with the same books. Whatever fails before that step leaves everything as it was.
#pragma once

#include <string>
#include <vector>

#include "config/profile.h"
#include "maps/result.h"

namespace xdpmirror {

struct ReloadRequest {
    std::string interface;
    std::string command = "reload";  // for history and audit: what the operator typed
    bool dry_run = false;            // builds and checks it, and leaves it at that
};

// The result holds what the operator should know although it worked.
Result<std::vector<std::string>> reload(const ReloadRequest& request, const Profile& profile);

}  // namespace xdpmirror
