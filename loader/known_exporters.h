// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Exporters that are known by name of a pool: today those that the daemon remembers templates of.
#pragma once

#include <string>
#include <vector>

#include "config/moved_share.h"
#include "maps/result.h"

namespace xdpmirror {

// Of an attachment with that configuration; none without a daemon, or where no pool has templates.
// An error: the memory says nothing sensible.
Result<std::vector<KnownExporter>> known_exporters(const std::string& interface,
                                                   const Config& config);

}  // namespace xdpmirror
