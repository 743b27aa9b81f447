// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What a driver counts of XDP and of the cloud's allowances: packets that are lost before us, or
// behind us.
#pragma once

#include <string>

#include "loader/device/ethtool.h"
#include "loader/metrics/exposition.h"

namespace xdpmirror {

// "rx_queue_xdp_drops" for "rx_queue_3_xdp_drops": one name for all queues of a device. Empty for
// what is not of interest here.
std::string counter_name(const std::string& drivers_name);

// `device` is the ingress itself or one of its ways out.
void add_nic(Exposition& to, const std::string& interface, const std::string& device,
             const DriverCounters& counters);

}  // namespace xdpmirror
