# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""IP packets with UDP, built without scapy, for those who send thousands a second."""
import socket
import struct


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
