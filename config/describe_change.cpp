// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "config/describe_change.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "config/diff.h"

namespace xdpmirror {
namespace {

using nlohmann::ordered_json;

std::string line_of(const MovedShare& moved) {
    std::string line = fmt::format("  {}  {}{:.1f} % of its hash slots get another collector",
                                   moved.pool, moved.is_exact ? "" : "about ", 100 * moved.share);

    if (moved.known > 0) {
        line += fmt::format("; of {} known exporters {}", moved.known, moved.moving);
    }
    return line + "\n";
}

ordered_json to_json(const MovedShare& moved) {
    return {{"pool", moved.pool},
            {"moved_share", moved.share},
            {"exact", moved.is_exact},
            {"known_exporters", moved.known},
            {"moving_exporters", moved.moving}};
}

}  // namespace

ChangeDescription describe_change(const Profile& before, const Profile& after,
                                  const std::vector<KnownExporter>& known,
                                  const std::vector<bool>& unused_before,
                                  const std::vector<bool>& unused_after) {
    const auto found = differences(before, after);
    const auto moved =
        moved_shares({before.config, unused_before}, {after.config, unused_after}, known);
    ChangeDescription change{.is_same = found.empty(), .text = to_text(found), .json = {}};
    ordered_json pools = ordered_json::array();
    std::string lines;

    for (const MovedShare& share : moved) {
        pools.push_back(to_json(share));
        if (share.share > 0 || share.moving > 0) {
            lines += line_of(share);
        }
    }
    if (!lines.empty()) {
        change.text += "balance\n" + lines;
    }
    if (change.text.empty()) {
        change.text = "no difference\n";
    }
    const ordered_json json = {
        {"same", change.is_same}, {"differences", to_json(found)}, {"pools", std::move(pools)}};
    change.json = json.dump(2, ' ', false, ordered_json::error_handler_t::replace);
    return change;
}

}  // namespace xdpmirror
