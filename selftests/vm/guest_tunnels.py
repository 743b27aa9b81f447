#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""In a guest, in the lab of guest_lab.sh: every kind of tunnel from the guest to lab-dst as the way out.
What arrives is counted behind the tunnel, by a collector in lab-dst; what does not must be in the books;
the mirrored hosts hear nothing. guest_tunnels.py XDPMIRROR TUNNEL...

One process, since starting another takes long under emulation.
"""
import sys
import time

import tunnel_packets as packets
from tunnel_handshake import by_handshake
from tunnel_kinds import Tunnel, change, ip, wg
from tunnel_node import BY_MARK, MARK_RULE, PATH, XDPMIRROR, Books, node, output
from tunnel_watch import PATIENCE, Collector, Mirror

COUNT, SMALL, LARGE, LOST = 50, 900, 1600, 20
NARROW = {4: ["route add 198.51.100.2/32 dev out0 mtu 1300"], 6: ["route add 2001:db8:2::2/128 dev out0 mtu 1300"]}
# a word to the other end of a tunnel, when ours is gone
TO_PEER = {"ICMP type 3 for 198.51.100.2", "ICMPv6 type 1 for 2001:db8:2::2"}
PROFILE = """version: 1
sources:
  - {name: mirror, vxlan: {vni: 4242}, from: [192.0.2.0/24]}
rules:
  - {name: flows6, match: {from: "fd00:192:168::/48", port: 31756}, send: {to: fdi6, port: 8081}}
  - {name: flows, match: {from: 192.168.0.0/16, port: 31756}, send: {to: fdi, port: 8081}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: out}
  fdi6: {collectors: [{address: "fd00:100:76::11"}], via: out}
egress:
  out: {%s}
"""


class Test:
    """The lab, what was sent by the present attachment, and what went wrong."""

    def __init__(self):
        self.mirror, self.collector = Mirror(), Collector()
        self.failures, self.what = 0, ""
        self.sent, self.drops, self.delivered = 0, {}, 0
        self.rules = self.all_rules()

    @staticmethod
    def all_rules():
        return output("ip", "rule") + output("ip", "-6", "rule")

    def expect(self, what, wanted, have):
        """One line for each fact."""
        right = wanted == have
        self.failures += not right
        print(f"{time.clock_gettime(time.CLOCK_BOOTTIME):6.1f} {'ok' if right else 'FAILED'} {self.what}: {what}"
              + ("" if right else f": wanted {wanted!r}, have {have!r}"), flush=True)

    def profile(self, egress):
        """With an empty pair of books."""
        with open("/tmp/way.yaml", "w", encoding="ascii") as file:
            file.write(PROFILE % egress)
        self.sent, self.drops, self.delivered = 0, {}, 0
        return "/tmp/way.yaml"

    def attach(self, egress):
        """By this way."""
        output(XDPMIRROR, "attach", "in0", "--profile", self.profile(egress))

    def detach(self):
        output(XDPMIRROR, "detach", "in0")
        left = output("ls", "/sys/fs/bpf") + output("tc", "filter", "show", "dev", "in0", "ingress")
        left += "".join(line for line in output("tc", "qdisc", "show", "dev", "in0").splitlines() if "clsact" in line)
        left += "".join(line for line in output("ip", "link", "show", "in0").splitlines() if "xdp" in line)
        self.expect("detach leaves no pin, filter, qdisc, program or rule", ("", self.rules), (left, self.all_rules()))

    def loses(self, reason, family, count, size):
        """Sends what must be lost for this reason; what became of it is for books() to say."""
        self.mirror.send(family, count, size)
        self.sent += count
        self.drops[reason] = self.drops.get(reason, 0) + count

    def arrives(self, family, count, size):
        """Sends and finds at the collector."""
        self.mirror.send(family, count, size)
        self.sent += count
        self.delivered += count
        self.expect(f"IPv{family}, payload of {size}", f"{count} as they were sent",
                    self.collector.take(family, count, size))

    def books(self):
        """All that was sent since attach is where it belongs, and nobody was told."""
        deadline = time.monotonic() + PATIENCE
        books = Books("in0")
        while (books.received, books.drops) != (self.sent, self.drops) and time.monotonic() < deadline:
            books = Books("in0")
        self.expect("the books", (self.sent, self.delivered, self.drops, True),
                    (books.received, books.delivered, books.drops, books.add_up()))
        self.expect("the mirrored hosts hear nothing", set(), self.mirror.heard())
        self.expect("nothing else reaches the collector", 0, self.collector.strays())
        return books

    def wire(self, kinds, sealed):
        """What has passed on the way to the tunnel's other end."""
        passed, clear = self.collector.passed()
        self.expect(f"only {kinds} on the wire", set(), passed - kinds - TO_PEER)
        self.expect("cleartext on the wire", not sealed and bool(passed), clear)


def without_peers(test, tunnel):
    """WireGuard knows nobody for the destination, or not where he is."""
    wg(None, "way0", "peer", tunnel.key, "allowed-ips", "10.99.0.0/16")
    for family in (4, 6):
        test.loses("egress_rejected", family, LOST, SMALL)
    test.loses("egress_rejected", 4, LOST, LARGE)  # each in fragments
    wg(None, "way0", "peer", tunnel.key, "remove")
    wg(None, "way0", "peer", tunnel.key, "allowed-ips", "0.0.0.0/0,::/0")
    for family in (4, 6):
        test.loses("egress_rejected", family, LOST, SMALL)


def without_association(test, tunnel):
    """IPsec has a policy and no keys."""
    ip(["xfrm state flush"])
    for family in (4, 6):
        test.loses("egress_rejected", family, LOST, SMALL)
    if tunnel.name != "policy":
        test.loses("egress_rejected", 4, LOST, LARGE)  # each in fragments


def by_device(test, name, families, kinds, mtu=None, broken=None, narrow=()):
    """One kind of tunnel: small ones, large ones, broken, down, gone."""
    test.what, sealed = name, name in ("wireguard", "vti", "xfrm")
    tunnel = Tunnel(name, PATH)
    tunnel.up()
    test.attach("interface: way0, oversize: fragment" + (f", mtu: {mtu}" if mtu else ""))
    with open("/sys/class/net/way0/mtu", encoding="ascii") as file:
        largest = mtu or int(file.read())
    test.collector.passed()
    for family in families:
        test.arrives(family, COUNT, SMALL)
        test.arrives(family, 2, largest - packets.IP_HEADERS[family])
        if family == 4:
            test.arrives(4, 5, largest - packets.IP_HEADERS[4] + 200)
        else:
            test.loses("egress_oversize", 6, 5, largest - packets.IP_HEADERS[6] + 1)
    books = test.books()
    test.wire(kinds, sealed)
    test.expect("the way", "tc/way0", books.way)
    test.expect("fragmented", 5 if 4 in families else 0, books.notes.get("oversize_fragmented", 0))
    if broken:
        test.what = f"{name}, {broken.__name__}"
        broken(test, tunnel)
        test.books()
    if narrow:
        test.what = f"{name} by a way narrower than it knows"
        change("add", NARROW)
        for family in narrow:
            test.loses("egress_rejected", family, LOST, largest - packets.IP_HEADERS[family])
        test.books()
        change("del", NARROW)
    test.what = f"{name} down"
    ip(["link set way0 down"])
    for family in families:
        test.loses("egress_rejected", family, LOST, SMALL)
    test.books()
    test.what = f"{name} gone"
    ip(["link del way0"])
    for family in families:
        test.loses("egress_missing", family, LOST, SMALL)
    books = test.books()
    test.expect("status says so", 1, sum("'way0' is gone" in warning for warning in books.said["warnings"]))
    test.wire(kinds, sealed=True)
    test.detach()
    tunnel.down()


def too_large(test):
    """By default what is too large is dropped, with DF and without."""
    test.what, tunnel = "oversize: drop", Tunnel("gre", PATH)
    tunnel.up()
    test.attach("interface: way0")
    for family in (4, 6):
        test.arrives(family, 2, 1476 - packets.IP_HEADERS[family])
        test.loses("egress_oversize", family, LOST, 1476 - packets.IP_HEADERS[family] + 1)
    test.books()
    test.detach()
    ip(["link del way0"])
    tunnel.down()


def by_policy(test):
    """No device: policies for what is routed, and a route by mark."""
    for family in (4, 6):
        ip([MARK_RULE], family=family)
    change("add", BY_MARK)
    before, test.rules = test.rules, test.all_rules()
    tunnel = Tunnel("policy", PATH)
    for oversize in ("drop", "fragment"):
        test.what = f"policy, oversize: {oversize}"
        tunnel.up()
        test.attach(f"interface: out0, path: kernel, mark: 0x77, mtu: 1400, oversize: {oversize}")
        test.collector.passed()
        for family in (4, 6):
            test.arrives(family, COUNT, SMALL)
            if family == 4 and oversize == "fragment":
                test.arrives(4, 5, 1572)
            else:
                test.loses("egress_oversize", family, 5, 1400 - packets.IP_HEADERS[family] + 1)
        books = test.books()
        test.expect("the way", "kernel/out0", books.way)
        if oversize == "drop":
            without_association(test, tunnel)
            test.what = "policy, without_association"
            test.books()
            test.what = "policy, nothing to route by"
            change("del", BY_MARK)
            for family in (4, 6):
                test.loses("egress_rejected", family, LOST, SMALL)
            test.books()
            change("add", BY_MARK)
        test.wire({"esp"}, sealed=True)
        test.detach()
        tunnel.down()
    change("del", BY_MARK)
    for family in (4, 6):
        ip([MARK_RULE.replace("add", "del")], family=family)
    test.rules = before


def main():
    node()
    ip(["address add 100.76.10.11/32 dev lo", "address add fd00:100:76::11/128 dev lo nodad"], "lab-dst")
    test = Test()
    by = {"wireguard": ((4, 6), {"wireguard", "later fragment"}, None, without_peers),
          "gre": ((4, 6), {"gre"}, None, None, (4,)),
          "ipip": ((4,), {"ipip"}, None, None, (4,)),
          "sit": ((6,), {"ipv6"}, None, None, (6,)),
          "ip6tnl": ((4, 6), {"ipip", "ipv6"}, None, None, (4, 6)),
          "vti": ((4, 6), {"esp"}, 1400, without_association, (4, 6)),
          "xfrm": ((4, 6), {"esp"}, 1400, without_association, (4, 6))}
    for name in sys.argv[2:]:
        if name in by:
            by_device(test, name, *by[name])
        else:
            {"policy": by_policy, "oversize": too_large, "handshake": by_handshake}[name](test)
    sys.exit(f"{test.failures} failures" if test.failures else 0)


main()
