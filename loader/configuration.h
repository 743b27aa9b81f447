// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One configuration of an interface, built whole before any packet meets it: first in this process alone, then
// in its directory of the state, with everything beside the hook that its packets need.
#pragma once

#include <string>
#include <vector>

#include "config/plan.h"
#include "config/profile.h"
#include "loader/data_plane.h"
#include "loader/former.h"
#include "loader/link.h"
#include "loader/redirect_watch.h"
#include "loader/resolve.h"
#include "loader/routing_rules.h"
#include "loader/state_dir.h"
#include "maps/layout.h"

namespace xdpmirror {

// What does not follow from the profile.
struct Hook {
    xm_attach_mode mode = XM_MODE_NATIVE;
    xm_attach_kind kind = XM_ATTACH_LINK;
};

struct Configuration {
    Plan plan;
    Resolution resolution;
    DataPlane plane;
    xm_meta meta{};
    RoutingRules rules;
};

// The interface that packets come in by, if it is one and up.
Result<LinkInfo> find_ingress(const std::string& interface);

// Resolves, loads and fills; nothing of it is to be seen from outside. `former` leaves its books, its ways and
// its findings, and its identity; nullptr: this is the first of an attachment.
Result<Configuration> build_configuration(const Profile& profile, const LinkInfo& ingress, const Hook& hook,
                                          const Former* former);

// Says in a description which program it is that runs.
Result<> name_program(xm_meta& meta, int program_fd);

// Of a pinned configuration, of any layout; zero if it hands nothing over.
Result<HandoverSecret> read_secret(const PinDir& directory);
// By what its packets are known when they die behind the tc program.
HandedOver handed_over(const Config& config, const HandoverSecret& secret);

// Pins it in an empty directory of the state and puts beside the hook what its packets need, from stubs to the
// tc program, without disturbing what is there for another one. `watched` is of the one that runs, if any.
// What failed half way is cleared by sweep(). Notes are added to those of the resolution.
Result<> place_configuration(Configuration& configuration, const Config& config, const StateDir& state,
                             const PinDir& directory, const LinkInfo& ingress,
                             const std::vector<HandedOver>& watched);

// The configuration that runs, as far as clearing away the others has to know it.
struct Running {
    const PinDir& directory;
    const xm_meta& meta;
    const Config& config;
    bool is_other = false;  // of another layout
};

// Takes away whatever the configuration that runs does not need: what others have left, that ran before it, or
// never came to run since their loader failed or was killed. `former`, if given, ran before it.
Result<> sweep(const std::string& interface, const Running& running, const Running* former = nullptr);

// The routing rules of whatever is in a directory; none if it cannot be read.
RoutingRules rules_in(const PinDir& directory);

}  // namespace xdpmirror
