// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Bad input and the exact line that it is answered with. One list for two tests: that the lines are
// these, and that no sentence of config/messages.h is missing from them.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "support.h"

namespace xdpmirror::test {

struct ErrorCase {
    std::string name;
    std::string text;
    std::string error;
    Variables variables{};
};

// What a failing test prints.
inline void PrintTo(const ErrorCase& c, std::ostream* out) {
    *out << c.name;
}

// Parts of the list below.
std::vector<ErrorCase> pool_cases();

// Profiles that are refused.
const std::vector<ErrorCase>& error_cases();
// Those of them that are refused for something below `egress`.
std::vector<ErrorCase> egress_cases();

// Those of them that are about `health`.
const std::vector<ErrorCase>& health_cases();

// Those of them that are about `ready`.
std::vector<ErrorCase> metrics_cases();
std::vector<ErrorCase> ready_cases();

struct WarningCase {
    std::string name;
    std::string text;
    std::vector<std::string> warnings;
};

// Profiles that are accepted with remarks; all remarks are listed.
const std::vector<WarningCase>& warning_cases();

struct FileCase {
    std::string name;
    std::map<std::string, std::string> files;
    std::string argument;
    std::string error;  // "DIR" stands for the directory of the files
};

inline void PrintTo(const FileCase& c, std::ostream* out) {
    *out << c.name;
}

// Profiles that are not found, not read, or extend something wrong.
const std::vector<FileCase>& file_cases();
std::string file_error(const FileCase& c);

struct LimitCase {
    std::string name;
    Config config;
    std::string error;
};

// Profiles that are good and too large. Built anew, since they are.
std::vector<LimitCase> limit_cases();

// What only a schema that is not ours can provoke.
std::string foreign_schema_error();

}  // namespace xdpmirror::test
