// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/known_exporters.h"

#include <set>

#include "loader/templates/template_file.h"

namespace xdpmirror {

Result<std::vector<KnownExporter>> known_exporters(const std::string& interface,
                                                   const Config& config) {
    TemplateMemory memory;
    std::set<KnownExporter> known;

    if (auto loaded = load_templates(interface, config, memory); !loaded) return loaded.error();
    for (const auto& [stream, templates] : memory.streams()) {
        for (const auto& send : sends_of(config.rules[stream.rule]))
            known.insert({.from = stream.from, .from_port = stream.from_port, .pool = send.pool});
    }
    return std::vector<KnownExporter>(known.begin(), known.end());
}

}  // namespace xdpmirror
