// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The addresses that a profile has the daemon listen on, over all of its parts: no two may overlap.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "config/tree.h"
#include "maps/result.h"

namespace xdpmirror {

class Listeners {
  public:
    // One address, or a list of them; none for nullptr. `path` names the node in messages.
    Result<std::vector<ListenAddress>> read(const Node* node, const std::string& path);

    // Of rules by which whoever asks would be forwarded to a collector.
    void warn_of_claims(const Config& config, std::vector<Warning>& warnings) const;

  private:
    struct Listener {
        ListenAddress at;
        Place place;
    };
    static Result<Listener> read_one(const Node& node, const std::string& path);

    std::vector<Listener> all_;
};

}  // namespace xdpmirror
