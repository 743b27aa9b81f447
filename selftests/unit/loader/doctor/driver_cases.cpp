// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <linux/if_arp.h>

#include "cases.h"

namespace xdpmirror::test {
namespace {

XdpOccupant occupant(const char* name, std::uint32_t link_id = 0) {
    return {.program_id = 7,
            .mode = XdpOccupant::Mode::native,
            .program_name = name,
            .link_id = link_id};
}

std::vector<DoctorCase> link_cases() {
    const auto good = machine(kernel_6_12(), veth());
    return {
        {"not Ethernet",
         with(good,
              [](Facts& f) {
                  f.ingress.link.arp_type = ARPHRD_NONE;
                  f.ingress.link.kind = "wireguard";
              }),
         "link", "eth0", Level::error, "is not an Ethernet device (wireguard)",
         "name the NIC that mirrored packets come in by", false},
        {"down", with(good, [](Facts& f) { f.ingress.link.up = false; }), "link", "eth0",
         Level::error, "is down", "ip link set dev eth0 up", false},
        {"no carrier", with(good, [](Facts& f) { f.ingress.link.carrier = false; }), "link", "eth0",
         Level::warning, "has no carrier", "ip -d link show dev eth0", false},
        {"another program by netlink",
         with(good, [](Facts& f) { f.ingress.occupant = occupant("filter"); }), "occupant", "eth0",
         Level::error, "carries the XDP program 'filter' (id 7, native)",
         "ip link set dev eth0 xdp off", false},
        {"another program in generic mode",
         with(good,
              [](Facts& f) {
                  f.ingress.occupant = occupant("filter");
                  f.ingress.occupant->mode = XdpOccupant::Mode::generic;
              }),
         "occupant", "eth0", Level::error, "carries the XDP program 'filter' (id 7, generic)",
         "ip link set dev eth0 xdpgeneric off", false},
        {"another program by link",
         with(good, [](Facts& f) { f.ingress.occupant = occupant("filter", 31); }), "occupant",
         "eth0", Level::error, "carries the XDP program 'filter' (id 7, native)",
         "bpftool link detach id 31", false},
        {"a dispatcher",
         with(good, [](Facts& f) { f.ingress.occupant = occupant("xdp_dispatcher"); }), "occupant",
         "eth0", Level::warning, "carries the XDP program 'xdp_dispatcher' (id 7, native)",
         "xdpmirror attach eth0 --profile NAME --shared", false},
        {"our own stub",
         with(good, [](Facts& f) { f.ingress.occupant = occupant("xdpmirror_stub"); }), "occupant",
         "eth0", Level::error, "carries the XDP program 'xdpmirror_stub' (id 7, native)",
         "xdpmirror status", false},
        {"xdpmirror itself",
         with(good,
              [](Facts& f) {
                  f.attached = true;
                  f.ingress.occupant = occupant("xdpmirror");
              }),
         "occupant", "eth0", Level::ok,
         "carries the XDP program 'xdpmirror' (id 7, native): xdpmirror is attached", "", false},
        {"occupant unknown",
         with(good, [](Facts& f) { f.ingress.occupant_unread = "read: not permitted"; }),
         "occupant", "eth0", Level::note, "cannot be read here: read: not permitted",
         "bpftool net show dev eth0", false},
    };
}

std::vector<DoctorCase> native_cases() {
    const auto without = [](Facts& f) { f.ingress.xdp_features = 0; };
    return {
        {"in-tree ENA of 6.1 cannot say", machine(kernel_6_1(), ena_in_tree(kernel_6_1())),
         "native_xdp", "eth0", Level::note,
         "ena 6.1.0-56-cloud-amd64; whether it has native XDP cannot be read here (Linux 6.3 says "
         "it)",
         "xdpmirror attach eth0 --profile NAME says it", false},
        {"a driver without", with(machine(kernel_6_12(), vmxnet3()), without), "native_xdp", "eth0",
         Level::error, "vmxnet3 1.7.0.0-k has no native XDP",
         "xdpmirror attach eth0 --profile NAME --mode generic, at a multiple of the cost; or a NIC "
         "with native XDP",
         false},
        {"veth with too few RX channels", with(machine(kernel_6_12(), veth()), without),
         "native_xdp", "eth0", Level::error,
         "has fewer RX channels than its veth peer has TX channels",
         "ethtool -L eth0 rx N, N the peer's number of TX channels", false},
        {"gve with queues of the other format", with(machine(kernel_6_12(), gve()), without),
         "native_xdp", "eth0", Level::error,
         "gve offers no XDP as it is set up (LRO, header split, or a queue format without it)",
         "ethtool -K eth0 lro off; or a machine type whose queues are of format GQI", false},
        {"virtio without", with(machine(kernel_6_12(), virtio()), without), "native_xdp", "eth0",
         Level::error, "virtio_net offers no XDP as this device was negotiated",
         "on the host: ctrl_guest_offloads=on for this NIC", false},
    };
}

std::vector<DoctorCase> ena_cases() {
    const auto all_used = [](Facts& f) { f.ingress.channels->combined = 8; };
    const auto jumbo = [](Facts& f) { f.ingress.link.mtu = 9001; };
    const auto in_tree = machine(kernel_6_12(), ena_in_tree(kernel_6_12()));
    const auto old_line = machine(kernel_6_12(), ena_out_of_tree("2.13.2g"));
    const auto frags = machine(kernel_6_12(), ena_out_of_tree("2.14.0g"));
    const auto newest = machine(kernel_6_12(), ena_out_of_tree("2.17.0g"));
    return {
        {"in-tree ENA, all channels", with(in_tree, all_used), "ena_channels", "eth0", Level::error,
         "8 of 8 channels used", "ethtool -L eth0 combined 4", true},
        {"ENA 2.14, all channels", with(frags, all_used), "ena_channels", "eth0", Level::error,
         "8 of 8 channels used", "ethtool -L eth0 combined 4", true},
        {"ENA 2.17, all channels", with(newest, all_used), "ena_channels", "eth0", Level::ok,
         "ena 2.17.0g needs no spare channels", "", false},
        {"ENA with one channel",
         with(in_tree,
              [](Facts& f) { f.ingress.channels = Channels{.combined = 1, .max_combined = 1}; }),
         "ena_channels", "eth0", Level::error, "1 of 1 channels used",
         "use a larger instance type, or ena 2.17.0g or newer", false},
        {"ENA channels unknown", with(in_tree, [](Facts& f) { f.ingress.channels.reset(); }),
         "ena_channels", "eth0", Level::note, "the channels cannot be read here", "ethtool -l eth0",
         false},
        {"in-tree ENA, jumbo", with(in_tree, jumbo), "xdp_mtu", "eth0", Level::error,
         "MTU 9001, at most 3498 with XDP by this driver and kernel",
         "ip link set dev eth0 mtu 3498, when no connection of this machine needs more; and let "
         "the "
         "mirror sessions cut at the source",
         false},
        {"ENA 2.13, jumbo", with(old_line, jumbo), "xdp_mtu", "eth0", Level::error,
         "MTU 9001, at most 3502 with XDP by this driver and kernel",
         "ip link set dev eth0 mtu 3502, when no connection of this machine needs more; and let "
         "the "
         "mirror sessions cut at the source",
         false},
        {"ENA 2.14, jumbo", with(frags, jumbo), "xdp_mtu", "eth0", Level::ok,
         "MTU 9001, and the driver takes frames of several buffers", "", false},
        {"ENA 2.14, jumbo, a kernel without multi-buffer",
         with(with(frags, jumbo), [](Facts& f) { f.kernel.multi_buffer = false; }), "xdp_mtu",
         "eth0", Level::error, "MTU 9001, at most 3502 with XDP by this driver and kernel",
         "ip link set dev eth0 mtu 3502, when no connection of this machine needs more; and let "
         "the "
         "mirror sessions cut at the source",
         false},
        {"first program on ENA", in_tree, "link_blip", "eth0", Level::note,
         "attaching the first program and detaching the last take the link down and up",
         "attach when that does no harm; a reload replaces the program and does not do it", false},
    };
}

std::vector<DoctorCase> gve_cases() {
    const auto good = machine(kernel_6_12(), gve());
    return {
        {"gve, more RX than TX", with(good, [](Facts& f) { f.ingress.channels->tx = 2; }),
         "gve_channels", "eth0", Level::error, "4 of 8 RX and 2 of 8 TX queues used",
         "ethtool -L eth0 rx 4 tx 4", true},
        {"gve, all queues",
         with(good, [](Facts& f) { f.ingress.channels->rx = f.ingress.channels->tx = 8; }),
         "gve_channels", "eth0", Level::error, "8 of 8 RX and 8 of 8 TX queues used",
         "ethtool -L eth0 rx 4 tx 4", true},
        {"gve channels unknown", with(good, [](Facts& f) { f.ingress.channels.reset(); }),
         "gve_channels", "eth0", Level::note, "the channels cannot be read here", "ethtool -l eth0",
         false},
        {"gve", good, "gve_rules", "eth0", Level::note,
         "queue format (GQI or DQO), header split and RX buffer length cannot be read here",
         "dmesg | grep gve, after an attach that was refused", false},
        {"gve, jumbo", with(good, [](Facts& f) { f.ingress.link.mtu = 8896; }), "xdp_mtu", "eth0",
         Level::error, "MTU 8896, at most 2032 with XDP by this driver and kernel",
         "ip link set dev eth0 mtu 2032, when no connection of this machine needs more; and let "
         "the "
         "mirror sessions cut at the source",
         false},
    };
}

std::vector<DoctorCase> virtio_cases() {
    const auto good = machine(kernel_6_12(), virtio());
    const auto jumbo = [](Facts& f) { f.ingress.link.mtu = 9000; };
    return {
        {"virtio, the host keeps merging",
         with(good, [](Facts& f) { *f.ingress.virtio_features &= ~(1ULL << 2); }),
         "virtio_offloads", "eth0", Level::error,
         "the host merges packets or leaves checksums out (rx-gro-hw), and offers no way to stop "
         "it",
         "on the host, for this NIC: ctrl_guest_offloads=on, or guest_csum=off,guest_tso4=off",
         false},
        {"virtio, a host that merges nothing",
         with(good, [](Facts& f) { f.ingress.virtio_features = (1ULL << 32) | (1ULL << 15); }),
         "virtio_offloads", "eth0", Level::ok, "the host merges no packets", "", false},
        {"virtio features unknown", with(good, [](Facts& f) { f.ingress.virtio_features.reset(); }),
         "virtio_offloads", "eth0", Level::note, "the negotiated features cannot be read here",
         "cat /sys/class/net/eth0/device/features", false},
        {"legacy virtio with mergeable buffers",
         with(good, [](Facts& f) { f.ingress.virtio_features = 1ULL << 15; }), "virtio_buffers",
         "eth0", Level::error, "a legacy device with mergeable buffers",
         "on the host, for this NIC: disable-legacy=on, or any_layout=on", false},
        {"virtio, no spare queues to be had",
         with(good,
              [](Facts& f) { f.ingress.channels = Channels{.combined = 4, .max_combined = 4}; }),
         "virtio_queues", "eth0", Level::warning, "4 of 4 queue pairs used, 4 CPUs",
         "on the host, for this NIC: queues=8, mq=on,vectors=18", false},
        {"virtio, spare queues all used",
         with(good, [](Facts& f) { f.ingress.channels->combined = 8; }), "virtio_queues", "eth0",
         Level::warning, "8 of 8 queue pairs used, 4 CPUs", "ethtool -L eth0 combined 4", true},
        {"virtio before multi-buffer, jumbo",
         with(with(good, jumbo), [](Facts& f) { f.ingress.xdp_features.reset(); }), "xdp_mtu",
         "eth0", Level::error, "MTU 9000, at most 3506 with XDP by this driver and kernel",
         "ip link set dev eth0 mtu 3506, when no connection of this machine needs more; and let "
         "the "
         "mirror sessions cut at the source",
         false},
        {"a driver whose limit nobody here knows, jumbo",
         with(machine(kernel_6_12(), vmxnet3()), jumbo), "xdp_mtu", "eth0", Level::warning,
         "MTU 9000, and the driver does not say that it takes frames of several buffers",
         "ip link set dev eth0 mtu 3498, if attach refuses; and let the mirror sessions cut at the "
         "source",
         false},
    };
}

}  // namespace

std::vector<DoctorCase> driver_cases() {
    std::vector<DoctorCase> all;
    for (const auto part : {link_cases, native_cases, ena_cases, gve_cases, virtio_cases}) {
        auto cases = part();
        all.insert(all.end(), cases.begin(), cases.end());
    }
    return all;
}

}  // namespace xdpmirror::test
