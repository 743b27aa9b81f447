// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/attached_change.h"

#include "loader/attached.h"
#include "loader/known_exporters.h"
#include "loader/pools/overrides.h"

namespace xdpmirror {

Result<ChangeDescription> describe_attached_change(const std::string& interface, const Profile& after,
                                                   std::vector<std::string>& notes) {
    auto before = read_attached(interface);
    if (!before) return before.error();
    auto overrides = read_overrides(interface);
    if (!overrides) return overrides.error();
    auto known = known_exporters(interface, before->profile.config);
    if (!known) {
        notes.push_back(one_line(known.error()));
        known = std::vector<KnownExporter>{};
    }
    const auto weighted = [&overrides](Profile profile) {
        profile.config = with_weights(profile.config, *overrides);
        return profile;
    };
    return describe_change(weighted(before->profile), weighted(after), *known,
                           drained_collectors(before->profile.config, *overrides),
                           drained_collectors(after.config, *overrides));
}

}  // namespace xdpmirror
