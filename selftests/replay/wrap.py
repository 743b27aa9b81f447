#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What clouds do to a mirror and no kernel here does: wrap.py gwlb|cut IN.pcap OUT.pcap

gwlb  puts each IP packet into Geneve, as a gateway load balancer sends it on.
cut   leaves 128 bytes of each mirrored frame, as a session with that packet length does.
Frames that are no IPv4 or IPv6 (gwlb), or no VXLAN (cut), stay as they are.
"""
import sys

from capture import Capture
from packets import VXLAN_PORT, gwlb
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.utils import RawPcapWriter

PACKET_LENGTH, VXLAN_HEADER = 128, 8
NANOSECONDS = 1_000_000_000


def wrapped(data):
    """In Geneve."""
    frame = Ether(data)
    ip = frame.getlayer(IP) or frame.getlayer(IPv6)
    return data if ip is None else bytes(gwlb(ip))


def cut(data):
    """With outer lengths and checksums of what is left."""
    frame = Ether(data)
    udp = frame.getlayer(UDP)
    if udp is None or udp.dport != VXLAN_PORT:
        return data
    udp.remove_payload()
    begin = len(frame) + VXLAN_HEADER
    ip = udp.underlayer
    del udp.len, udp.chksum
    if isinstance(ip, IP):
        del ip.len, ip.chksum
    else:
        del ip.plen
    return bytes(frame / Raw(data[begin - VXLAN_HEADER:begin + PACKET_LENGTH]))


def main():
    """One capture."""
    change, source, target = {"gwlb": wrapped, "cut": cut}[sys.argv[1]], sys.argv[2], sys.argv[3]
    writer = RawPcapWriter(target, linktype=1, nano=True)
    writer.write_header(None)
    with Capture(source) as capture:
        for record in capture:
            # pylint: disable=protected-access
            writer._write_packet(change(record.frame), sec=record.time // NANOSECONDS,
                                 usec=record.time % NANOSECONDS)
    writer.close()


main()
