# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Section 3 of docs/packets.md: the mirrored frame."""
from scapy.layers.inet import ICMP, TCP, IPOption
from scapy.layers.inet6 import (ICMPv6EchoRequest, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment,
                                IPv6ExtHdrRouting)
from scapy.layers.l2 import ARP, Dot1AD, Dot1Q, GRE
from scapy.layers.sctp import SCTP, SCTPChunkData
from scapy.packet import Raw
from scapy.utils import checksum

from packets import (COLLECTOR, EXPORTER, GENEVE_PORT, HBH, KEEP, LITE, NEAR_SENDER, NOP4,
                     OLD_COLLECTOR, OPTS, VXLAN_PORT, counting, cut, foreign,
                     fragments4, from4, from6, lite, mirror_in_gwlb, outer4,
                     outer6, udp, vxlan)


def links():
    """3.1."""
    good = from4() / udp()
    return [
        ("sent", "one inner tag", vxlan(foreign(30) / good)),
        ("sent", "two inner tags", vxlan(foreign() / Dot1AD(vlan=3) / Dot1Q(vlan=4) / good)),
        ("sent", "tagged inside and outside",
         vxlan(foreign(30, 31) / from6() / udp(), tags=(1, 2))),
        ("drop inner_not_ip", "three inner tags", vxlan(foreign(1, 2, 3) / good)),
        ("drop inner_not_ip", "ARP", vxlan(foreign() / ARP(psrc=EXPORTER, pdst=OLD_COLLECTOR))),
        ("drop inner_not_ip", "spanning tree",
         vxlan(bytes(12) + b"\0\x26\x42\x42\x03" + bytes(36))),
        ("drop inner_malformed", "cut in Ethernet", vxlan(bytes(foreign())[:13])),
        ("drop inner_malformed", "cut in the tag", vxlan(bytes(foreign(5))[:17])),
        ("drop inner_malformed", "only Ethernet", vxlan(bytes(foreign() / good)[:14])),
        ("drop inner_malformed", "cut in IPv4", vxlan(bytes(foreign() / good)[:33])),
        ("drop inner_malformed", "cut in IPv6", vxlan(bytes(foreign() / from6() / udp())[:53])),
    ]


def inner_headers():
    """3.2, 3.4, 3.6, and IPv4 options of 3.7."""
    invalid = "drop inner_source_invalid"
    table = [
        ("drop inner_malformed", "version 5", vxlan(from4(version=5) / udp())),
        ("drop inner_malformed", "IHL 4", vxlan(from4(ihl=4) / udp())),
        ("drop inner_malformed", "total length below the header", vxlan(from4(len=19) / udp())),
        ("drop inner_malformed", "total length below the options",
         vxlan(from4(len=23, options=NOP4) / udp())),
        ("drop inner_malformed", "IPv6 of version 4", vxlan(from6(version=4) / udp())),
        ("drop inner_malformed", "IPv6 without payload", vxlan(from6(plen=0) / udp())),
        ("drop inner_malformed", "no room for UDP", vxlan(from4(len=27) / udp())),
        ("sent", "options", vxlan(from4(options=NOP4) / udp())),
        ("sent", "all options that fit", vxlan(from4(options=[IPOption(b"\x01")] * 40) / udp())),
        ("sent", "a source in the exporters", vxlan(from4() / udp(), vni=101)),
        ("sent", "the same in IPv6", vxlan(from6() / udp(), vni=101, outer=outer6())),
        ("drop exporter_not_allowed", "no exporter", vxlan(from4(src="10.1.1.1") / udp(), vni=101)),
        ("drop exporter_not_allowed", "no exporter of IPv6",
         vxlan(from6(src="fd00:193::1") / udp(), vni=101)),
    ]
    for source in ("0.1.2.3", "127.0.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1"):
        table.append((invalid, source, vxlan(from4(src=source) / udp())))
    for source in ("::", "::1", "fe80::1", "febf::1", "ff02::1"):
        table.append((invalid, source, vxlan(from6(src=source) / udp())))
    for source in ("1.0.0.0", "223.255.255.255", "126.255.255.255", "169.254.1.1"):
        table.append(("sent", source, vxlan(from4(src=source) / udp())))
    for source in ("::2", "fec0::1", "fe7f::1", "2001:db8::1"):
        table.append(("sent", source, vxlan(from6(src=source) / udp())))
    return table


def truncated():
    """3.3, and what 4.6 makes of it."""
    record, record6 = from4() / udp(size=200), from6() / udp(size=200)
    table = [
        ("drop inner_truncated", "cut", vxlan(cut(record, 100))),
        ("drop inner_truncated", "cut, IPv6", vxlan(cut(record6, 100))),
        ("drop inner_truncated", "cut, though nobody may send it",
         vxlan(cut(from4(src="0.0.0.1") / udp(size=200), 100))),
        ("sent", "cut, IPv6 through Geneve", mirror_in_gwlb(cut(record6, 130), vni=7)),
    ]
    for vni, source in ((102, "zero"), (103, "recompute"), (104, "update")):
        table += [
            ("sent", f"cut, {source}", vxlan(cut(record, 100), vni=vni)),
            ("sent", f"cut at an odd byte, {source}", vxlan(cut(record, 101), vni=vni)),
            ("sent", f"cut behind UDP, {source}", vxlan(cut(record, 14 + 28), vni=vni)),
            ("sent", f"cut, IPv6, {source}", vxlan(cut(record6, 100), vni=vni)),
            ("sent", f"cut, no checksum, {source}",
             vxlan(cut(from4() / udp(size=200, chksum=0), 100), vni=vni)),
            ("sent", f"cut, options, {source}",
             vxlan(cut(from4(options=NOP4) / udp(size=200), 100), vni=vni)),
            ("sent", f"cut, a wrong IP checksum, {source}",
             vxlan(cut(from4(chksum=0x4321) / udp(size=200), 100), vni=vni)),
            ("drop inner_truncated", f"cut in UDP, {source}", vxlan(cut(record, 14 + 27), vni=vni)),
            ("drop inner_malformed", f"cut in the options, {source}",
             vxlan(cut(from4(options=NOP4) / udp(size=200), 14 + 23), vni=vni)),
            ("drop inner_truncated", f"a cut fragment, {source}",
             vxlan(cut(from4(flags="MF") / udp(size=200), 100), vni=vni)),
            ("drop inner_truncated", f"cut TCP, {source}",
             vxlan(cut(from4() / TCP(dport=22) / counting(90), 100), vni=vni)),
            ("drop inner_source_invalid", f"cut, from nowhere, {source}",
             vxlan(cut(from4(src="0.0.0.1") / udp(size=200), 100), vni=vni)),
            ("drop inner_malformed", f"cut, UDP longer than its packet, {source}",
             vxlan(cut(from4() / udp(size=200, len=209), 100), vni=vni)),
        ]
    return table


def extensions():
    """3.7, IPv6."""
    frag = IPv6ExtHdrFragment
    refused = "drop inner_extension"
    return [
        ("sent", "hop-by-hop", vxlan(from6() / HBH / udp())),
        ("sent", "both kinds of options", vxlan(from6() / HBH / OPTS / udp())),
        ("sent", "six headers", vxlan(from6() / HBH / OPTS / OPTS / OPTS / OPTS / OPTS / udp())),
        (refused, "seven headers",
         vxlan(from6() / HBH / OPTS / OPTS / OPTS / OPTS / OPTS / OPTS / udp())),
        ("sent", "a fragment header of a whole packet", vxlan(from6() / frag(id=9) / udp())),
        ("sent", "the same with options around it",
         vxlan(from6() / HBH / frag(id=9) / OPTS / udp())),
        (refused, "two fragment headers", vxlan(from6() / frag() / frag() / udp())),
        (refused, "a routing header", vxlan(from6() / IPv6ExtHdrRouting() / udp())),
        (refused, "an authentication header", vxlan(from6(nh=51) / counting(40))),
        (refused, "a mobility header", vxlan(from6(nh=135) / counting(40))),
        (refused, "a routing header behind options", vxlan(from6() / HBH / IPv6ExtHdrRouting()
                                                           / udp())),
        ("drop inner_malformed", "options beyond the packet",
         vxlan(from6() / IPv6ExtHdrDestOpt(len=200, options=[]) / udp())),
        ("drop inner_malformed", "an options header cut in two",
         vxlan(from6(nh=60, plen=7) / counting(7))),
        ("drop inner_malformed", "a fragment header cut in two",
         vxlan(from6(nh=44, plen=7) / counting(7))),
        ("drop inner_malformed", "UDP cut behind options", vxlan(
            bytes(foreign() / from6(plen=15) / OPTS / udp())[:14 + 40 + 15])),
        ("drop no_rule", "no next header", vxlan(from6(nh=59))),
    ]


def fragments():
    """3.8, 3.11 and their way through section 4."""
    big, big6 = from4(id=500) / udp(size=900), from6() / udp(size=900)
    pieces = fragments4(big, 400)
    near = fragments4(from4(id=501) / udp(size=900), 400)
    strict = fragments4(from4(id=502) / udp(size=900), 400)
    tcp = fragments4(from4(id=503) / TCP(dport=22) / counting(900), 400)
    whole6 = bytes(big6)[40:]

    def piece6(at, more, inside=None, **fields):
        return (from6() / IPv6ExtHdrFragment(**{"nh": 17, "offset": at // 8, "m": more, "id": 77,
                                               **fields}) / Raw(inside or whole6[at:at + 400]))
    malformed = "drop fragment_malformed"
    table = [
        ("drop fragment_no_first", "a later one before its first", vxlan(pieces[1])),
        ("sent", "a first one", vxlan(pieces[0])),
        ("sent", "a later one", vxlan(pieces[1])),
        ("sent", "the last", vxlan(pieces[2])),
        ("sent", "again, in another order", vxlan(pieces[2])),
        ("drop fragment_no_first", "the same datagram of another VNI", vxlan(pieces[1], vni=104)),
        ("sent", "a first one, no checksums here", vxlan(near[0], outer=outer4(NEAR_SENDER))),
        ("sent", "a later one of it", vxlan(near[1], outer=outer4(NEAR_SENDER))),
        ("drop fragment_no_first", "of another source with that VNI", vxlan(near[2])),
        ("sent", "a first one, recompute cannot", vxlan(strict[0], vni=103)),
        ("sent", "a later one", vxlan(strict[1], vni=103)),
        ("sent", "TCP, a first one", vxlan(tcp[0])),
        ("sent", "TCP, a later one", vxlan(tcp[1])),
        ("drop fragment_no_first", "another protocol with the same ID",
         vxlan(from4(id=500, frag=50, proto=6) / counting(40))),
        ("drop fragment_no_first", "another ID",
         vxlan(from4(id=9, frag=50, proto=17) / counting(8))),
        ("drop no_rule", "a first one without a rule",
         vxlan(from4(id=504, flags="MF") / udp(514, 40))),
        ("drop fragment_no_first", "so it was not remembered",
         vxlan(from4(id=504, frag=6, proto=17) / counting(8))),
        ("drop fragment_no_first", "IPv6, before its first", vxlan(piece6(400, 1))),
        ("sent", "IPv6, a first one", vxlan(piece6(0, 1))),
        ("sent", "IPv6, a later one", vxlan(piece6(400, 1))),
        ("sent", "IPv6, the last", vxlan(piece6(800, 0))),
        ("sent", "IPv6, a later one that says another protocol", vxlan(piece6(400, 1, nh=6))),
        ("sent", "IPv6, a first one behind options",
         vxlan(from6() / HBH / IPv6ExtHdrFragment(m=1, id=78) / OPTS / udp(size=40))),
        ("sent", "IPv6, a later one behind options",
         vxlan(from6() / HBH / IPv6ExtHdrFragment(m=0, id=78, offset=7, nh=60) / counting(5))),
        (malformed, "no multiple of 8", vxlan(from4(flags="MF") / udp(size=41))),
        (malformed, "nothing inside", vxlan(from4(flags="MF", proto=17))),
        (malformed, "nothing inside a later one", vxlan(from4(flags="MF", frag=3, proto=17))),
        (malformed, "beyond 65535", vxlan(from4(frag=8190, proto=17) / counting(16))),
        ("drop fragment_no_first", "up to 65535", vxlan(from4(frag=8188, proto=17) / counting(11))),
        (malformed, "one more", vxlan(from4(frag=8188, proto=17) / counting(12))),
        (malformed, "IPv6, beyond 65535", vxlan(piece6(65528, 0, bytes(8)))),
        ("sent", "IPv6, up to 65535", vxlan(piece6(65528, 0, bytes(7)))),
        (malformed, "IPv6, no multiple of 8", vxlan(piece6(0, 1, bytes(15)))),
        (malformed, "TCP at offset 1", vxlan(from4(frag=1, proto=6) / counting(32))),
        ("drop fragment_no_first", "UDP at offset 1",
         vxlan(from4(frag=1, proto=17) / counting(32))),
        (malformed, "TCP without its ports' header",
         vxlan(from4(flags="MF", proto=6) / counting(16))),
        (malformed, "UDP behind options that leave no room",
         vxlan(from6() / IPv6ExtHdrFragment(m=1) / IPv6ExtHdrDestOpt(nh=17))),
        ("drop inner_malformed", "UDP length 7 in a first one",
         vxlan(from4(flags="MF") / udp(size=40, len=7))),
        ("drop loop", "a first one on its way to the collector",
         vxlan(from4(id=505, flags="MF", dst=COLLECTOR) / udp(KEEP, 40))),
        ("drop loop", "a later one of it",
         vxlan(from4(id=505, frag=6, dst=COLLECTOR, proto=17) / counting(8))),
        ("drop family_mismatch", "a first one for the wrong family",
         vxlan(from4(id=506, flags="MF") / udp(9999, 40))),
        ("drop family_mismatch", "its later one, for it was remembered",
         vxlan(from4(id=506, frag=6, proto=17) / counting(8))),
        ("drop ttl_expired", "a later one with a TTL of its own", vxlan(
            from4(id=500, frag=50, proto=17, ttl=1) / counting(8))),
        ("sent", "a wrong UDP checksum in a first one",
         vxlan(from4(id=507, flags="MF") / udp(size=40, chksum=0xBEEF))),
        ("sent", "none in a first one", vxlan(from4(id=508, flags="MF") / udp(size=40, chksum=0))),
    ]
    return table


def _dccp(checksum=0x7B7B):
    return Raw(b"\x13\x88\x0b\xb8\x04\x00" + checksum.to_bytes(2, "big") + bytes(8) + b"dccp!")


def _summed(ip, segment, at):
    """The same segment with a right checksum over all of it."""
    whole = bytes(ip / segment)
    head = 20 if ip.version == 4 else 40
    pseudo = (whole[12:20] if ip.version == 4 else whole[8:40]) \
        + (len(whole) - head).to_bytes(4, "big") \
        + bytes([0, 0, 0, ip.proto if ip.version == 4 else ip.nh])
    data = whole[head:head + at] + b"\0\0" + whole[head + at + 2:]
    return Raw(data[:at] + checksum(pseudo + data).to_bytes(2, "big") + data[at + 2:])


def transports():
    """3.9 and 3.10."""
    ip_lite, ip6_lite = from4(proto=LITE), from6(nh=LITE)
    dccp, dccp6 = from4(proto=33), from6(nh=33)
    ssh = TCP(sport=4000, dport=22, seq=1, flags="PA", options=[("MSS", 1460), ("NOP", None)])
    bad = "drop inner_malformed"
    return [
        ("sent", "TCP", vxlan(from4() / ssh / counting(33))),
        ("sent", "TCP in IPv6", vxlan(from6() / ssh / counting(33))),
        ("sent", "TCP with a wrong checksum", vxlan(from4() / TCP(dport=22, chksum=0x77))),
        ("sent", "TCP with checksum 0, which is not none",
         vxlan(from4() / TCP(dport=22, chksum=0))),
        ("sent", "SCTP, whose checksum knows no addresses", vxlan(
            from4() / SCTP(dport=9899) / SCTPChunkData(data=b"sctp"))),
        ("sent", "UDP-Lite over all", vxlan(ip_lite / _summed(ip_lite, lite(4739, 0), 6))),
        ("sent", "UDP-Lite over its header", vxlan(ip_lite / lite(4739, 8))),
        ("sent", "UDP-Lite in IPv6", vxlan(ip6_lite / _summed(ip6_lite, lite(4739, 0), 6))),
        ("sent", "UDP-Lite with checksum 0", vxlan(ip_lite / lite(4739, 0, checksum=0))),
        ("sent", "DCCP", vxlan(dccp / _summed(dccp, _dccp(), 6))),
        ("sent", "DCCP in IPv6", vxlan(dccp6 / _summed(dccp6, _dccp(), 6))),
        ("sent", "DCCP with a wrong checksum", vxlan(dccp / _dccp())),
        ("sent", "ICMP", vxlan(from4() / ICMP(id=4) / counting(20))),
        ("sent", "ICMPv6", vxlan(from6() / ICMPv6EchoRequest(id=4, data=b"ping!"))),
        ("sent", "ICMPv6 with a wrong checksum", vxlan(from6() / ICMPv6EchoRequest(cksum=3))),
        ("sent", "GRE by number", vxlan(from4() / GRE(proto=0x0800) / counting(20))),
        ("sent", "a protocol without content", vxlan(from4(src="192.168.99.1", proto=253))),
        ("sent", "ICMPv6 in IPv4 is any protocol",
         vxlan(from4(src="192.168.99.1", proto=58) / counting(2))),
        ("sent", "IPv6 without next header", vxlan(from6(src="fd00:192:99::1", nh=59))),
        ("drop no_rule", "a protocol without rule", vxlan(from4(proto=253) / counting(20))),
        (bad, "TCP of 19 bytes", vxlan(from4(proto=6) / counting(19))),
        (bad, "SCTP of 11", vxlan(from4(proto=132) / counting(11))),
        (bad, "DCCP of 11", vxlan(from4(proto=33) / counting(11))),
        (bad, "UDP-Lite of 7", vxlan(from4(proto=LITE) / counting(7))),
        (bad, "ICMPv6 of 3", vxlan(from6(nh=58) / counting(3))),
        (bad, "UDP of 7", vxlan(from4(proto=17) / counting(7))),
        (bad, "UDP length 7", vxlan(from4() / udp(len=7))),
        (bad, "UDP longer than its packet", vxlan(from4() / udp(len=57))),
        ("sent", "UDP shorter than its packet", vxlan(from4() / udp(len=40))),
        ("sent", "UDP of nothing", vxlan(from4() / udp(size=0))),
        ("drop nested_tunnel", "VXLAN inside", vxlan(from4() / udp(VXLAN_PORT))),
        ("drop nested_tunnel", "Geneve inside", vxlan(from6() / udp(GENEVE_PORT))),
        ("drop nested_tunnel", "VXLAN in VXLAN in Geneve",
         mirror_in_gwlb(from4() / udp(VXLAN_PORT))),
        ("drop no_rule", "TCP to that port is none", vxlan(from4() / TCP(dport=VXLAN_PORT))),
        ("drop nested_tunnel", "a first fragment of it",
         vxlan(from4(flags="MF") / udp(VXLAN_PORT, 40))),
    ]


TABLES = (links, inner_headers, truncated, extensions, fragments, transports)
