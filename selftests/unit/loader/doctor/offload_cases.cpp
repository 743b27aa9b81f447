// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "cases.h"

namespace xdpmirror::test {

std::vector<DoctorCase> offload_cases() {
    const auto on = [](const char* offload, bool fixed) {
        return [offload, fixed](Facts& f) { f.ingress.offloads[offload] = {true, fixed}; };
    };
    const auto good = machine(kernel_6_12(), veth());
    const auto google = machine(kernel_6_12(), gve());
    const auto vlan = [](Facts& f) { f.ingress.vlans = {"eth0.7"}; };
    return {
        {"LRO", with(machine(kernel_6_12(), vmxnet3()), on("rx-lro", false)), "lro", "eth0",
         Level::warning, "LRO is on", "ethtool -K eth0 lro off", true},
        {"LRO of gve", with(google, on("rx-lro", false)), "lro", "eth0", Level::error, "LRO is on",
         "ethtool -K eth0 lro off", true},
        {"LRO that stays", with(good, on("rx-lro", true)), "lro", "eth0", Level::warning,
         "LRO is on, and cannot be switched off",
         "use another driver or NIC, or the host's settings for it", false},
        {"GRO_HW of gve", with(google, on("rx-gro-hw", false)), "gro_hw", "eth0", Level::error,
         "GRO_HW is on", "ethtool -K eth0 rx-gro-hw off", true},
        {"GRO_HW of another driver", with(good, on("rx-gro-hw", false)), "gro_hw", "eth0",
         Level::warning, "GRO_HW is on", "ethtool -K eth0 rx-gro-hw off", true},
        {"GRO_HW of virtio", machine(kernel_6_12(), virtio()), "gro_hw", "eth0", Level::ok,
         "GRO_HW is on, and the driver switches it off itself", "", false},
        {"VLAN tags that the NIC takes out", with(good, vlan), "rx_vlan", "eth0", Level::warning,
         "the NIC takes VLAN tags out of the frame, and eth0.7 is on it",
         "ethtool -K eth0 rxvlan off", true},
        {"VLAN tags that the NIC leaves",
         with(with(good, vlan),
              [](Facts& f) {
                  f.ingress.offloads["rx-vlan-hw-parse"] = {false, false};
              }),
         "rx_vlan", "eth0", Level::ok, "VLAN tags stay in the frame", "", false},
        {"idle CPUs", with(good, [](Facts& f) { f.ingress.channels->rx = 1; }), "rx_queues", "eth0",
         Level::warning, "1 RX queues in use, 4 usable with XDP, 4 CPUs",
         "xdpmirror tune eth0 --apply", false},
        {"ENA cannot use more than half",
         with(machine(kernel_6_12(), ena_in_tree(kernel_6_12())),
              [](Facts& f) { f.ingress.channels = Channels{.combined = 2, .max_combined = 4}; }),
         "rx_queues", "eth0", Level::ok, "2 RX queues in use, 2 usable with XDP, 4 CPUs", "",
         false},
        {"queues unknown", machine(kernel_6_12(), vmxnet3()), "rx_queues", "eth0", Level::note,
         "the number of RX queues cannot be read here",
         "in the first network namespace: ls /sys/class/net/eth0/queues", false},
        {"queues that ethtool cannot set",
         with(machine(kernel_6_12(), vmxnet3()), [](Facts& f) { f.ingress.rx_queues = 1; }),
         "rx_queues", "eth0", Level::note,
         "1 RX queues in use, 4 CPUs; ethtool cannot set their number",
         "modinfo -p vmxnet3 tells whether the driver has a parameter", false},
        {"enough of them",
         with(machine(kernel_6_12(), vmxnet3()), [](Facts& f) { f.ingress.rx_queues = 4; }),
         "rx_queues", "eth0", Level::ok,
         "4 RX queues in use, 4 CPUs; ethtool cannot set their number", "", false},
        {"queue by addresses alone",
         with(good, [](Facts& f) { f.ingress.udp_ports_hashed = false; }), "rx_hash", "eth0",
         Level::warning, "the NIC chooses the RX queue by addresses alone",
         "ethtool -N eth0 rx-flow-hash udp4 sdfn", true},
        {"flow hash unknown", with(good, [](Facts& f) { f.ingress.udp_ports_hashed.reset(); }),
         "rx_hash", "eth0", Level::note, "by what the NIC chooses the RX queue cannot be read here",
         "ethtool -n eth0 rx-flow-hash udp4", false},
    };
}

}  // namespace xdpmirror::test
