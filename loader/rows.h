// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A whole array map as typed rows.
#pragma once

#include <bpf/bpf.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "maps/array.h"
#include "maps/result.h"

namespace xdpmirror {

// An error if the rows have another size: they are of another version.
template <class Row>
Result<std::vector<Row>> read_rows(int map_fd, const std::string& name) {
    bpf_map_info info{};
    __u32 bytes = sizeof(info);
    if (bpf_obj_get_info_by_fd(map_fd, &info, &bytes) != 0) {
        const int err = errno;
        return system_error("describe " + name, err);
    }
    if (info.value_size != sizeof(Row)) return Error{name + " has rows of another version of xdpmirror"};
    std::vector<Row> rows(info.max_entries);
    if (auto got = map_get_rows(map_fd, info.max_entries, sizeof(Row), rows.data()); !got)
        return while_doing("read " + name, got.error());
    return rows;
}

}  // namespace xdpmirror
