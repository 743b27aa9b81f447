// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Where the numbers of the node can be read: `metrics` in a profile.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "config/listen_address.h"

namespace xdpmirror {

struct Metrics {
    // For a node exporter: a file *.prom, or a directory, whose name ends in '/'; empty: none is
    // written.
    std::string textfile{};
    std::chrono::seconds every{15};  // it is written
    std::vector<ListenAddress>
        listen{};  // /metrics, /healthz and /readyz; empty: nobody is answered

    bool operator==(const Metrics&) const = default;

    // Of one interface; empty if there is none. In a directory each interface has a file of its
    // own.
    std::string textfile_of(const std::string& interface) const;
};

}  // namespace xdpmirror
