// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One function for each subject: facts to findings. Pure.
#pragma once

#include "loader/doctor/finding.h"

namespace xdpmirror {

void check_kernel(const Facts& facts, Findings& findings);
void check_driver(const Facts& facts, Findings& findings);
void check_ena(const Facts& facts, Findings& findings);
void check_gve(const Facts& facts, Findings& findings);
void check_virtio(const Facts& facts, Findings& findings);
void check_mtu(const Facts& facts, Findings& findings);
void check_offloads(const Facts& facts, Findings& findings);
void check_queues(const Facts& facts, Findings& findings);
void check_egress(const Facts& facts, Findings& findings);
void check_peers(const Facts& facts, Findings& findings);
void check_forwarding(const Facts& facts, Findings& findings);
void check_cloud(const Facts& facts, Findings& findings);

// The devices that will carry a native program: the ingress, and egress devices that take
// redirected frames only with a program of their own. Each once; they borrow the facts.
std::vector<const DeviceFacts*> devices_with_program(const Facts& facts);

// The frame that a driver takes with XDP.
struct XdpMtu {
    enum class Known { no_limit, limit, about };  // about: the driver's own limit is not known here
    Known known = Known::no_limit;
    std::uint32_t most = 0;
};
XdpMtu xdp_mtu(const KernelFacts& kernel, const DeviceFacts& device);

// Errors of the loader end with what to do; takes it off `text` and returns it.
std::string take_cure(std::string& text);

// A way out as a subject: "egress gcp (eth1)".
std::string label(const EgressFacts& egress);

// Findings with less to type. The fix of the last is the command of its change.
Finding fine(const char* id, const std::string& subject, std::string found);
Finding finding(const char* id, const std::string& subject, Level level, std::string found,
                std::string why, std::string fix);
Finding mendable(const char* id, const std::string& subject, Level level, std::string found,
                 std::string why, Change change);

}  // namespace xdpmirror
