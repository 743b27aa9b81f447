#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""In a guest, in the lab of guest_lab.sh: the whole way, with xdpmirror on two nodes and the profiles that
we ship.

    lab-exp exporters -> lab-src mirrors into the kernel's VXLAN device -> the guest, prod -> tunnel
    -> lab-dst decrypts and routes -> lab-fwd, forwarder -> lab-col, the collector

The guest has a way by each kind of tunnel and uses the first that works; one after the other fails. IPsec is
negotiated by strongSwan. guest_chain.py XDPMIRROR CONFIG
"""
import os
import sys

import tunnel_packets as packets
from chain_flows import Flows
from chain_lab import EXPORTERS_GATEWAY, Facts, Service, complete_books, link, mirror_session, namespaces
from tunnel_ike import Ike
from tunnel_kinds import Tunnel, ip
from tunnel_node import BY_MARK, MARK_RULE, PATH, XDPMIRROR, Books, node, output
from tunnel_watch import Collector, Mirror

CONFIG = sys.argv[2]
COUNT, SMALL, LARGE = 100, 400, 1464  # large: a NetFlow datagram with 30 records, more than any tunnel takes
COLLECTOR, CHECKED_PORT = "100.76.20.11", 8082
FLOWS = 70  # in NetFlow v5 two datagrams of 1492 bytes and a rest
HOPS = 3  # the guest, lab-dst, lab-fwd
TARGET = f"""version: 1
extends: {CONFIG}/prod.yaml
sources:
  - {{name: core-routers, vxlan: {{vni: 4242}}, from: [192.0.2.0/24]}}
egress:
  gcp:
    interface: wg0
    oversize: fragment
    standby:
      - {{interface: ipsec0, mtu: 1400}}
      - {{interface: vpngre}}
      - {{interface: out0, path: kernel, mark: 0x77, mtu: 1400}}
"""
# the packets that are compared byte for byte go to another port than the records
FORWARDER = f"""version: 1
extends: {CONFIG}/forwarder.yaml
rules:
  - {{name: checked, match: {{from: 192.168.1.0/24, port: {packets.COLLECTOR_PORT}}}, send: {{to: collectors, port: {CHECKED_PORT}}}}}
  - {{name: flows, match: {{port: {packets.COLLECTOR_PORT}}}, send: {{to: collectors, port: {packets.COLLECTOR_PORT}}}}}
"""
# the device, what passes on the wire, and how it fails. The policies come last: they are for whatever is routed, so
# what the kernel fragments for another way would be theirs too
WAYS = {
    "wireguard": ("wg0", "wireguard", "link set wg0 down"),
    "route-based IPsec": ("ipsec0", "esp", "link del ipsec0"),
    "gre": ("vpngre", "gre", "link set vpngre down"),
    "policy-based IPsec": ("out0", "esp", None)}
# the last is for a WireGuard peer that speaks when our end is down
BESIDES = {"ike", "later fragment", "ICMP type 3 for 198.51.100.2"}


def lab():
    """The nodes beside those of guest_lab.sh."""
    node()
    namespaces("lab-exp", "lab-fwd", "lab-col")
    link(("lab-exp", "exp0"), ("lab-src", "eni0"))
    link(("lab-dst", "vf0"), ("lab-fwd", "fw0"))
    link(("lab-fwd", "fw1"), ("lab-col", "col0"))
    mirror_session("eni0", "192.0.2.2", "192.0.2.1")
    ip([f"neighbour add {packets.TARGET[4]} lladdr {EXPORTERS_GATEWAY} dev exp0"], "lab-exp")
    ip(["address add 10.9.0.1/24 dev vf0", "route add 100.76.10.11/32 via 10.9.0.2"], "lab-dst")
    ip(["address add 10.9.0.2/24 dev fw0", "address add 10.10.0.1/24 dev fw1",
        f"route add {COLLECTOR}/32 via 10.10.0.2"], "lab-fwd")
    ip(["address add 10.10.0.2/24 dev col0", f"address add {COLLECTOR}/32 dev lo",
        "route add 192.168.0.0/16 via 10.10.0.1"], "lab-col")
    output("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward", namespace="lab-dst")
    output("ethtool", "-K", "exp0", "tx", "off", namespace="lab-exp")  # a mirror copies finished checksums
    output("ethtool", "-K", "col0", "gro", "on", namespace="lab-col")  # native XDP into a veth is for a peer that polls


def written(name, profile):
    """Its path."""
    with open(f"/run/{name}.yaml", "w", encoding="ascii") as file:
        file.write(profile)
    return file.name


def tunnels():
    """All of them, and strongSwan, which begins to negotiate."""
    for metric, (name, near, far) in enumerate((("wireguard", "wg0", "far0"), ("xfrm", "ipsec0", "far1"),
                                                ("gre", "vpngre", "far2"))):
        Tunnel(name, PATH, devices=(near, far), is_by_hand=False, metric=metric + 1).up()
    ip([MARK_RULE, BY_MARK[4][0]], family=4)
    return Ike(PATH, "192.168.0.0/16", f"{packets.COLLECTOR[4]}/32")


class Chain(Facts):
    """Both nodes, and what was sent."""

    def __init__(self):
        super().__init__()
        lab()
        self.ike, self.flows = tunnels(), Flows(COLLECTOR, FLOWS)
        self.exporters, self.mirror = Mirror("lab-exp", "exp0"), Mirror()
        self.collector = Collector(namespace="lab-col", address={4: COLLECTOR}, port=CHECKED_PORT)
        self.sent, self.rejected = 0, 0
        output(XDPMIRROR, "attach", "fw0", "--profile", written("forwarder", FORWARDER), namespace="lab-fwd",
               env={**os.environ, "XM_INSIDE": "fw1", "XM_COLLECTOR": COLLECTOR})
        self.service = Service("in0", written("target", TARGET))

    def arrive(self, name, size):
        """Sends, and finds at the collector."""
        self.exporters.send(4, COUNT, size, packets.exported)
        self.sent += COUNT
        self.expect(f"{name}: {COUNT} of {size} bytes, {HOPS} hops", f"{COUNT} as they were sent",
                    self.collector.take(4, COUNT, size, HOPS))

    def through(self, number, name):
        """One way."""
        device, kind, fail = WAYS[name]
        self.collector.passed()
        if device == "out0":
            self.negotiate_on_demand(name)
        self.arrive(name, SMALL)
        if device == "ipsec0":  # no packet is lost by a new key
            self.ike.near.ask("--rekey", "--child", "route")
            self.ike.wait("route", 2)
        self.arrive(name, LARGE)
        self.sent += self.flows.export(f"192.168.2.{number + 1}", 5)
        passed, clear = self.collector.passed()
        self.expect(f"{name}: {sorted(passed)} on the way to the VPN's other end", (True, kind == "gre"),
                    (passed - BESIDES == {kind}, clear))
        self.silence(name)
        if fail:
            ip([fail])
            print(f"       {name} fails: {self.service.moved(device, list(WAYS.values())[number + 1][0])}")

    def negotiate_on_demand(self, name):
        """Policies that wait for packets: what comes before there are keys is lost and counted, not sent in clear."""
        self.ike.near.ask("--install", "--child", "policy")
        self.exporters.send(4, COUNT, SMALL, packets.exported)
        self.ike.wait("policy")
        books = complete_books("in0", self.sent + COUNT)
        self.rejected = books.drops.get("egress_rejected", 0)
        early = COUNT - self.rejected
        self.expect(f"{name}: {self.rejected} of {COUNT} are rejected before there are keys", (True, self.sent + early),
                    (self.rejected > 0, books.delivered))
        self.sent += early
        self.expect(f"{name}: and the others arrive", f"{early} as they were sent",
                    self.collector.take(4, early, SMALL, HOPS))

    def silence(self, name):
        """Nobody was told, and nothing came twice."""
        self.expect(f"{name}: the mirror hears nothing", set(), self.mirror.heard())
        self.expect(f"{name}: the exporters hear nothing", [],
                    [packets.kind(frame) for frame in self.exporters.wire.frames()
                     if packets.kind(frame) != "housekeeping"])
        self.expect(f"{name}: nothing else reaches the collector", 0, self.collector.strays())

    def close(self):
        """The books of both nodes, and the collector's."""
        target, forwarder = Books("in0"), Books("fw0", "lab-fwd")
        self.expect("the mirror target's books", (self.sent + self.rejected, self.sent, {"egress_rejected": self.rejected}),
                    (target.received, target.delivered, target.drops))
        self.expect(f"the forwarder's books, {forwarder.received} packets", (True, forwarder.received, {}),
                    (forwarder.received > self.sent, forwarder.delivered, forwarder.drops))  # fragments among them
        self.expect("the forwarder's mode and way", ("native", "redirect/fw1"), (forwarder.said["mode"], forwarder.way))
        # in a burst a small packet overtakes those that the kernel fragments: records come out of order, none is lost
        records, _, bad = self.flows.collected()
        self.expect(f"nfdump has each exporter's records under its address: {records}", (self.flows.exported, 0),
                    (records, bad))


def main():
    """Every way in turn, then the sums."""
    chain = Chain()
    chain.ike.wait("route")
    for number, name in enumerate(WAYS):
        chain.through(number, name)
    chain.close()
    sys.exit(f"{chain.failures} failures" if chain.failures else 0)


main()
