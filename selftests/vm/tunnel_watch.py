# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The two ends of the tunnel tests in one process: the mirror in lab-src, the collector in lab-dst."""
import ctypes
import os
import select
import socket
import struct
import time

import tunnel_packets as packets

PATIENCE = 30  # seconds, for what must come; a guest runs at any speed
CLONE_NEWNET, ALL_FRAMES, SO_RCVBUFFORCE, OUTGOING, LARGEST = 0x40000000, 3, 33, 4, 65536
IP_RECVTTL = 12  # which Python does not name
_LIBC = ctypes.CDLL(None, use_errno=True)


class Inside:
    """Within a network namespace: `with Inside("lab-dst"):` (None: our own); sockets are made there and stay there."""

    def __init__(self, name):
        self.path = f"/run/netns/{name}" if name else "/proc/self/ns/net"

    def __enter__(self):
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)
        self._go(os.open(self.path, os.O_RDONLY))

    def __exit__(self, *_):
        self._go(self.home)

    @staticmethod
    def _go(namespace):
        if _LIBC.setns(namespace, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        os.close(namespace)


class Wire:
    """A device, to send frames on and to see those that arrive, or those that leave."""

    def __init__(self, namespace, device, leaving=False):
        self.leaving = leaving
        with Inside(namespace):
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_FRAMES))
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 23)
        self.socket.bind((device, ALL_FRAMES))
        self.socket.setblocking(False)

    def frames(self):
        """What has passed since the last call."""
        while True:
            try:
                frame, where = self.socket.recvfrom(LARGEST)
            except BlockingIOError:
                return
            if (where[2] == OUTGOING) == self.leaving:
                yield frame


class Mirror:
    """Sends mirrored datagrams, and hears what anybody says to the mirrored hosts."""

    def __init__(self, namespace="lab-src", device="src0"):
        self.wire = Wire(namespace, device)

    def send(self, family, count, size, frame=packets.mirrored):
        """One datagram of each of `count` exporters."""
        for number in range(count):
            self.wire.socket.send(frame(family, number, size))

    def heard(self):
        """The kinds of all that has come, housekeeping aside; waits for the answer to a fence."""
        list_of, answered = set(), False
        self.wire.socket.send(packets.fence())
        deadline = time.monotonic() + PATIENCE
        while not answered:
            if time.monotonic() > deadline:
                return {"no answer to the fence"}
            select.select([self.wire.socket], [], [], PATIENCE)
            for frame in self.wire.frames():
                kind = packets.kind(frame)
                answered = answered or kind == "fence"
                list_of.add(kind)
        return list_of - {"fence", "housekeeping"}


class Collector:
    """A real receiver, and an eye on what leaves for it: where ESP arrives, it is decrypted in place."""

    def __init__(self, leaves=(None, "out0"), namespace="lab-dst", address=packets.COLLECTOR,
                 port=packets.COLLECTOR_PORT):
        self.wire = Wire(*leaves, leaving=True)
        self.listener = {family: self._listen(namespace, family, address[family], port) for family in address}

    @staticmethod
    def _listen(namespace, family, address, port):
        with Inside(namespace):
            listener = socket.socket(packets.ADDRESS_FAMILY[family], socket.SOCK_DGRAM)
        listener.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 23)
        if family == 4:
            listener.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)
        else:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)
        listener.bind((address, port))
        listener.setblocking(False)
        return listener

    def take(self, family, count, size, hops=1):
        """Waits for `count` datagrams; says in words what came, "N as they were sent" if all is well."""
        seen, faults = [], set()
        deadline = time.monotonic() + PATIENCE
        while len(set(seen)) < count and time.monotonic() < deadline:
            if not select.select([self.listener[family]], [], [], 1)[0]:
                continue
            data, extra, _, sender = self.listener[family].recvmsg(LARGEST, 256)
            number, ttl = sender[1] - packets.FIRST_PORT, struct.unpack("=i", extra[0][2])[0]
            seen.append(number)
            if sender[0] != packets.exporter(family, number):
                faults.add(f"one from {sender[:2]}")
            if data != packets.payload(number, size):
                faults.add(f"a payload of {len(data)} bytes is not as it was")
            if ttl != packets.TTL - hops:
                faults.add(f"TTL {ttl}")
        return f"{len(seen)} " + (", ".join(sorted(faults)) or "as they were sent")

    def close(self):
        """Leaves its port to another."""
        for listener in self.listener.values():
            listener.close()

    def strays(self):
        """Datagrams that nobody waits for."""
        count = 0
        for listener in self.listener.values():
            while select.select([listener], [], [], 0)[0]:
                listener.recv(LARGEST)
                count += 1
        return count

    def passed(self):
        """(kinds of frames that left since the last call, whether cleartext was among them)"""
        kinds, clear = set(), False
        for frame in self.wire.frames():
            kinds.add(packets.kind(frame))
            clear = clear or packets.CLEARTEXT in frame
        return kinds - {"housekeeping"}, clear
