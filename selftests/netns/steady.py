#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Mirrored datagrams of four kinds in turn, each with a number, and who got them when: IPv4 and IPv6, to
port 31756 and to port 31757. The kind is the number modulo 4.

steady.py send DEVICE NODE_MAC PACE [COUNT]  sends COUNT, or until it is ended, then prints how many
steady.py receive FILE                       on port 8081, writes "number microseconds" for each,
                                             the time of day at which it was sent
"""
import socket
import struct
import sys
import time

import paced

PORTS = (31756, 31757)
ADDRESSES = (("192.168.1.1", "172.16.0.10"), ("fd00:192:168::1", "fd00:172:16::10"))
FOREIGN = bytes.fromhex("020000000002020000000001")


def checksum(data):
    """As in IP and UDP; `data` has an even number of bytes."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def udp(source, destination, ports, payload, has_sum=True):
    """An IP packet with UDP."""
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    ends = socket.inet_pton(family, source) + socket.inet_pton(family, destination)
    length = 8 + len(payload)
    body = struct.pack("!HHHH", *ports, length, 0) + payload
    if has_sum:
        total = checksum(ends + struct.pack("!HH", 17, length) + body) or 0xFFFF
        body = body[:6] + struct.pack("!H", total) + body[8:]
    if family == socket.AF_INET6:
        return struct.pack("!IHBB", 6 << 28, length, 17, 64) + ends + body
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 1, 0, 64, 17, 0) + ends
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def mirrored(number):
    """Outer IP packet, VXLAN, foreign MACs, and the datagram of this number."""
    six, port = number % 2, PORTS[number // 2 % 2]
    inner = udp(*ADDRESSES[six], (5000, port), struct.pack("!QQ", number, time.time_ns() // 1000))
    frame = FOREIGN + (b"\x86\xdd" if six else b"\x08\0") + inner
    return udp("10.0.0.1", "10.0.0.2", (50000, 4789), struct.pack("!II", 0x08000000, 4242 << 8) + frame, False)


if sys.argv[1] == "send":
    paced.send(sys.argv[2], sys.argv[3], int(sys.argv[4]), mirrored, *map(int, sys.argv[5:]))
else:
    paced.receive(8081, sys.argv[2], "a")  # several write into one file
