# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Numbered packets at a steady pace, and who got them when: what stream.py and steady.py share."""
import signal
import socket
import struct
import time

STOPPED = []


def stop(*_):
    """Between two packets, so that the number is right."""
    STOPPED.append(True)


def send(device, node, pace, packet, count=None):
    """packet(number) is an IPv4 packet for the node. Until SIGTERM, or `count` of them; then prints how many.
    Paced by the clock, not by sleeps: what was late is made up for."""
    signal.signal(signal.SIGTERM, stop)
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind((device, 0))
    head = bytes.fromhex(node.replace(":", "")) + b"\2\0\0\0\0\x0a" + b"\x08\0"
    start, number = time.monotonic(), 0
    while not STOPPED and number != count:
        while number < (time.monotonic() - start) * pace and number != count:
            wire.send(head + packet(number))
            number += 1
        time.sleep(0.5 / pace)
    print(number)


def receive(port, file, mode):
    """Writes the two numbers that each payload begins with, until it is ended. IPv4 and IPv6."""
    here = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    here.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)  # SO_RCVBUFFORCE
    here.bind(("::", port))
    with open(file, mode, encoding="ascii", buffering=1) as out:
        while True:
            number, sent = struct.unpack_from("!QQ", here.recv(2048))
            out.write(f"{number} {sent}\n")
