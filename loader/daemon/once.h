// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What cannot be done at one moment is tried at the next, ten times a second, and said once.
#pragma once

#include <map>
#include <string>

#include "maps/result.h"

namespace xdpmirror {

class Once {
  public:
    // Logs the error of a part unless it had the same the last time.
    void say(const std::string& part, const Result<>& done);

  private:
    std::map<std::string, std::string> said_;  // by part
};

}  // namespace xdpmirror
