#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Mirrored packets at a steady pace, each with a number, and who got them when.

stream.py send DEVICE NODE_MAC PACE        sends until it is ended, then prints how many
stream.py receive PORT FILE                writes "number nanoseconds" for each that arrives
"""
import socket
import struct
import sys
import time

import paced

OUTER = ("10.0.0.1", "10.0.0.2", 50000, 4789)
INNER = ("192.168.1.1", "172.16.0.10", 5000, 31756)
FOREIGN = bytes.fromhex("020000000002020000000001" + "0800")


def udp4(addresses, payload):
    """An IPv4 packet with UDP; without a UDP checksum."""
    source, destination, sport, dport = addresses
    udp = struct.pack("!HHHH", sport, dport, 8 + len(payload), 0) + payload
    head = bytearray(struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0,
                                 socket.inet_aton(source), socket.inet_aton(destination)))
    total = sum(struct.unpack("!10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    total = (total & 0xFFFF) + (total >> 16)
    struct.pack_into("!H", head, 10, ~total & 0xFFFF)
    return bytes(head) + udp


def mirrored(number):
    """Outer IP packet, VXLAN, foreign MACs, and the datagram of this number."""
    inner = udp4(INNER, struct.pack("!QQ", number, time.monotonic_ns()))
    return udp4(OUTER, struct.pack("!II", 0x08000000, 4242 << 8) + FOREIGN + inner)


if sys.argv[1] == "send":
    paced.send(sys.argv[2], sys.argv[3], int(sys.argv[4]), mirrored)
else:
    paced.receive(int(sys.argv[2]), sys.argv[3], "w")
