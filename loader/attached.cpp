// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/attached.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "loader/rows.h"
#include "loader/state_dir.h"
#include "maps/array.h"
#include "maps/btf_fields.h"
#include "maps/layout_hash.h"

namespace xdpmirror {
namespace {

Result<std::string> read_texts(const PinDir& directory) {
    auto map = directory.open_to_read("xm_profile");
    if (!map) return map.error();
    bpf_map_info info{};
    __u32 bytes = sizeof(info);
    if (bpf_obj_get_info_by_fd(map->get(), &info, &bytes) != 0) {
        const int err = errno;
        return system_error("describe " + directory.file("xm_profile"), err);
    }
    std::string text(std::size_t{info.value_size} * info.max_entries, '\0');
    if (auto got = map_get_rows(map->get(), info.max_entries, info.value_size, text.data()); !got)
        return while_doing("read " + directory.file("xm_profile"), got.error());
    return text;
}

// Of another version: what it calls by the same names.
Result<xm_meta> read_other_meta(const PinDir& directory, int map_fd) {
    auto fields = BtfFields::of(map_fd);
    if (!fields) return fields.error();
    std::vector<std::byte> row(fields->row_bytes());
    const std::uint32_t first = 0;
    if (auto got = map_get(map_fd, &first, row.data()); !got) return got.error();
    xm_meta meta{};
    const auto number = [&](const char* name) { return fields->number(row, name).value_or(0); };
    const auto copy = [&](auto& to, const char* name) {
        const auto from = fields->bytes(row, name);
        std::memcpy(to, from.data(), std::min(sizeof(to), from.size()));
    };
    meta.layout_hash = number("layout_hash");
    meta.attached_ns = number("attached_ns");
    meta.configured_ns = number("configured_ns");
    meta.profile_bytes = number("profile_bytes");
    meta.names_bytes = number("names_bytes");
    meta.ifindex = static_cast<__u32>(number("ifindex"));
    meta.mode = static_cast<__u32>(number("mode"));
    meta.kind = static_cast<__u32>(number("kind"));
    copy(meta.interface, "interface");
    copy(meta.profile, "profile");
    copy(meta.path, "path");
    copy(meta.version, "version");
    meta.program_id = static_cast<__u32>(number("program_id"));
    copy(meta.program_tag, "program_tag");
    if (directory.has("handover")) meta.features = XM_FEATURE_HANDOVER;
    return meta;
}

}  // namespace

Result<xm_meta> read_meta(const PinDir& directory) {
    auto map = directory.open_to_read("xm_meta");
    if (!map) return map.error();
    if (auto rows = read_rows<xm_meta>(map->get(), "xm_meta"); rows && rows->at(0).layout_hash == layout_hash())
        return rows->at(0);
    auto other = read_other_meta(directory, map->get());
    if (!other) return while_doing("read " + directory.file("xm_meta"), other.error());
    return other;
}

Result<BookNames> read_names(const PinDir& directory) {
    auto meta = read_meta(directory);
    if (!meta) return meta.error();
    auto texts = read_texts(directory);
    if (!texts) return texts.error();
    return BookNames::parse(texts->substr(std::min<std::size_t>(texts->size(), meta->profile_bytes), meta->names_bytes));
}

Result<Attached> read_configuration(const PinDir& directory) {
    auto meta = read_meta(directory);
    if (!meta) return meta.error();
    auto texts = read_texts(directory);
    if (!texts) return texts.error();
    const auto profile_bytes = std::min<std::size_t>(texts->size(), meta->profile_bytes);
    auto profile = parse_effective_profile(texts->substr(0, profile_bytes), meta->profile, meta->path);
    const std::string reading = "read the configuration in " + directory.path();
    if (!profile) return while_doing(reading, profile.error());
    auto names = BookNames::parse(texts->substr(profile_bytes, meta->names_bytes));
    if (!names) return while_doing(reading, names.error());
    auto rows = rows_of(profile->config, *names);
    if (!rows) return while_doing(reading, rows.error());
    return Attached{.directory = directory,
                    .meta = *meta,
                    .profile = std::move(*profile),
                    .names = std::move(*names),
                    .rows = std::move(*rows),
                    .is_other = meta->layout_hash != layout_hash()};
}

Error not_attached(const std::string& interface) {
    return Error{"nothing is attached to " + interface + "; attach it with: xdpmirror attach " + interface +
                 " --profile NAME"};
}

Result<Attached> read_attached(const std::string& interface) {
    const StateDir state(interface);
    if (auto allowed = StateDir::may_look(); !allowed) return allowed.error();
    if (!state.exists()) return not_attached(interface);
    return read_current(state, read_configuration);
}

Result<Attached> own(Result<Attached> attached, const std::string& interface) {
    if (!attached || !attached->is_other) return attached;
    return Error{"the tables of " + interface + " are laid out as version " + std::string(attached->meta.version) +
                 " of xdpmirror does; use that version, or put this one in its place: xdpmirror upgrade " + interface};
}

}  // namespace xdpmirror
