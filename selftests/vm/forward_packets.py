#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The packets of the guest tests, by an independent encoder.

  forward_packets.py make NODE_MAC SENT      writes the mirrored frames that a guest is to send
  forward_packets.py send SENT DEVICE        sends them (no scapy: it starts slowly under emulation)
  forward_packets.py has N PCAP              exits 0 once PCAP has N whole frames
  forward_packets.py check SENT RECEIVED     is RECEIVED what must come out of SENT, byte for byte?
  forward_packets.py check-copies SENT RECEIVED   likewise, with a second copy of each for an archive
"""
import socket
import struct
import sys

VNI = 4242
COLLECTOR = ("198.51.100.2", 8081)
ARCHIVE = ("198.51.100.3", 2055)
PACKETS = 200
PCAP_HEADER = 24
RECORD_HEADER = 16


def inner_packet(scapy, number):
    """NetFlow-like datagrams of many exporters, lengths odd and even, some without a checksum."""
    exporter = f"192.168.{number % 7}.{1 + number % 250}"
    ip = scapy.IP(src=exporter, dst="172.16.0.10", ttl=2 + number, tos=number % 64 << 2, id=number)
    udp = scapy.UDP(sport=20000 + number, dport=31756)
    if number % 5 == 0:
        udp.chksum = 0
    return ip / udp / bytes((number * 7 + i) % 256 for i in range(40 + 3 * number))


def mirrored(scapy, node_mac, number):
    """Inside VXLAN over IPv4, every third over IPv6."""
    outer = scapy.IP(src="192.0.2.2", dst="192.0.2.1")
    if number % 3 == 0:
        outer = scapy.IPv6(src="2001:db8:1::2", dst="2001:db8:1::1")
    foreign = scapy.Ether(src="02:aa:00:00:00:01", dst="02:aa:00:00:00:02")
    return (scapy.Ether(src="52:54:00:78:6d:01", dst=node_mac) / outer
            / scapy.UDP(sport=40000 + number, dport=4789)
            / scapy.VXLAN(vni=VNI, flags=8) / foreign / inner_packet(scapy, number))


def wanted(scapy, number, collector):
    """The IP packet that must arrive there."""
    packet = inner_packet(scapy, number)
    packet.dst, packet[scapy.UDP].dport = collector
    packet.ttl -= 1
    return bytes(packet)


def make(node_mac, path):
    import scapy.all as scapy
    scapy.wrpcap(path, [mirrored(scapy, node_mac, n) for n in range(PACKETS)])


def records(path):
    """The frames of a classic pcap file, as bytes."""
    with open(path, "rb") as file:
        data = file.read()
    at = PCAP_HEADER
    while at + RECORD_HEADER <= len(data):
        length = struct.unpack_from("=I", data, at + 8)[0]
        at += RECORD_HEADER
        if at + length > len(data):
            return
        yield data[at:at + length]
        at += length


def send(path, device):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind((device, 0))
        for frame in records(path):
            wire.send(frame)


def has(number, path):
    sys.exit(0 if len(list(records(path))) >= int(number) else 1)


def check(received, collectors):
    import scapy.all as scapy
    have = sorted(frame[14:] for frame in records(received))
    want = sorted(wanted(scapy, n, collector) for n in range(PACKETS) for collector in collectors)
    missing = [p for p in want if p not in have]
    strange = [p for p in have if p not in want]
    for what, packets in (("missing", missing), ("not wanted", strange)):
        if packets:
            print(f"{len(packets)} {what}, the first: {packets[0][:48].hex(' ')}")
    if missing or strange or len(have) != len(want):
        sys.exit(f"the collector's link had {len(have)} packets, {len(want)} were wanted")
    print(f"{len(have)} packets arrived, byte for byte as an independent encoder makes them")


def main():
    verb, arguments = sys.argv[1], sys.argv[2:]
    {"make": make, "send": send, "has": has,
     "check": lambda sent, received: check(received, [COLLECTOR]),
     "check-copies": lambda sent, received: check(received, [COLLECTOR, ARCHIVE])}[verb](*arguments)


main()
