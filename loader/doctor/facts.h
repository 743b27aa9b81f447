// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Everything that the doctor looks at, as it was found on the machine: plain values, so that every
// finding can be tried on a machine that was written down. What is unset could not be read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/address.h"
#include "loader/device/device_facts.h"
#include "loader/kernel.h"
#include "loader/next_hop.h"
#include "loader/way_out.h"
#include "loader/wireguard.h"

namespace xdpmirror {

enum class Cloud { unknown, ec2, gce };

struct KernelFacts {
    std::string release;
    std::vector<KernelFeature> features;  // empty: not probed, the process may not
    std::optional<bool> multi_buffer;     // takes frags programs
    std::optional<int> jit;               // net.core.bpf_jit_enable
    std::optional<int> unprivileged_bpf_disabled;
    std::string missing_capabilities;  // the sentence; empty: none is missing
    std::string bpffs_missing;         // likewise
    std::uint32_t page_size = 4096;
    unsigned cpus = 1;  // online
};

// Of the ingress, IPv4.
struct ForwardingFacts {
    std::optional<int> forwarding;
    std::optional<int> rp_filter;
    std::optional<int> rp_filter_all;
};

// One collector seen from the egress that it is reached by.
struct HopFacts {
    IpAddress collector;
    std::optional<NextHop> hop;
    std::string refusal;  // why there is none
};

// Who is at the other end of a WireGuard device.
struct PeerFacts {
    std::vector<WireguardPeer> peers;
    std::string unread;                 // why nobody knows; empty: all are in `peers`
    std::vector<IpAddress> collectors;  // that must be reached by them
    bool probed = false;                // `run` asks through it
};

// One way out: the primary of an egress, or a standby.
struct EgressFacts {
    std::string name;  // of the egress in the profile
    std::string interface;
    bool fragment = false;
    bool same = false;     // it is the ingress
    bool standby = false;  // what is wrong with it does not stop attach
    std::optional<ChosenPath> chosen;
    std::string unfit;  // why there is no path
    std::optional<DeviceFacts> device;
    std::string missing;  // why there is no device
    std::vector<HopFacts> hops;
    std::optional<PeerFacts> peers;  // of a WireGuard device
};

struct ProfileFacts {
    std::string name;
    bool vxlan = false;
    bool geneve = false;
    bool plain = false;
    std::vector<std::uint16_t> ports;  // UDP ports that mirrors arrive at
    std::vector<EgressFacts> egress;   // as in the profile
    std::string refusal;               // why `attach` would not resolve the profile here
};

struct Facts {
    KernelFacts kernel;
    Cloud cloud = Cloud::unknown;
    DeviceFacts ingress;
    bool attached = false;  // xdpmirror itself has a state for the ingress
    ForwardingFacts forwarding;
    std::optional<ProfileFacts> profile;
};

}  // namespace xdpmirror
