// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What an interface was set to before `tune --apply`: /var/lib/xdpmirror/tune-<interface>.json. It
// is replaced whole or not at all, and says for which boot it holds: settings do not outlive one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "loader/tune/plan.h"
#include "maps/result.h"

namespace xdpmirror {

struct TuneRecord {
    std::string interface;
    std::string mac;              // another NIC may get the name
    std::string boot;             // the kernel's boot_id
    std::vector<TuneStep> steps;  // in the order in which they were made; `change` is not kept

    // What was set before the first tuning stays, whatever is tuned after it.
    void add(const TuneStep& step);
    void remove(const TuneStep& step);
};

std::string to_json(const TuneRecord& record);
// `path` only names it in errors.
Result<TuneRecord> parse_record(const std::string& text, const std::string& path);

std::string record_path(const std::string& interface);
std::string boot_id();

// Nothing when there is none.
Result<std::optional<TuneRecord>> read_record(const std::string& interface);
Result<> write_record(const TuneRecord& record);
Result<> remove_record(const std::string& interface);

}  // namespace xdpmirror
