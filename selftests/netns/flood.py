#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Floods a device with mirrored packets of a hostile sender: flood.py DEVICE KIND COUNT.

KIND: fragments (first fragments, each of another datagram, that a rule takes), vnis (each another VNI),
exporters (each another inner source), strangers (each another outer sender, none allowed). NODE_MAC is
the node's Ethernet address. The outer sender is the address in HOSTILE unless it is what varies.
"""
import os
import socket
import struct
import sys

HOSTILE = socket.inet_aton(os.environ.get("HOSTILE", "10.0.0.66"))
NODE_MAC = bytes.fromhex(os.environ["NODE_MAC"].replace(":", ""))


def checksum(data):
    """RFC 1071."""
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - ((total & 0xFFFF) + (total >> 16))


def ip(source, destination, payload, ident=0, flags=0):
    """An IPv4 packet that carries UDP."""
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ident, flags, 64, 17, 0, source,
                       destination)
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def frame(kind, number):
    """The flood's frame of that number."""
    sender, vni = HOSTILE, 4242
    source, ident, flags = bytes((192, 168, 66, 1)), 0, 0
    if kind == "fragments":
        source = bytes((192, 168, 64 + (number >> 16) % 64, 1))
        ident, flags = number & 0xFFFF, 0x2000
    elif kind == "vnis":
        vni = 5000 + number % 16000000
    elif kind == "exporters":
        source = bytes((192, 168 + (number >> 16) % 80, (number >> 8) & 0xFF, number & 0xFF))
    elif kind == "strangers":
        sender = struct.pack(">I", 0xAC100000 + number)
    else:
        sys.exit(f"flood.py: no kind '{kind}'")
    inner = ip(source, bytes((172, 16, 0, 10)),
               struct.pack(">HHHH", 5000, 4739, 24 if flags == 0 else 1480, 0) + bytes(16), ident,
               flags)
    vxlan = struct.pack(">II", 0x08000000, vni << 8) + bytes(range(12)) + b"\x08\x00" + inner
    outer = ip(sender, bytes((10, 0, 0, 2)), struct.pack(">HHHH", 50000, 4789, 8 + len(vxlan), 0)
               + vxlan)
    return NODE_MAC + bytes((2, 0, 0, 0, 0, 0x66)) + b"\x08\x00" + outer


def main():
    """As fast as Python sends."""
    device, kind, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
        wire.bind((device, 0))
        for number in range(count):
            wire.send(frame(kind, number))


main()
