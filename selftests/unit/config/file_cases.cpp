// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Profiles that are not found, not read, or extend something wrong.
#include "error_cases.h"

namespace xdpmirror::test {
const std::vector<FileCase>& file_cases() {
    const std::string good = profile_with();
    static const std::vector<FileCase> cases = {
        {"no such name",
         {{"prod.yaml", good}},
         "prdo",
         "no profile 'prdo' in DIR; did you mean 'prod'?"},
        {"no such name, no neighbour",
         {{"prod.yaml", good}, {"lab.yaml", good}, {"x.txt", ""}},
         "gateway",
         "no profile 'gateway' in DIR; known profiles: lab, prod"},
        {"no such path",
         {},
         "DIR/nope.yaml",
         "cannot read profile 'DIR/nope.yaml': No such file or directory; check the path and its "
         "permissions"},
        {"a directory",
         {{"d.yaml/x", ""}},
         "DIR/d.yaml",
         "cannot read profile 'DIR/d.yaml': Is a directory; check the path and its permissions"},
        {"file too large",
         {{"big.yaml", std::string(16 * 1024 * 1024 + 1, '#')}},
         "big",
         "DIR/big.yaml: profile is larger than 16777216 bytes; split it over several interfaces"},
        {"extends nobody",
         {{"a.yaml", "version: 1\nextends: bsae\n"}, {"base.yaml", good}},
         "a",
         "DIR/a.yaml:2:10: no profile 'bsae' in DIR; did you mean 'base'?"},
        {"extends a path that is not there",
         {{"a.yaml", "version: 1\nextends: ./b.yaml\n"}},
         "a",
         "DIR/a.yaml:2:10: cannot read profile 'DIR/./b.yaml': No such file or directory; check "
         "the path "
         "and its permissions"},
        {"extends itself",
         {{"a.yaml", "version: 1\nextends: a\n"}},
         "a",
         "DIR/a.yaml:2:10: extends goes in a circle: DIR/a.yaml -> DIR/a.yaml; remove one of the "
         "links"},
        {"extends in a circle",
         {{"a.yaml", "version: 1\nextends: b\n"},
          {"b.yaml", "version: 1\nextends: sub/c.yaml\n"},
          {"sub/c.yaml", "version: 1\nextends: ../b.yaml\n"}},
         "a",
         "DIR/sub/c.yaml:2:10: extends goes in a circle: DIR/b.yaml -> DIR/sub/c.yaml -> "
         "DIR/sub/../b.yaml; remove one of the links"},
        {"base of another version",
         {{"a.yaml", "version: 1\nextends: b\n"}, {"b.yaml", "version: 3\n"}},
         "a",
         "DIR/b.yaml:1:10: version 3 is not known; this xdpmirror reads 'version: 1'"},
        {"error in the base",
         {{"a.yaml", "version: 1\nextends: b\n"}, {"b.yaml", replaced(good, "vni: 1", "vni: -1")}},
         "a",
         "DIR/b.yaml:3:28: bad value -1 for sources[0].vxlan.vni; give a whole number from 0 to "
         "16777215 "
         "(24-bit VXLAN network identifier)"},
        {"reference into the base",
         {{"a.yaml", "version: 1\nextends: b\nrules: [{name: r, send: {to: x}}]\n"},
          {"b.yaml", good}},
         "a",
         "DIR/a.yaml:3:30: no pool 'x' for rules[0].send.to; did you mean 'p'?"},
    };
    return cases;
}

std::string file_error(const FileCase& c) {
    const Directory directory(c.files);
    const auto profile = load_profile(replaced(c.argument, "DIR", directory.path()),
                                      {directory.path()}, environment({}));

    return profile ? "" : replaced(profile.error().what, directory.path(), "DIR");
}

}  // namespace xdpmirror::test
