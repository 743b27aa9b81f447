#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""In a guest, in the lab of guest_lab.sh: three nodes with xdpmirror, each with the profile that we ship, as it is.

    lab-exp exporters -> lab-src mirrors into the kernel's VXLAN device -> lab-tgt, prod -> Ethernet
    -> the guest, gateway, wg0 or its standby wg1 -> lab-dst decrypts and routes
    -> lab-fwd, forwarder, back out of its one NIC -> lab-dst routes -> lab-col, the collector

guest_gateway.py XDPMIRROR CONFIG STUB
"""
import os
import sys

import tunnel_packets as packets
from chain_flows import Flows
from chain_lab import EXPORTERS_GATEWAY, Facts, Service, complete_books, link, mirror_session, namespaces
from tunnel_kinds import Tunnel, ip
from tunnel_node import PATH, XDPMIRROR, Books, output
from tunnel_watch import Collector, Mirror

CONFIG, STUB = sys.argv[2:]
COUNT, SMALL, LARGE = 100, 1000, 1464  # large: more than the tunnel takes, and dropped unless told otherwise
FLOWS = 20  # a datagram of each protocol that the tunnel takes
COLLECTOR = "100.76.20.11"
IPFIX_PORT = 4739
HOPS = 5  # lab-tgt, the guest, lab-dst, lab-fwd, lab-dst
# the last is for a WireGuard peer that speaks when our end is down
BESIDES = {"ICMP type 3 for 198.51.100.2"}


def lab():
    """The nodes beside those of guest_lab.sh; in0 becomes another node's."""
    namespaces("lab-exp", "lab-tgt", "lab-fwd", "lab-col")
    ip(["link set in0 netns lab-tgt"])
    link(("lab-exp", "exp0"), ("lab-src", "eni0"))
    link(("lab-tgt", "eth1"), (None, "gw0"))
    link(("lab-dst", "vf0"), ("lab-fwd", "fw0"))
    link(("lab-dst", "vc0"), ("lab-col", "col0"))
    ip(["link set src0 mtu 2000", "address add 10.0.0.2/24 dev src0"], "lab-src")
    mirror_session("eni0", "10.0.0.2", "10.0.0.1")
    ip([f"neighbour add {packets.TARGET[4]} lladdr {EXPORTERS_GATEWAY} dev exp0"], "lab-exp")
    # an answer to the mirrored hosts would find its way
    ip(["link set in0 mtu 2000 up", "address add 192.0.2.1/24 dev in0", "address add 10.0.0.1/24 dev in0",
        "neighbour replace 192.0.2.2 lladdr 52:54:00:78:6d:01 dev in0 nud permanent",
        "route add 192.168.0.0/16 via 192.0.2.2", "address add 10.8.0.1/24 dev eth1",
        "route add 100.76.10.11/32 via 10.8.0.2"], "lab-tgt")
    ip(["address add 10.8.0.2/24 dev gw0", "route add 192.168.0.0/16 via 10.8.0.1"])
    ip(["address add 10.9.0.1/24 dev vf0", "address add 10.10.0.1/24 dev vc0", "route add 100.76.10.11/32 via 10.9.0.2",
        f"route add {COLLECTOR}/32 via 10.10.0.2"], "lab-dst")
    ip(["address add 10.9.0.2/24 dev fw0", f"route add {COLLECTOR}/32 via 10.9.0.1"], "lab-fwd")
    ip(["address add 10.10.0.2/24 dev col0", f"address add {COLLECTOR}/32 dev lo",
        "route add 192.168.0.0/16 via 10.10.0.1"], "lab-col")
    output("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward", namespace="lab-dst")
    output("ethtool", "-K", "exp0", "tx", "off", namespace="lab-exp")  # a mirror copies finished checksums
    # what XDP sends back by a veth waits there until the peer has a program
    ip([f"link set vf0 xdpdrv object {STUB} section xdp.frags"], "lab-dst")
    for metric, device in enumerate(("wg0", "wg1")):
        Tunnel("wireguard", PATH, devices=(device, device), metric=metric + 1, port=packets.WG_PORTS[metric]).up()


class Chain(Facts):
    """Three nodes, and what was sent."""

    def __init__(self):
        super().__init__()
        lab()
        self.exporters, self.mirror = Mirror("lab-exp", "exp0"), Mirror()
        self.collector = Collector(namespace="lab-col", address={4: COLLECTOR})
        self.sent = 0
        output(XDPMIRROR, "attach", "fw0", "--profile", f"{CONFIG}/forwarder.yaml", namespace="lab-fwd",
               env={**os.environ, "XM_INSIDE": "fw0", "XM_COLLECTOR": COLLECTOR})
        self.service = Service("gw0", f"{CONFIG}/gateway.yaml")
        output(XDPMIRROR, "attach", "in0", "--profile", f"{CONFIG}/prod.yaml", namespace="lab-tgt")

    def send(self, size):
        """One of each exporter."""
        self.exporters.send(4, COUNT, size, packets.exported)
        self.sent += COUNT

    def arrive(self, what, count):
        """What was sent last, or what is left of it."""
        self.expect(f"{what}: {count}, {HOPS} hops", f"{count} as they were sent",
                    self.collector.take(4, count, SMALL, HOPS))

    def fail_over(self):
        """The primary goes while packets come; each of them arrives, or is in the books."""
        ip(["link set wg0 down"])
        self.send(SMALL)
        print(f"       wg0 fails: {self.service.moved('wg0', 'wg1')}")
        books = complete_books("gw0", self.sent)
        rejected = books.drops.get("egress_rejected", 0)
        self.expect(f"the gateway's books after the failure, by {books.way}", (self.sent, self.sent - COUNT - rejected, "tc/wg1"),
                    (books.received, books.delivered, books.way))
        self.arrive("all but those that were rejected arrive", COUNT - rejected)
        return rejected

    def silence(self):
        """Nobody was told, nothing went in clear, nothing came twice."""
        passed, clear = self.collector.passed()
        self.expect("only WireGuard on the way to the VPN's other end", ({"wireguard"}, False), (passed - BESIDES, clear))
        self.expect("the mirror hears nothing", set(), self.mirror.heard())
        self.expect("the exporters hear nothing", [], [packets.kind(frame) for frame in self.exporters.wire.frames()
                                                       if packets.kind(frame) != "housekeeping"])
        self.expect("nothing else reaches the collector", 0, self.collector.strays())

    def records(self):
        """A real exporter and a real collector, by the primary when it is back."""
        self.collector.close()
        flows = Flows(COLLECTOR, FLOWS)
        self.service.moved("wg1", "wg0")
        self.sent += flows.export("192.168.2.1", 9)
        self.sent += flows.export("192.168.2.2", 10, IPFIX_PORT)
        records, missed, bad = flows.collected()
        self.expect(f"nfdump has each exporter's records under its address: {records}", (flows.exported, 0, 0),
                    (records, missed, bad))

    def sums(self, lost):
        """Each node's books, and the way it took."""
        sent = self.sent
        for interface, namespace, way in (("in0", "lab-tgt", "redirect/eth1"), ("gw0", None, "tc/wg0"),
                                          ("fw0", "lab-fwd", "tx/fw0")):
            books, drops = Books(interface, namespace), {} if namespace else {k: v for k, v in lost.items() if v}
            if interface == "fw0":
                sent -= sum(lost.values())
            self.expect(f"the books of {interface}, {way}", (sent, sent - sum(drops.values()), drops, way, "native"),
                        (books.received, books.delivered, books.drops, books.way, books.said["mode"]))


def main():
    """By the primary, by its standby, and back."""
    chain = Chain()
    chain.send(SMALL)
    chain.arrive("by wg0", COUNT)
    chain.send(LARGE)
    rejected = chain.fail_over()
    chain.send(SMALL)
    chain.arrive("by wg1", COUNT)
    ip(["link set wg0 up"])
    chain.silence()
    chain.records()
    chain.sums({"egress_oversize": COUNT, "egress_rejected": rejected})
    sys.exit(f"{chain.failures} failures" if chain.failures else 0)


main()
