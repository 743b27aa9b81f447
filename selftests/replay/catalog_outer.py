# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Section 1 and 2 of docs/packets.md: is it ours, and through which tunnel to which source."""
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import (ICMPv6ND_NS, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment,
                                IPv6ExtHdrRouting)
from scapy.layers.l2 import ARP, Dot1AD, Dot1Q
from scapy.packet import Raw

from packets import (GENEVE_PORT, HBH, NEAR_SENDER, NODE, NODE6, NOP4, OPTS, SENDER, STRANGER,
                     counting, foreign, from4, from6, gwlb, link, mirror_in_gwlb, outer4, outer6,
                     set_byte, udp, vxlan)


def not_ours():
    """1.1 to 1.5."""
    return [
        ("pass not_ours", "ARP", link() / ARP(psrc=SENDER, pdst=NODE)),
        ("pass not_ours", "SSH", link() / outer4() / TCP(dport=22)),
        ("pass not_ours", "ping", link() / outer4() / ICMP()),
        ("pass not_ours", "neighbour discovery", link() / outer6() / ICMPv6ND_NS(tgt=NODE6)),
        ("pass not_ours", "another UDP port", link() / outer4() / udp(53)),
        ("pass not_ours", "another UDP port, IPv6", link() / outer6() / udp(53)),
        ("pass not_ours", "only an Ethernet header", link()),
        ("pass not_ours", "shorter than that", bytes(link())[:13]),
        ("pass not_ours", "nothing at all", b""),
        ("pass not_ours", "cut in the tag", bytes(link(5) / outer4())[:17]),
        ("pass not_ours", "cut in IPv4", bytes(link() / outer4() / udp(4789))[:33]),
        ("pass not_ours", "cut in UDP", bytes(link() / outer4() / udp(4789))[:41]),
        ("pass not_ours", "cut in IPv6", bytes(link() / outer6() / udp(4789))[:53]),
        ("pass not_ours", "IPv4 that says version 5",
         vxlan(from4() / udp(), outer=outer4(version=5))),
        ("pass not_ours", "IHL 4", vxlan(from4() / udp(), outer=outer4(ihl=4))),
        ("pass not_ours", "IPv6 that says version 4",
         vxlan(from4() / udp(), outer=outer6(version=4))),
        ("pass not_ours", "three tags", vxlan(from4() / udp(), tags=(1, 2, 3))),
        ("pass not_ours", "a routing header", link() / outer6() / IPv6ExtHdrRouting()
         / UDP(dport=4789) / counting(80)),
        ("pass not_ours", "seven headers", link() / outer6() / HBH / OPTS / OPTS / OPTS / OPTS
         / OPTS / OPTS / UDP(dport=4789) / counting(80)),
        ("pass not_ours", "a length that leads out of the frame", link() / outer6()
         / IPv6ExtHdrDestOpt(len=255, options=[]) / UDP(dport=4789) / counting(80)),
    ]


def outer_fragments():
    """1.4."""
    first = vxlan(from4() / udp(), outer=outer4(flags="MF"))
    v6 = IPv6ExtHdrFragment
    return [
        ("drop outer_fragment", "the first of IPv4", first),
        ("drop outer_fragment", "the first of IPv4, Geneve",
         mirror_in_gwlb(from4() / udp(), outer=outer4(flags="MF"))),
        ("drop outer_fragment", "lengths are not looked at",
         link() / outer4(flags="MF", len=24) / UDP(dport=4789, len=7)),
        ("pass outer_fragment", "the first of IPv4, another port",
         link() / outer4(flags="MF") / udp(53)),
        ("pass outer_fragment", "a later one", link() / outer4(frag=9, proto=17) / counting(40)),
        ("pass outer_fragment", "a first without UDP header",
         link() / outer4(flags="MF", proto=17) / counting(7)),
        ("pass not_ours", "a fragment of ICMP", link() / outer4(flags="MF") / ICMP() / counting(8)),
        ("drop outer_fragment", "the first of IPv6", link() / outer6() / v6(m=1)
         / UDP(dport=4789) / counting(80)),
        ("drop outer_fragment", "IPv6, says that it is whole", link() / outer6() / HBH / v6()
         / UDP(dport=4789) / counting(80)),
        ("pass outer_fragment", "IPv6, a later one",
         link() / outer6() / v6(offset=5, nh=17) / counting(80)),
        ("pass outer_fragment", "IPv6, whole, another port", link() / outer6() / v6() / udp(53)),
        ("pass not_ours", "IPv6, a fragment of TCP", link() / outer6() / v6(m=1) / TCP(dport=4789)),
        ("pass not_ours", "IPv6, options behind the fragment header",
         link() / outer6() / v6(m=1) / OPTS / UDP(dport=4789) / counting(80)),
    ]


def outer_lengths():
    """The end of section 1."""
    good = from4() / udp()
    return [
        ("sent", "padding behind it", bytes(vxlan(good)) + b"\xee" * 9),
        ("sent", "an outer UDP checksum that is wrong", vxlan(good, chksum=0x1234)),
        ("sent", "an outer IP checksum that is wrong", vxlan(good, outer=outer4(chksum=0x1234))),
        ("drop outer_length", "UDP longer than IP", vxlan(good, len=2000)),
        ("drop outer_length", "UDP payload of 7", vxlan(good, len=15)),
        ("drop outer_length", "UDP length 0", vxlan(good, len=0)),
        ("drop outer_length", "IP longer than the frame", vxlan(good, outer=outer4(len=9000))),
        ("drop outer_length", "IP shorter than UDP", vxlan(good, outer=outer4(len=60))),
        ("drop outer_length", "IPv6 payload length 0", vxlan(good, outer=outer6(plen=0))),
        ("drop outer_length", "cut by one byte", bytes(vxlan(good))[:-1]),
        ("drop outer_length", "cut behind UDP", bytes(vxlan(good))[:14 + 20 + 8]),
        ("sent", "UDP length that ends in padding of the packet",
         vxlan(bytes(foreign() / good) + b"\xee" * 6, len=16 + 14 + 28 + 48)),
        ("drop outer_length", "Geneve of 7 bytes",
         link() / outer4() / UDP(dport=GENEVE_PORT) / counting(7)),
    ]


def ways_in():
    """2.3 and 2.4, the outer headers of 1.1 and 1.2."""
    good = from4() / udp()
    return [
        ("sent", "IPv4 in IPv4", vxlan(good)),
        ("sent", "IPv4 in IPv6", vxlan(good, outer=outer6())),
        ("sent", "IPv6 in IPv4", vxlan(from6() / udp())),
        ("sent", "IPv6 in IPv6", vxlan(from6() / udp(), outer=outer6())),
        ("sent", "outer options", vxlan(good, outer=outer4(options=NOP4))),
        ("sent", "outer extension headers", vxlan(good, outer=outer6() / HBH / OPTS)),
        ("sent", "six of them",
         vxlan(good, outer=outer6() / HBH / OPTS / OPTS / OPTS / OPTS / OPTS)),
        ("sent", "one tag", vxlan(good, tags=(7,))),
        ("sent", "two tags", link() / Dot1AD(vlan=7) / Dot1Q(vlan=8) / outer4()
         / UDP(dport=4789, chksum=0) / Raw(bytes(vxlan(good))[14 + 20 + 8:])),
        ("sent", "a longer prefix, whose source sends no checksum",
         vxlan(good, outer=outer4(NEAR_SENDER))),
        ("sent", "a longer prefix of IPv6", vxlan(good, outer=outer6("fd00:10::5"))),
        ("sent", "a source for everybody", vxlan(good, vni=0xFFFFFF, outer=outer4(STRANGER))),
        ("drop vni_unknown", "no source has it", vxlan(good, vni=9)),
        ("drop vni_unknown", "only a Geneve source has it", vxlan(good, vni=200)),
        ("drop sender_not_allowed", "a stranger", vxlan(good, outer=outer4(STRANGER))),
        ("drop sender_not_allowed", "a stranger of IPv6", vxlan(good, outer=outer6("fd00:66::1"))),
        ("drop sender_not_allowed", "no prefix of IPv6 there",
         vxlan(good, vni=102, outer=outer6())),
    ]


def geneve():
    """Section 2, Geneve."""
    good = from4() / udp()
    inside = IP(src="10.44.0.9", dst="10.44.0.1")
    inside6 = IPv6(src="fd00:44::9", dst="fd00:44::1")
    no_mirror = "drop geneve_not_mirror"
    other = outer4("10.9.0.1")  # of balancer-any, which drops
    return [
        ("sent", "a mirror", mirror_in_gwlb(good)),
        ("sent", "a mirror over IPv6", mirror_in_gwlb(good, mirrored=inside6)),
        ("sent", "IPv6 outside", mirror_in_gwlb(good, outer=outer6())),
        ("sent", "a VNI that no source names", mirror_in_gwlb(good, vni=77)),
        ("sent", "a VNI of a VXLAN source", mirror_in_gwlb(good, vni=100)),
        ("sent", "without options",
         mirror_in_gwlb(good, optionlen=0, options=b"")),
        ("sent", "options in the mirror's IP header",
         mirror_in_gwlb(good, mirrored=IP(src="10.44.0.9", options=NOP4))),
        ("sent", "extension headers in it", mirror_in_gwlb(good, mirrored=inside6 / HBH / OPTS)),
        ("drop sender_not_allowed", "a VNI that another sender has",
         mirror_in_gwlb(good, outer=outer4("10.9.0.1"))),
        ("drop sender_not_allowed", "a mirror from a stranger",
         mirror_in_gwlb(good, vni=77, outer=outer4("172.31.0.1"))),
        ("drop geneve_malformed", "version 1", mirror_in_gwlb(good, version=1)),
        ("drop geneve_malformed", "options beyond the payload",
         link() / outer4() / UDP(dport=GENEVE_PORT) / Raw(b"\x3f\0\x08\0" + bytes(40))),
        ("drop sender_not_allowed", "no mirror, from a stranger",
         gwlb(inside / TCP(dport=80), outer=outer4("172.31.0.1"))),
        ("pass geneve_not_mirror", "TCP, other: pass", gwlb(inside / TCP(dport=80))),
        (no_mirror, "TCP", gwlb(inside / TCP(dport=80), other)),
        (no_mirror, "another UDP port", gwlb(inside / udp(53), other)),
        (no_mirror, "a control packet", mirror_in_gwlb(good, 77, other, oam=1)),
        (no_mirror, "Ethernet inside", mirror_in_gwlb(good, 77, other, protocol=0x6558)),
        (no_mirror, "IPv4 that says to be IPv6", mirror_in_gwlb(good, 77, other, protocol=0x86DD)),
        (no_mirror, "IPv6 that says to be IPv4",
         mirror_in_gwlb(good, 77, other, inside6, protocol=0x0800)),
        (no_mirror, "a fragment", mirror_in_gwlb(good, 77, other, IP(flags="MF"))),
        (no_mirror, "a fragment of IPv6", mirror_in_gwlb(
            good, 77, other, inside6 / IPv6ExtHdrFragment(m=1))),
        (no_mirror, "an IPv6 fragment header of a whole packet", mirror_in_gwlb(
            good, 77, other, inside6 / IPv6ExtHdrFragment())),
        (no_mirror, "IP longer than the payload", mirror_in_gwlb(good, 77, other, IP(len=9000))),
        (no_mirror, "UDP longer than IP", mirror_in_gwlb(good, 77, other, IP(len=50))),
        (no_mirror, "UDP payload of 7", gwlb(inside / UDP(dport=4789) / counting(7), other)),
        (no_mirror, "nothing inside", gwlb(Raw(b""), other)),
        (no_mirror, "cut in UDP", gwlb(Raw(bytes(inside / udp(4789))[:27]), other)),
    ]


def vxlan_headers():
    """Section 2, VXLAN."""
    good = from4() / udp()
    strict = {"vni": 101}
    return [
        ("drop vxlan_no_vni", "no I bit", vxlan(good, flags=0)),
        ("drop vxlan_no_vni", "all but the I bit", vxlan(good, flags=0xF7)),
        ("drop vxlan_no_vni", "no I bit, through Geneve",
         set_byte(mirror_in_gwlb(good), 14 + 28 + 40 + 28, 0)),
        ("drop vxlan_gpe", "a next protocol of IPv4", vxlan(good, flags=b"\x0c\0\0\1\0\0\x64\0")),
        ("sent", "the P bit and Ethernet, noted", vxlan(good, flags=b"\x0c\0\0\3\0\0\x64\0")),
        ("sent", "the P bit and no protocol, noted", vxlan(good, flags=b"\x0c\0\0\0\0\0\x64\0")),
        ("sent", "a next protocol without P, noted", vxlan(good, flags=b"\x08\0\0\1\0\0\x64\0")),
        ("sent", "all reserved bits but P, noted",
         vxlan(good, flags=b"\xfb\xff\xff\xff\0\0\x64\xff")),
        ("drop vxlan_reserved", "a reserved flag, strict", vxlan(good, flags=0x88, **strict)),
        ("drop vxlan_reserved", "the last byte, strict",
         vxlan(good, flags=b"\x08\0\0\0\0\0\x65\1")),
        ("drop vxlan_reserved", "the second byte, strict",
         vxlan(good, flags=b"\x08\1\0\0\0\0\x65\0")),
        ("sent", "strict and clean", vxlan(good, **strict)),
        ("drop inner_malformed", "nothing behind the VXLAN header", vxlan(b"")),
    ]


TABLES = (not_ours, outer_fragments, outer_lengths, ways_in, geneve, vxlan_headers)
