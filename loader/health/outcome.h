// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What one question to a collector came to, and which of an error's two sides it is on.
#pragma once

#include <string>

namespace xdpmirror {

struct Outcome {
    enum class Kind {
        answered,
        failed,       // the collector's side
        unreachable,  // our side, or the way: says nothing about the collector
    };

    Kind kind = Kind::answered;
    std::string why{};  // it is not answered
};

// Who told a socket its last error by ICMP; asked while it is open, with IP_RECVERR set.
struct Blame {
    enum class Who { nobody, we, somebody };

    Who who = Who::nobody;
    bool loop = false;  // the packet went in circles
    std::string address{};
};

Blame blame_of(int socket);

// What our own kernel refuses is on our side, a look-up of a neighbour that failed too. What somebody beyond
// us refuses is the collector's, unless there is no route, or a loop.
Outcome outcome_of(int err, const Blame& blame = {});

}  // namespace xdpmirror
