// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A socket on the way out that a question takes.
#pragma once

#include "config/address.h"
#include "loader/health/question.h"
#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

// Device, mark, and IP_RECVERR. Returns 0 or errno.
int set_way(int socket, Family family, const QuestionWay& way);

// Nonblocking, on its way, and connected: only the collector's own packets come in. `err` is errno if the
// descriptor is invalid; EINPROGRESS if the connection is not there yet.
UniqueFd connected_socket(const IpAddress& address, std::uint16_t port, int type, int protocol,
                          const QuestionWay& way, int& err);

// The error that a socket was told, once; 0 for none.
int error_of(int socket);

}  // namespace xdpmirror
