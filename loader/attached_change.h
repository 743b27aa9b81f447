// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What another profile would change for what is attached, with weights and drains of the operator, which stay.
#pragma once

#include <string>
#include <vector>

#include "config/describe_change.h"
#include "config/profile.h"
#include "maps/result.h"

namespace xdpmirror {

// What is not known of exporters is a note.
Result<ChangeDescription> describe_attached_change(const std::string& interface, const Profile& after,
                                                   std::vector<std::string>& notes);

}  // namespace xdpmirror
