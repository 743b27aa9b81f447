# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Mirrored datagrams to the node, and where they come out: a raw socket on the fabric, and sockets of the collectors,
each left in the network namespace that it was made in.
"""

import collections
import ctypes
import os
import select
import socket
import struct
import time

_libc = ctypes.CDLL(None, use_errno=True)
_NEWNET = 0x40000000


class Namespace:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)
        with open(f"/run/netns/{self.name}", "rb") as there:
            self._go(there.fileno())

    def __exit__(self, *_):
        self._go(self.home)
        os.close(self.home)

    @staticmethod
    def _go(fd):
        if _libc.setns(fd, _NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def _checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _udp_packet(source, to, source_port, port, payload):
    """IPv4, with no UDP checksum."""
    udp = struct.pack("!HHHH", source_port, port, 8 + len(payload), 0) + payload
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0,
                         socket.inet_aton(source), socket.inet_aton(to))
    return header[:10] + struct.pack("!H", _checksum(header)) + header[12:] + udp


def _ethernet(to, source):
    return bytes.fromhex(to.replace(":", "")) + bytes.fromhex(source.replace(":", "")) + b"\x08\x00"


class Probe:
    """Where a datagram comes out is its collector: address and port."""

    def __init__(self, node_mac, collectors):
        with Namespace("vpc"):
            self.wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            self.wire.bind(("fabric", 0))
        self.sockets = {}
        with Namespace("fdi"):
            for address, port in collectors:
                receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                receiver.bind((address, port))
                receiver.setblocking(False)
                self.sockets[receiver] = f"{address}:{port}"
        self.node_mac = node_mac

    def _frame(self, port, number):
        inner = _ethernet("02:00:00:00:00:02", "02:00:00:00:00:01") + _udp_packet(
            f"192.168.1.{1 + number % 200}", "172.16.0.10", 1024 + number, port, struct.pack("!I", number) + b"flow")
        vxlan = struct.pack("!II", 0x08000000, 4242 << 8)
        return _ethernet(self.node_mac, "02:00:00:00:00:03") + _udp_packet("10.0.0.1", "10.0.0.2", 50000, 4789,
                                                                          vxlan + inner)

    def send(self, ports, each, expected):
        """Sends so many to each port, and counts by collector what comes out until `expected` have, or none does."""
        self.drain()
        for port in ports:
            for number in range(each):
                self.wire.send(self._frame(port, number))
        arrived = collections.Counter()
        limit = time.monotonic() + 10
        while arrived.total() < expected and time.monotonic() < limit:
            for receiver in select.select(list(self.sockets), [], [], 0.2)[0]:
                arrived += self._receive(receiver)
        return dict(arrived)

    def drain(self):
        for receiver in self.sockets:
            self._receive(receiver)

    def _receive(self, receiver):
        got = collections.Counter()
        try:
            while True:
                receiver.recv(2048)
                got[self.sockets[receiver]] += 1
        except BlockingIOError:
            return got
