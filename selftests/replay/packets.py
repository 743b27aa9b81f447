# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Builders of packets by role, over scapy. Headers are whole and right unless told otherwise."""
import logging

logging.getLogger("scapy.runtime").setLevel(logging.ERROR)
# pylint: disable=wrong-import-position
from scapy.contrib.geneve import GENEVE
from scapy.layers.inet import IP, UDP, IPOption
from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrHopByHop, PadN
from scapy.layers.l2 import Dot1Q, Ether
from scapy.layers.vxlan import VXLAN
from scapy.packet import Raw

SENDER, SENDER6 = "10.0.0.1", "fd00:10::1"
NEAR_SENDER, STRANGER = "10.0.5.1", "10.66.0.1"
NODE, NODE6 = "10.0.0.2", "fd00:10::2"
EXPORTER, EXPORTER6 = "192.168.1.1", "fd00:192:1::1"
OLD_COLLECTOR, OLD_COLLECTOR6 = "172.16.0.10", "fd00:172::10"
COLLECTOR, COLLECTOR6 = "100.76.10.11", "fd00:100:76::11"
FLOWS, KEEP, NARROW, TIGHT, RANGE = 31756, 4739, 7001, 6000, 2057
VXLAN_PORT, GENEVE_PORT = 4789, 6081
LITE = 136
HBH = IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\0" * 4)])
OPTS = IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)])
NOP4 = [IPOption(b"\x01")] * 3 + [IPOption(b"\x00")]


def counting(size):
    """A payload whose bytes differ."""
    return Raw(bytes(i % 251 for i in range(size)))


def link(*tags):
    """The Ethernet header of the way to us, with tags of these VLANs."""
    frame = Ether(src="02:00:00:01:01:10", dst="02:00:00:01:02:20")
    for vlan in tags:
        frame = frame / Dot1Q(vlan=vlan)
    return frame


def foreign(*tags):
    """The Ethernet header of a mirrored frame."""
    frame = Ether(src="02:00:00:10:00:01", dst="02:00:00:10:00:fe")
    for vlan in tags:
        frame = frame / Dot1Q(vlan=vlan)
    return frame


def outer4(source=SENDER, **fields):
    """From a mirrored interface to us."""
    return IP(src=source, dst=NODE, **fields)


def outer6(source=SENDER6, **fields):
    """From a mirrored interface to us."""
    return IPv6(src=source, dst=NODE6, **fields)


def from4(**fields):
    """From an exporter to the collector that it knows."""
    return IP(**{"src": EXPORTER, "dst": OLD_COLLECTOR, "ttl": 61, "id": 0x4D58, **fields})


def from6(**fields):
    """From an exporter to the collector that it knows."""
    return IPv6(**{"src": EXPORTER6, "dst": OLD_COLLECTOR6, "hlim": 61, **fields})


def udp(port=FLOWS, size=48, **fields):
    """A record of `size` bytes."""
    return UDP(sport=50123, dport=port, **fields) / counting(size)


def vxlan(inside, vni=100, outer=None, port=VXLAN_PORT, tags=(), flags=8, **fields):
    """A mirrored frame, or packet, or bytes, in VXLAN to us."""
    return link(*tags) / _vxlan_packet(inside, vni, outer or outer4(), port, flags, **fields)


def _vxlan_packet(inside, vni, outer, port, flags, **fields):
    if isinstance(inside, bytes):
        inside = Raw(inside)
    elif not isinstance(inside, (Ether, Raw)):
        inside = foreign() / inside
    checksum = {"chksum": 0} if isinstance(outer, IP) else {}
    header = VXLAN(flags=flags, vni=vni) if isinstance(flags, int) else Raw(flags)
    return outer / UDP(sport=49321, dport=port, **{**checksum, **fields}) / header / inside


def gwlb(inside, outer=None, protocol=None, **fields):
    """A packet in Geneve from a gateway load balancer, with its three options."""
    options = (b"\x01\x08\x01\x02" + b"\xe1" * 8 + b"\x01\x08\x02\x02" + b"\xa2" * 8
               + b"\x01\x08\x03\x01" + b"\xc3" * 4)
    if protocol is None:
        protocol = 0x86DD if isinstance(inside, IPv6) else 0x0800
    header = GENEVE(**{"optionlen": 8, "proto": protocol, "vni": 0, "options": options, **fields})
    return (link() / (outer or outer4()) / UDP(sport=60001, dport=GENEVE_PORT, chksum=0)
            / Raw(bytes(header)) / inside)


def mirror_in_gwlb(inside, vni=200, outer=None, mirrored=None, **fields):
    """A mirror as it arrives through a gateway load balancer; `mirrored` is its own IP header."""
    ip = mirrored or IP(src="10.44.0.9", dst="10.44.0.1")
    return gwlb(_vxlan_packet(inside, vni, ip, VXLAN_PORT, 8), outer, **fields)


def fragments4(packet, size):
    """The IPv4 packet in fragments of `size` bytes of payload."""
    whole = bytes(packet)
    ip, payload = IP(whole[:20]), whole[20:]
    return [_fragment4(ip, payload, at, size) for at in range(0, len(payload), size)]


def _fragment4(ip, payload, at, size):
    more = at + size < len(payload)
    return IP(src=ip.src, dst=ip.dst, ttl=ip.ttl, id=ip.id, tos=ip.tos, proto=ip.proto,
              frag=at // 8, flags="MF" if more else 0) / Raw(payload[at:at + size])


def cut(packet, size):
    """A mirrored frame of which the mirror left `size` bytes."""
    return bytes(foreign() / packet)[:size]


def lite(port, coverage, checksum=0x5A5A):
    """UDP-Lite, by default with a checksum that is wrong."""
    header = UDP(sport=7, dport=port, len=coverage, chksum=checksum)
    return Raw(bytes(header)[:8] + b"lightweight record")


def set_byte(packet, at, value):
    """The packet's bytes with one of them changed, which no header field can say."""
    data = bytearray(bytes(packet))
    data[at] = value
    return bytes(data)
