# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Sections 4 and 5 of docs/packets.md: rule, rewrite, sizes, and plain input."""
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import (IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrRouting,
                                PadN)
from scapy.layers.l2 import ARP
from scapy.packet import Raw

from packets import (COLLECTOR, COLLECTOR6, EXPORTER, FLOWS, HBH, KEEP, LITE, NARROW, NOP4, OPTS,
                     RANGE, TIGHT, VXLAN_PORT, cut, foreign, fragments4, from4,
                     from6, gwlb, link, lite, mirror_in_gwlb, outer6, udp,
                     vxlan)


def rules():
    """4.1 to 4.5."""
    return [
        ("sent", "by VNI and range", vxlan(from4() / udp(RANGE), vni=101)),
        ("sent", "the range's first", vxlan(from4() / udp(2055), vni=101)),
        ("sent", "the range's last", vxlan(from4() / udp(2060), vni=101)),
        ("drop no_rule", "below the range", vxlan(from4() / udp(2054), vni=101)),
        ("drop no_rule", "above the range", vxlan(from4() / udp(2061), vni=101)),
        ("drop no_rule", "the range, another VNI", vxlan(from4() / udp(RANGE))),
        ("drop no_rule", "another port", vxlan(from4() / udp(514))),
        ("drop no_rule", "another exporter", vxlan(from4(src="10.1.1.1") / udp(KEEP))),
        ("drop no_rule", "TCP to the flows' port", vxlan(from4() / TCP(dport=FLOWS))),
        ("sent", "the port stays", vxlan(from4() / udp(KEEP))),
        ("sent", "the port stays, IPv6", vxlan(from6() / udp(KEEP))),
        ("drop family_mismatch", "IPv4 for an IPv6 collector", vxlan(from4() / udp(9999))),
        ("sent", "IPv6 by the same rule", vxlan(from6() / udp(9999))),
        ("drop family_mismatch", "of another source", vxlan(from4() / udp(9999), vni=101)),
        ("drop loop", "for the collector, the port stays",
         vxlan(from4(dst=COLLECTOR) / udp(KEEP))),
        ("sent", "for the collector, another port", vxlan(from4(dst=COLLECTOR) / udp(FLOWS))),
        ("drop loop", "for the collector, no ports", vxlan(from4(dst=COLLECTOR) / ICMP())),
        ("drop loop", "IPv6, for the collector", vxlan(from6(dst=COLLECTOR6) / udp(KEEP))),
        ("drop loop", "for the collector and its new port",
         vxlan(from4(dst=COLLECTOR, proto=LITE) / lite(8081, 8))),
        ("drop ttl_expired", "TTL 1", vxlan(from4(ttl=1) / udp())),
        ("drop ttl_expired", "TTL 0", vxlan(from4(ttl=0) / udp())),
        ("sent", "TTL 2", vxlan(from4(ttl=2) / udp())),
        ("drop ttl_expired", "hop limit 1", vxlan(from6(hlim=1) / udp())),
        ("drop loop", "a loop whose TTL is over", vxlan(from4(dst=COLLECTOR, ttl=1) / udp(KEEP))),
    ]


def rewrites():
    """4.6 and 4.7."""
    record = bytes(from4() / udp())
    table = [
        ("sent", "every field kept", vxlan(from4(tos=0xBA, flags="DF", id=65535) / udp())),
        ("sent", "the reserved flag kept", vxlan(from4(flags=4) / udp())),
        ("sent", "traffic class and flow label kept",
         vxlan(from6(tc=0xBA, fl=0xABCDE) / udp())),
        ("sent", "no checksum", vxlan(from4() / udp(chksum=0))),
        ("sent", "no checksum in IPv6", vxlan(from6() / udp(chksum=0))),
        ("sent", "a wrong checksum", vxlan(from4() / udp(chksum=0xBEEF))),
        ("sent", "a wrong IP checksum", vxlan(from4(chksum=0xBEEF) / udp())),
        ("sent", "a checksum of 0xffff", vxlan(from4() / udp(chksum=0xFFFF))),
        ("sent", "bytes behind the IP packet",
         vxlan(bytes(foreign() / from4())[:14] + record + b"\xee" * 20)),
        ("sent", "an odd number of bytes", vxlan(from4() / udp(size=33))),
        ("sent", "recompute, none came", vxlan(from4() / udp(chksum=0), vni=103)),
        ("sent", "recompute, a wrong one came", vxlan(from4() / udp(chksum=0xBEEF), vni=103)),
        ("sent", "recompute, IPv6", vxlan(from6() / udp(size=33, chksum=9), vni=103)),
        ("sent", "recompute, UDP shorter than its packet", vxlan(from4() / udp(len=41), vni=103)),
        ("sent", "recompute leaves TCP", vxlan(from4() / TCP(dport=22, chksum=9), vni=103)),
        ("sent", "zero", vxlan(from4() / udp(), vni=102)),
        ("sent", "zero, IPv6", vxlan(from6() / udp(), vni=102)),
        ("sent", "zero, TCP", vxlan(from4() / TCP(dport=22), vni=102)),
    ]
    for checksum in (1, 0x8000, 0xFFFE):
        for payload in (b"\0\0", b"\xff\xff"):
            table.append(("sent", "checksums at the edges", vxlan(
                from4() / UDP(sport=1, dport=FLOWS, chksum=checksum) / Raw(payload))))
    table += [("sent", "a result of zero", frame) for frame in _results_of_zero()]
    return table


def _results_of_zero():
    """Records whose new checksum is 0, which is written as 0xffff; in TCP it stays 0."""
    for ip, make in ((from4(), lambda n: UDP(sport=n, dport=FLOWS)),
                     (from6(), lambda n: UDP(sport=n, dport=FLOWS)),
                     (from4(), lambda n: TCP(sport=n, dport=22))):
        after = ip.copy()
        after.dst = COLLECTOR if ip.version == 4 else COLLECTOR6
        segment = make(0)
        segment.dport = 8081 if segment.name == "UDP" else 2222
        probe = after.__class__(bytes(after / segment))
        yield vxlan(ip / make(probe[segment.name].chksum))


def oversized():
    """4.4, and what the kernel makes of it; narrow0 has an MTU of 600, tight0 of 576."""
    big = fragments4(from4(id=600) / udp(NARROW, 2600), 1280)
    return [
        ("sent", "just fits", vxlan(from4() / udp(NARROW, 600 - 28))),
        ("sent", "one byte more goes in two", vxlan(from4() / udp(NARROW, 601 - 28))),
        ("sent", "in many", vxlan(from4(flags="DF") / udp(NARROW, 4000))),
        ("sent", "no checksum", vxlan(from4() / udp(NARROW, 1000, chksum=0))),
        ("sent", "the reserved flag", vxlan(from4(flags=4) / udp(NARROW, 1000))),
        ("sent", "a first fragment in fragments", vxlan(big[0])),
        ("sent", "a middle one", vxlan(big[1])),
        ("sent", "the last, which fits", vxlan(big[2])),
        ("sent", "recompute", vxlan(from4() / udp(NARROW, 1000, chksum=0), vni=103)),
        ("sent", "what is left of a cut one",
         vxlan(cut(from4() / udp(NARROW, 1400), 1014), vni=104)),
        ("sent", "what is left of a cut one fits",
         vxlan(cut(from4() / udp(NARROW, 1400), 614), vni=104)),
        ("drop egress_oversize", "options", vxlan(from4(options=NOP4) / udp(NARROW, 1000))),
        ("drop egress_oversize", "IPv6", vxlan(from6() / udp(NARROW, 1000))),
        ("sent", "IPv6 that fits", vxlan(from6() / udp(NARROW, 600 - 48))),
        ("drop egress_oversize", "oversize: drop", vxlan(from4() / udp(TIGHT, 577 - 28))),
        ("sent", "just fits there", vxlan(from4() / udp(TIGHT, 576 - 28))),
        ("drop egress_oversize", "before TTL", vxlan(from4(ttl=1) / udp(TIGHT, 1000))),
        ("drop ttl_expired", "in fragments, TTL 1", vxlan(from4(ttl=1) / udp(NARROW, 1000))),
    ]


def plain():
    """Section 5."""
    to, to_host, to6 = "203.0.113.1", "203.0.113.7", "fd00:203::1"
    near = {"src": "192.168.7.9", "dst": to_host}
    pieces = fragments4(from4(id=700, dst=to) / udp(size=900), 400)
    unclaimed = "pass not_ours"
    return [
        ("sent", "claimed", link() / from4(dst=to) / udp()),
        ("sent", "claimed, IPv6", link() / from6(dst=to6) / udp()),
        ("sent", "claimed, tags and padding",
         bytes(link(3, 4) / from4(dst=to) / udp()) + b"\xee" * 4),
        ("sent", "claimed, options", link() / from4(dst=to, options=NOP4) / udp()),
        ("sent", "claimed, extension headers", link() / from6(dst=to6) / HBH / OPTS / udp()),
        ("sent", "claimed, TCP", link() / from4(dst=to) / TCP(dport=22)),
        ("sent", "the longer destination", link() / from4(**near) / udp(chksum=0)),
        (unclaimed, "the longer destination, another sender", link() / from4(dst=to_host) / udp()),
        (unclaimed, "another destination", link() / from4() / udp()),
        (unclaimed, "another sender", link() / from4(src="10.1.1.1", dst=to) / udp()),
        (unclaimed, "no rule", link() / from4(dst=to) / udp(514)),
        (unclaimed, "rules with a VNI never match", link() / from4(dst=to) / udp(RANGE)),
        (unclaimed, "wrong lengths", link() / from4(dst=to) / udp(len=100)),
        (unclaimed, "cut", bytes(link() / from4(dst=to) / udp())[:-1]),
        (unclaimed, "a routing header", link() / from6(dst=to6) / IPv6ExtHdrRouting() / udp()),
        (unclaimed, "a source that none can have", link() / from6(src="fe80::1", dst=to6) / udp()),
        ("pass outer_fragment", "a later fragment without its first", link() / pieces[1]),
        ("sent", "a first fragment", link() / pieces[0]),
        ("sent", "a later one", link() / pieces[1]),
        ("drop fragment_no_first", "mirrored, it is another datagram", vxlan(pieces[1])),
        ("drop family_mismatch", "claimed, and the collector is of the other family",
         link() / from4(dst=to) / udp(9999)),
        ("drop ttl_expired", "claimed, TTL 1", link() / from4(dst=to, ttl=1) / udp()),
        ("drop egress_oversize", "claimed, too large", link() / from4(dst=to) / udp(TIGHT, 1000)),
        ("pass outer_fragment", "a whole IPv6 packet in a fragment header",
         link() / outer6() / IPv6ExtHdrFragment() / udp(53)),
        ("sent", "the same, claimed", link() / from6(dst=to6) / IPv6ExtHdrFragment() / udp()),
        ("drop outer_fragment", "a first fragment with our port is not offered",
         link() / from4(dst=to, flags="MF") / udp(VXLAN_PORT, 40)),
        ("drop vni_unknown", "our port is ours first",
         vxlan(from4() / udp(), vni=9, outer=IP(src=EXPORTER, dst=to))),
        (unclaimed, "VLAN-tagged ARP", link(3) / ARP()),
    ]


def first_buffer():
    """Frames larger than a buffer, and headers behind its end."""
    long = IPv6ExtHdrDestOpt(len=255, options=[PadN(optdata=bytes(250))] * 8
                             + [PadN(optdata=bytes(28))])
    giant = bytes(long)
    assert len(giant) == 2048, len(giant)
    far = from6(nh=60, plen=4096 + 56) / Raw(b"\x3c" + giant[1:] + b"\x11" + giant[1:]) / udp()
    linear = "drop headers_not_linear"
    return [
        ("sent", "a record of 5000 bytes", vxlan(from4() / udp(size=5000))),
        ("drop egress_oversize", "a record of 60000 bytes", vxlan(from4() / udp(size=60000))),
        (linear, "UDP behind the first buffer", vxlan(far)),
        (linear, "UDP behind the first buffer, through Geneve", mirror_in_gwlb(far)),
        ("pass not_ours", "outer UDP behind the first buffer",
         link() / outer6(nh=60, plen=4096 + 8 + 8 + 90)
         / Raw(b"\x3c" + giant[1:] + b"\x11" + giant[1:])
         / Raw(bytes(UDP(dport=4789, len=98)) + bytes(90))),
        (linear, "the mirror's UDP behind it", gwlb(
            IPv6(src="fd00:44::9", nh=60, plen=4096 + 8 + 80)
            / Raw(b"\x3c" + giant[1:] + b"\x11" + giant[1:])
            / Raw(bytes(UDP(dport=4789, len=88)) + bytes(80)))),
        ("pass not_ours", "plain, UDP behind it",
         link() / from6(nh=60, plen=4096 + 56, dst="fd00:203::1")
         / Raw(b"\x3c" + giant[1:] + b"\x11" + giant[1:]) / udp()),
    ]


TABLES = (rules, rewrites, oversized, plain, first_buffer)
