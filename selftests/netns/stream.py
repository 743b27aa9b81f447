#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Mirrored packets at a steady pace, each with a number, and who got them when.

stream.py send DEVICE NODE_MAC PACE        sends until it is ended, then prints how many
stream.py receive PORT FILE                writes "number nanoseconds" for each that arrives
"""
import signal
import socket
import struct
import sys
import time

OUTER = ("10.0.0.1", "10.0.0.2", 50000, 4789)
INNER = ("192.168.1.1", "172.16.0.10", 5000, 31756)
STOPPED = []


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


def send(device, node, pace):
    """Paced by the clock, not by sleeps: what was late is made up for."""
    foreign = bytes.fromhex("020000000002020000000001" + "0800")
    vxlan = struct.pack("!II", 0x08000000, 4242 << 8)
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind((device, 0))
    head = bytes.fromhex(node.replace(":", "")) + b"\2\0\0\0\0\x0a" + b"\x08\0"
    start, number = time.monotonic(), 0
    while not STOPPED:
        while number < (time.monotonic() - start) * pace:
            inner = udp4(INNER, struct.pack("!QQ", number, time.monotonic_ns()))
            wire.send(head + udp4(OUTER, vxlan + foreign + inner))
            number += 1
        time.sleep(0.5 / pace)
    print(number)


def receive(port, file):
    """Until it is ended."""
    here = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    here.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)  # SO_RCVBUFFORCE
    here.bind(("0.0.0.0", port))
    with open(file, "w", encoding="ascii", buffering=1) as out:
        while True:
            number, sent = struct.unpack_from("!QQ", here.recv(2048))
            out.write(f"{number} {sent}\n")


def stop(*_):
    """Between two packets, so that the number is right."""
    STOPPED.append(True)


if sys.argv[1] == "send":
    signal.signal(signal.SIGTERM, stop)
    send(sys.argv[2], sys.argv[3], int(sys.argv[4]))
else:
    receive(int(sys.argv[2]), sys.argv[3])
