#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Builds the packets of packet_catalog.cpp with scapy and compares whole frames, byte for byte.

Addresses and ports are written out again here on purpose: nothing is shared with the builder, so a
wrong field in one of the two cannot be cancelled out by the same mistake in the other.
Usage: packet_scapy.py CATALOG_PROGRAM. Exit status 0 equal, 1 different, 77 scapy is missing.
"""
import subprocess
import sys

SKIP = 77

try:
    from scapy.all import (ARP, ICMP, IP, TCP, UDP, Dot1AD, Dot1Q, Ether, ICMPv6EchoRequest,
                           IPOption, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment,
                           IPv6ExtHdrHopByHop, PadN, Raw, raw)
    from scapy.layers.vxlan import VXLAN
except ImportError as error:
    print(f"skipped: the independent encoder is missing: {error}")
    sys.exit(SKIP)

MIRROR, MIRROR6 = "10.0.1.10", "2001:db8:1::10"
NODE, NODE6 = "10.0.2.20", "2001:db8:2::20"
BALANCER = "10.0.4.7"
EXPORTER, EXPORTER6 = "192.168.10.1", "2001:db8:10::1"
OLD_COLLECTOR, OLD_COLLECTOR6 = "10.50.0.5", "2001:db8:50::5"
COLLECTOR, COLLECTOR6 = "100.76.10.11", "2001:db8:fd1::11"
MIRROR_MAC, NODE_MAC = "02:00:00:01:01:10", "02:00:00:01:02:20"
EXPORTER_MAC, FOREIGN_MAC = "02:00:00:10:00:01", "02:00:00:10:00:fe"
NODE_EGRESS_MAC, NEXT_HOP_MAC = "02:00:00:20:02:20", "02:00:00:20:00:01"


def counting(size):
    return Raw(bytes(i % 251 for i in range(size)))


def junk(size):
    return b"\xee" * size


def eth(**fields):
    return Ether(**{"src": MIRROR_MAC, "dst": NODE_MAC, **fields})


def outer4(**fields):
    return IP(**{"src": MIRROR, "dst": NODE, "ttl": 64, "id": 0x4D58, **fields})


def outer6(**fields):
    return IPv6(**{"src": MIRROR6, "dst": NODE6, "hlim": 64, **fields})


def udp(sport=49321, dport=31756, **fields):
    return UDP(sport=sport, dport=dport, **fields)


def inner_eth():
    return Ether(src=EXPORTER_MAC, dst=FOREIGN_MAC)


def inner4(**fields):
    return IP(**{"src": EXPORTER, "dst": OLD_COLLECTOR, "ttl": 64, "id": 0x4D58, **fields})


def inner6(**fields):
    return IPv6(**{"src": EXPORTER6, "dst": OLD_COLLECTOR6, "hlim": 64, **fields})


def inner_udp(**fields):
    return UDP(**{"sport": 50123, "dport": 31756, **fields})


def vxlan(vni=4242, **fields):
    return VXLAN(**{"flags": 0x08, "vni": vni, **fields})


def mirrored(inner, vni=4242, ip=None, chksum=0):
    """scapy's own IP/UDP length computation covers whatever bytes stand inside."""
    header = eth() / (ip or outer4()) / UDP(sport=49321, dport=4789, chksum=chksum)
    return header / vxlan(vni) / inner


def plain_packets():
    return {
        "udp4": eth() / outer4() / udp() / counting(32),
        "udp4_empty": eth() / outer4() / udp(),
        "udp4_odd": eth() / outer4() / udp() / counting(7),
        "udp4_sum_zero": eth() / outer4() / udp(chksum=0) / counting(32),
        "udp4_sum_wrong": eth() / outer4() / udp(chksum=0xBEEF) / counting(32),
        "udp4_computed_ffff": eth() / outer4() / udp(0, 0) / Raw(b"\xe8\xbc"),
        "udp4_fields": Ether(src=NODE_EGRESS_MAC, dst=NEXT_HOP_MAC)
        / IP(src=EXPORTER, dst=COLLECTOR, ttl=3, tos=46 << 2 | 1, id=0xFEDC, flags="DF")
        / UDP(sport=1, dport=65535) / counting(100),
        "udp4_options": eth()
        / outer4(options=[IPOption(b"\x94\x04\x00\x00"), IPOption(b"\x01"), IPOption(b"\x01"),
                          IPOption(b"\x01"), IPOption(b"\x00")])
        / udp() / counting(9),
        "udp4_first_fragment": eth() / outer4(flags="MF") / udp() / counting(16),
        "udp4_later_fragment": eth() / outer4(frag=3, proto=17) / counting(16),
        "udp4_wrong_lengths": eth() / outer4(len=9000) / udp(
            len=4, chksum=udp_checksum(outer4(), udp() / counting(16), length=4)) / counting(16),
        "udp4_wrong_header": eth(type=0x1234) / outer4(version=5, ihl=7, proto=99, chksum=0x1111)
        / udp(chksum=udp_checksum(outer4(), udp() / counting(16))) / counting(16),
        "udp4_padded": eth() / outer4() / udp() / counting(4),
        "udp4_trailing": eth() / outer4() / udp() / counting(32),
        "udp4_cut": eth() / outer4() / udp() / counting(32),
        "udp6": eth() / outer6() / udp() / counting(33),
        "udp6_fields": eth()
        / IPv6(src=EXPORTER6, dst=COLLECTOR6, hlim=1, tc=10 << 2 | 2, fl=0xABCDE)
        / UDP(sport=2055, dport=9995) / counting(64),
        "udp6_wrong_header": eth() / outer6(version=4, plen=3, nh=59)
        / udp(chksum=udp_checksum(outer6(), udp() / counting(8))) / counting(8),
        "udp6_hop_by_hop": eth() / outer6()
        / IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\0" * 12)]) / udp() / counting(8),
        "udp6_destination": eth() / outer6()
        / IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)]) / udp() / counting(8),
        "udp6_fragment": eth() / outer6() / IPv6ExtHdrFragment(m=1, id=99) / udp() / counting(8),
        "udp6_later_fragment": eth() / outer6()
        / IPv6ExtHdrFragment(offset=5, nh=17, id=0x01020304) / counting(8),
        "tcp4": eth() / outer4() / TCP(sport=40000, dport=443, seq=1, flags="S", window=64240),
        "tcp4_fields": eth() / outer4()
        / TCP(sport=1, dport=22, seq=0x01020304, ack=0x05060708, flags="PA", window=5)
        / counting(11),
        "tcp6": eth() / outer6() / TCP(sport=40000, dport=22, seq=1, flags="S", window=64240)
        / counting(5),
        "icmp4": eth() / outer4() / ICMP(id=3, seq=4) / counting(21),
        "icmp6": eth() / outer6() / ICMPv6EchoRequest(id=7, seq=1, data=raw(counting(21))),
        "arp": eth() / ARP(op=1, hwsrc=MIRROR_MAC, psrc=MIRROR, pdst=NODE),
        "arp_reply": eth()
        / ARP(op=2, hwsrc=NODE_MAC, psrc=NODE, hwdst=MIRROR_MAC, pdst=MIRROR),
        "vlan4": eth() / Dot1Q(vlan=5, prio=3) / outer4() / udp() / counting(10),
        "qinq6": eth() / Dot1AD(vlan=7) / Dot1Q(vlan=4094) / outer6() / udp() / counting(10),
    }


def tunnelled_packets():
    four = inner_eth() / inner4() / inner_udp()
    six = inner_eth() / inner6() / inner_udp()
    twenty = raw(four / counting(20))
    return {
        "vxlan4_udp4": mirrored(four / counting(48)),
        "geneve4_vxlan4_udp4": eth() / outer4(src=BALANCER)
        / UDP(sport=40001, dport=6081, chksum=0)
        / Raw(bytes([0x03, 0x00, 0x08, 0x00, 0x0A, 0x0B, 0x0C, 0x00, 0x01, 0x08, 0x01, 0x02])
              + bytes(range(1, 9)))
        / Raw(raw(outer4() / UDP(sport=49321, dport=4789, chksum=0) / vxlan() / four
                  / counting(20))),
        "vxlan4_udp6": mirrored(six / counting(48), vni=1),
        "vxlan6_udp4": mirrored(four / counting(48), vni=0xFFFFFF, ip=outer6()),
        "vxlan6_udp6": mirrored(six / counting(48), ip=outer6()),
        "vxlan4_outer_sum": eth() / outer4(ttl=255, flags="DF") / UDP(sport=33333, dport=4789)
        / vxlan(9) / four / counting(20),
        "vxlan6_outer_sum": mirrored(six / counting(20), ip=outer6(), chksum=None),
        "vxlan4_outer_options": mirrored(
            Raw(twenty), ip=outer4(options=[IPOption(b"\x01")] * 3 + [IPOption(b"\x00")])),
        "vxlan4_reserved": eth() / outer4() / UDP(sport=49321, dport=4789, chksum=0)
        / Raw(bytes([0xFF, 0xAB, 0xCD, 0xEF, 0x12, 0x34, 0x56, 0x99])) / Raw(twenty),
        "vxlan4_inner_vlan": mirrored(
            inner_eth() / Dot1Q(vlan=30) / inner4() / inner_udp() / counting(20)),
        "vxlan4_inner_arp": mirrored(
            inner_eth() / ARP(op=1, hwsrc=MIRROR_MAC, psrc=EXPORTER, pdst=OLD_COLLECTOR)),
        "vxlan4_inner_tcp": mirrored(
            inner_eth() / inner4() / TCP(sport=40000, dport=443, seq=1, flags="S", window=64240)
            / counting(3)),
        "vxlan4_inner_icmp6": mirrored(
            inner_eth() / inner6() / ICMPv6EchoRequest(id=7, seq=1, data=raw(counting(3)))),
        "vxlan4_padded": mirrored(Raw(raw(four / counting(1)) + junk(18))),
        "vxlan4_truncated": mirrored(Raw(raw(four / counting(200))[:60])),
        "delivered4": Ether(src=NODE_EGRESS_MAC, dst=NEXT_HOP_MAC)
        / inner4(dst=COLLECTOR, ttl=63) / inner_udp(dport=8081) / counting(48),
        "udp4_jumbo": mirrored(four / counting(8900)),
    }


def udp_checksum(ip, segment, length=None):
    """The checksum of `segment` as the builder defines it for headers that are wrong on purpose:
    over the addresses, the true length in the pseudo-header, and the bytes as they are sent."""
    packet = bytearray(raw(segment))
    if length is not None:
        packet[4:6] = length.to_bytes(2, "big")
    packet[6:8] = b"\0\0"
    size = 4 if ip.version == 4 else 16
    header = raw(ip)[12:12 + 2 * size] if size == 4 else raw(ip)[8:8 + 2 * size]
    total = header + len(packet).to_bytes(4, "big") + (17).to_bytes(4, "big") + bytes(packet)
    words = int.from_bytes(total + b"\0" * (len(total) % 2), "big")
    return 0xFFFF - (words % 0xFFFF or 0xFFFF) or 0xFFFF


def frames():
    """Whole frames; what no header describes is put on or cut off here."""
    built = {name: raw(packet) for name, packet in
             {**plain_packets(), **tunnelled_packets()}.items()}
    built["udp4_padded"] += junk(14)
    built["udp4_trailing"] += junk(5)
    built["udp4_cut"] = built["udp4_cut"][:-40]
    return built


def compare(name, want, got):
    if want == got:
        return True
    if want is None or got is None:
        print(f"FAILED {name}: only in {'the catalog' if want is None else 'packet_scapy.py'}")
        return False
    first = next((i for i, pair in enumerate(zip(want, got)) if pair[0] != pair[1]),
                 min(len(want), len(got)))
    print(f"FAILED {name}: first difference at byte {first}\n"
          f"  scapy   {want.hex(' ')}\n  builder {got.hex(' ')}")
    return False


def main():
    lines = subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True).stdout
    got = {name: bytes.fromhex(text) for name, text in
           (line.split() for line in lines.splitlines())}
    want = frames()
    results = [compare(name, want.get(name), got.get(name)) for name in sorted({*want, *got})]
    print(f"{sum(results)} of {len(results)} frames are equal")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
