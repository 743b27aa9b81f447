// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/attached.h"

#include <algorithm>

#include "loader/rows.h"
#include "loader/state_dir.h"
#include "maps/array.h"
#include "maps/layout_hash.h"

namespace xdpmirror {
namespace {

Result<std::string> read_texts(const PinDir& directory) {
    auto map = directory.open("xm_profile");
    if (!map) return map.error();
    auto chunks = read_rows<xm_profile_chunk>(map->get(), "xm_profile");
    if (!chunks) return chunks.error();
    std::string text;
    for (const auto& chunk : *chunks) text.append(chunk.text, sizeof(chunk.text));
    return text;
}

// A reload may take the configuration away while it is read.
constexpr int kTries = 20;

}  // namespace

Result<xm_meta> read_meta(const PinDir& directory) {
    auto map = directory.open("xm_meta");
    if (!map) return map.error();
    auto rows = read_rows<xm_meta>(map->get(), "xm_meta");
    if (!rows) return rows.error();
    return rows->at(0);
}

Result<Attached> read_configuration(const PinDir& directory, const std::string& interface) {
    auto meta = read_meta(directory);
    if (!meta) return meta.error();
    if (meta->layout_hash != layout_hash())
        return Error{"the state of " + interface + " was made by xdpmirror " + std::string(meta->version) +
                     ", whose tables are laid out otherwise; use that version, or detach with it "
                     "and attach anew"};
    auto texts = read_texts(directory);
    if (!texts) return texts.error();
    const auto profile_bytes = std::min<std::size_t>(texts->size(), meta->profile_bytes);
    const Environment none = [](const std::string&) { return std::nullopt; };
    auto profile = parse_profile(texts->substr(0, profile_bytes), meta->profile, none);
    if (!profile) return while_doing("read the attached profile", profile.error());
    auto names = BookNames::parse(texts->substr(profile_bytes, meta->names_bytes));
    if (!names) return while_doing("read what is attached to " + interface, names.error());
    auto rows = rows_of(profile->config, *names);
    if (!rows) return while_doing("read what is attached to " + interface, rows.error());
    return Attached{.directory = directory,
                    .meta = *meta,
                    .profile = std::move(*profile),
                    .names = std::move(*names),
                    .rows = std::move(*rows)};
}

Result<Attached> read_attached(const std::string& interface) {
    const StateDir state(interface);
    for (int tries = 1;; ++tries) {
        if (!state.exists())
            return Error{"nothing is attached to " + interface + "; attach it with: xdpmirror attach " +
                         interface + " --profile NAME"};
        auto current = state.current();
        if (!current) return current.error();
        auto attached = read_configuration(*current, interface);
        if (attached || state.is_current(*current) || tries == kTries) return attached;
    }
}

}  // namespace xdpmirror
