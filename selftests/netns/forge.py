#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Receives datagrams and tells what arrived: forge.py receive PORT COUNT [SECONDS], or sends them:
forge.py send ADDRESS PORT SIZE COUNT.

The payload names its sender's number and proves itself: 4 bytes number, then bytes that follow from
it. The receiver prints a line "SOURCE NUMBER SIZE ok|wrong" for each datagram, in order of arrival.
"""
import random
import socket
import sys


def payload(number, size):
    """The same bytes on both sides."""
    return number.to_bytes(4, "big") + random.Random(number).randbytes(size - 4)


def receive(port, count, seconds):
    """Ends after `count` datagrams, or when none came for `seconds`."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as wire:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        wire.bind(("::", port))
        wire.settimeout(seconds)
        try:
            for _ in range(count):
                data, source = wire.recvfrom(65535)
                number = int.from_bytes(data[:4], "big")
                good = "ok" if data == payload(number, len(data)) else "wrong"
                print(source[0].removeprefix("::ffff:"), number, len(data), good, flush=True)
        except TimeoutError:
            pass


def send(address, port, size, count):
    """Without DF, so that the sender's own kernel may fragment."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as wire:
        if family == socket.AF_INET:
            wire.setsockopt(socket.IPPROTO_IP, 10, 0)  # IP_MTU_DISCOVER: IP_PMTUDISC_DONT
        for number in range(count):
            wire.sendto(payload(number, size), (address, port))


if __name__ == "__main__":
    if sys.argv[1] == "receive":
        receive(int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
    else:
        send(sys.argv[2], *map(int, sys.argv[3:6]))
