#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Mirrored datagrams of four kinds in turn, each with a number, and who got them when: IPv4 and IPv6, to
port 31756 and to port 31757. The kind is the number modulo 4.

steady.py send DEVICE NODE_MAC PACE [COUNT]  sends COUNT, or until it is ended, then prints how many
steady.py receive FILE                       on port 8081, writes "number microseconds" for each,
                                             the time of day at which it was sent
"""
import struct
import sys
import time

import paced
from ip_packet import udp

PORTS = (31756, 31757)
ADDRESSES = (("192.168.1.1", "172.16.0.10"), ("fd00:192:168::1", "fd00:172:16::10"))
FOREIGN = bytes.fromhex("020000000002020000000001")


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
