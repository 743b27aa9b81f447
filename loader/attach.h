// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The lifecycle of an attachment: refuse early, resolve, load, fill, then attach and pin. Whatever
// fails leaves the interface and bpffs as they were.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "config/profile.h"
#include "maps/layout.h"
#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

struct AttachRequest {
    std::string interface;
    xm_attach_mode mode = XM_MODE_NATIVE;
    xm_attach_kind kind = XM_ATTACH_LINK;
    bool force = false;  // replaces a program that somebody attached by netlink
    std::string command = "attach";  // for history and audit: what the operator typed
    // Called, if given, when everything but the hook is ready, with the kernel's name of the interface
    // and what will identify the attachment. Its error ends the attachment, its text is a note.
    std::function<Result<std::string>(const std::string&, std::uint64_t attached_ns)> before_hook;
};

// The result holds what the operator should know although it worked.
Result<std::vector<std::string>> attach(const AttachRequest& request, const Profile& profile);

// Frees the hook, then removes everything that was pinned; also clears half of a state.
Result<> detach(const std::string& interface);
// The same for a caller who holds the lock of the interface.
Result<> detach(const std::string& interface, const UniqueFd& lock);

}  // namespace xdpmirror
