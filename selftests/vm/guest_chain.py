#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""In a guest, in the lab of guest_lab.sh: the whole way, with xdpmirror on two nodes and the profiles that
we ship.

    lab-exp exporters -> lab-src mirrors into the kernel's VXLAN device -> the guest, prod -> tunnel
    -> lab-dst decrypts and routes -> lab-fwd, forwarder -> lab-col, the collector

guest_chain.py XDPMIRROR CONFIG TUNNEL...
"""
import os
import sys
import time

import tunnel_packets as packets
from tunnel_kinds import Tunnel, change, ip
from tunnel_node import BY_MARK, MARK_RULE, PATH, XDPMIRROR, Books, node, output
from tunnel_watch import Collector, Mirror

CONFIG = sys.argv[2]
COUNT, SMALL, LARGE = 100, 400, 1464  # large: a NetFlow datagram with 30 records, more than any tunnel takes
COLLECTOR = "100.76.20.11"
HOPS = 3  # the guest, lab-dst, lab-fwd
TARGET = """version: 1
extends: {prod}
sources:
  - {{name: core-routers, vxlan: {{vni: 4242}}, from: [192.0.2.0/24]}}
egress:
  gcp: {{{egress}, oversize: fragment}}
"""
LINKS = [  # a device in a namespace, and its peer
    ("lab-exp", "exp0", "lab-src", "eni0"), ("lab-dst", "vf0", "lab-fwd", "fw0"), ("lab-fwd", "fw1", "lab-col", "col0")]


def lab():
    """The nodes beside those of guest_lab.sh."""
    node()
    ip([f"netns add {name}" for name in ("lab-exp", "lab-fwd", "lab-col")])
    for namespace, device, other, peer in LINKS:
        ip([f"link add {device} netns {namespace} mtu 1900 type veth peer name {peer} netns {other} mtu 1900"])
        ip([f"link set {device} up"], namespace)
        ip([f"link set {peer} up"], other)
    # the mirror says nothing of its own
    ip(["link add vx0 mtu 1900 type vxlan id 4242 local 192.0.2.2 remote 192.0.2.1 dstport 4789 dev src0",
        "link set vx0 addrgenmode none", "link set vx0 up"], "lab-src")
    output("tc", "-n", "lab-src", "qdisc", "add", "dev", "eni0", "clsact")
    output("tc", "-n", "lab-src", "filter", "add", "dev", "eni0", "ingress", "protocol", "ip", "matchall",
           "action", "mirred", "egress", "mirror", "dev", "vx0")
    ip(["address add 10.9.0.1/24 dev vf0", "route add 100.76.10.11/32 via 10.9.0.2"], "lab-dst")
    ip(["address add 10.9.0.2/24 dev fw0", "address add 10.10.0.1/24 dev fw1",
        f"route add {COLLECTOR}/32 via 10.10.0.2"], "lab-fwd")
    ip(["address add 10.10.0.2/24 dev col0", f"address add {COLLECTOR}/32 dev lo", "link set lo up",
        "route add 192.168.0.0/16 via 10.10.0.1"], "lab-col")
    output("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward", namespace="lab-dst")
    # native XDP into a veth is for a peer that polls
    output("ethtool", "-K", "col0", "gro", "on", namespace="lab-col")


class Chain:
    """Both nodes, and what went wrong."""

    def __init__(self):
        self.exporters, self.mirror = Mirror("lab-exp", "exp0"), Mirror()
        self.collector = Collector(namespace="lab-col", address={4: COLLECTOR})
        self.failures = 0

    def expect(self, what, wanted, have):
        """One line for each fact."""
        self.failures += wanted != have
        print(f"{time.clock_gettime(time.CLOCK_BOOTTIME):6.1f} {'ok' if wanted == have else 'FAILED'} {what}"
              + ("" if wanted == have else f": wanted {wanted!r}, have {have!r}"), flush=True)

    def through(self, name):
        """One kind of tunnel."""
        tunnel = Tunnel(name, PATH)
        tunnel.up()
        egress = "interface: way0"
        if name == "xfrm":
            egress += ", mtu: 1400"
        elif name == "policy":
            egress = "interface: out0, path: kernel, mark: 0x77, mtu: 1400"
            ip([MARK_RULE], family=4)
            change("add", BY_MARK)
        with open("/tmp/target.yaml", "w", encoding="ascii") as file:
            file.write(TARGET.format(prod=f"{CONFIG}/prod.yaml", egress=egress))
        output(XDPMIRROR, "attach", "in0", "--profile", "/tmp/target.yaml")
        self.collector.passed()
        before = Books("fw0", "lab-fwd")
        for size in (SMALL, LARGE):
            self.exporters.send(4, COUNT, size, packets.exported)
            self.expect(f"{name}: {COUNT} of {size} bytes, {HOPS} hops", f"{COUNT} as they were sent",
                        self.collector.take(4, COUNT, size, HOPS))
        self.agree(name, before)
        output(XDPMIRROR, "detach", "in0")
        if name != "policy":
            ip(["link del way0"])
        tunnel.down()

    def agree(self, name, before):
        """The books of both nodes, and what was on the wires."""
        target, forwarder = Books("in0"), Books("fw0", "lab-fwd")
        self.expect(f"{name}: the mirror target's books, {target.way}", (2 * COUNT, 2 * COUNT, {}),
                    (target.received, target.delivered, target.drops))
        arrived = forwarder.received - before.received  # a large one in several fragments
        self.expect(f"{name}: the forwarder's books, {forwarder.way}, {arrived} packets", (True, arrived, {}),
                    (arrived >= 2 * COUNT, forwarder.delivered - before.delivered, forwarder.drops))
        passed, clear = self.collector.passed()
        self.expect(f"{name}: {sorted(passed)} on the way to the VPN's other end", (True, name == "gre"),
                    ("plain" not in passed and bool(passed), clear))
        self.expect(f"{name}: the mirror hears nothing", set(), self.mirror.heard())
        self.expect(f"{name}: the exporters hear nothing", [],
                    [packets.kind(frame) for frame in self.exporters.wire.frames()
                     if packets.kind(frame) != "housekeeping"])
        self.expect(f"{name}: nothing else reaches the collector", 0, self.collector.strays())


def main():
    """Every tunnel in turn; the forwarder stays."""
    lab()
    chain = Chain()
    output(XDPMIRROR, "attach", "fw0", "--profile", f"{CONFIG}/forwarder.yaml", namespace="lab-fwd",
           env={**os.environ, "XM_INSIDE": "fw1", "XM_COLLECTOR": COLLECTOR})
    forwarder = Books("fw0", "lab-fwd")
    chain.expect("the forwarder's mode and way", ("native", "redirect/fw1"), (forwarder.said["mode"], forwarder.way))
    for name in sys.argv[3:]:
        chain.through(name)
    output(XDPMIRROR, "detach", "fw0", namespace="lab-fwd")
    sys.exit(f"{chain.failures} failures" if chain.failures else 0)


main()
