#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Sends mirrored frames of any size: jumbo_packets.py DEVICE NODE_MAC DESTINATION SIZE COUNT [tagged].

Made by hand, since scapy starts slowly under emulation.
"""
import socket
import struct
import sys


def ip(source, destination, payload):
    """IPv4 with UDP inside; its checksum is right."""
    head = bytearray(struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 7, 0, 64, 17, 0,
                                 socket.inet_aton(source), socket.inet_aton(destination)))
    total = sum(struct.unpack(">10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    head[10:12] = struct.pack(">H", 0xFFFF - ((total & 0xFFFF) + (total >> 16)))
    return bytes(head) + payload


def udp(source, destination, payload):
    """Without a checksum."""
    return struct.pack(">HHHH", source, destination, 8 + len(payload), 0) + payload


def main():
    """One frame for each exporter."""
    device, mac, destination, size, count = sys.argv[1:6]
    tag = b"\x81\x00\x00\x1e" if "tagged" in sys.argv else b""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind((device, 0))
        for number in range(int(count)):
            inner = (bytes.fromhex("02aa0000000202aa000000010800")
                     + ip(f"192.168.1.{number + 1}", "172.16.0.10",
                          udp(5000, 31756, bytes(int(size)))))
            outer = ip("192.0.2.2", destination,
                       udp(40000, 4789, struct.pack(">II", 0x08000000, 4242 << 8) + inner))
            wire.send(bytes.fromhex(mac.replace(":", "")) + bytes.fromhex("525400786d01") + tag
                      + b"\x08\x00" + outer)


main()
