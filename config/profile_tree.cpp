// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "config/profile_tree.h"

#include "config/expand.h"
#include "config/extends.h"
#include "config/schema.h"

namespace xdpmirror {

Result<Node> read_profile_tree(const std::string& text, const std::string& file,
                               const std::vector<std::string>& directories,
                               const Environment& environment) {
    auto root = resolve_extends(text, file, directories, environment);

    if (!root) {
        return root;
    }
    if (auto done = expand_variables(*root, environment); !done) {
        return done.error();
    }
    if (auto done = check_schema(*root, profile_schema()); !done) {
        return done.error();
    }
    return root;
}

}  // namespace xdpmirror
