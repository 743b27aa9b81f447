// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One line to the system's log (facility authpriv) for each change of an attachment and for each
// attempt: who, which command, interface, profile, configuration before and after, result. Nothing
// where nobody listens at /dev/log.
#pragma once

#include <string>

#include "loader/history/who.h"
#include "maps/result.h"

namespace xdpmirror {

class Audit {
  public:
    Audit(std::string command, std::string interface, std::string profile);
    Audit(const Audit&) = delete;
    Audit& operator=(const Audit&) = delete;
    ~Audit();  // says that it was interrupted, if nobody said how it went

    // Hashes of configurations; empty: there was none, or there is none now.
    void was(std::string hash) { before_ = std::move(hash); }
    void becomes(std::string hash) { after_ = std::move(hash); }

    template <class T>
    void done(const Result<T>& result) {
        say(result ? "done" : "failed: " + one_line(result.error()), static_cast<bool>(result));
    }

  private:
    void say(const std::string& result, bool is_good);

    std::string command_, interface_, profile_, before_, after_;
    bool said_ = false;
};

// The line itself; values with blanks, quotes or control characters are quoted as in JSON.
std::string audit_line(const Who& who, const std::string& command, const std::string& interface,
                       const std::string& profile, const std::string& before,
                       const std::string& after, const std::string& result);

}  // namespace xdpmirror
