#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Mirrored datagrams of many exporters, each numbered, and who got them when.

fleet_traffic.py send DEVICE MAC PACE EACH   PACE datagrams a second of EACH exporters in turn, until it is
                                             ended, then prints how many
fleet_traffic.py receive FILE EACH           on port 8081, writes a line "number sent received" for each, in
                                             nanoseconds; a source that is not the exporter's ends it

The exporter is the number modulo EACH. Every third one speaks IPv6. Of each two, one has one source port,
the other one four: as a cloud does, the outer source port is a hash of what is inside, so the first comes
through one node at a time, the second through several at once."""
import ipaddress
import socket
import struct
import sys
import time
import zlib

import paced
from ip_packet import udp

VIRTUAL, VNI = "10.0.100.1", 4242
FOREIGN = bytes.fromhex("020000000002020000000001")
OFFICE = {4: "172.16.0.10", 6: "fd00:172:16::10"}


def exporter(index):
    """The address of an exporter."""
    text = f"fd00:192:168::{index + 1:x}" if index % 3 == 2 else f"192.168.{index + 1}.1"
    return ipaddress.ip_address(text)


def source_port(index, turn):
    """With which its datagram of this turn is sent."""
    return 5000 + (turn % 4 if has_several_flows(index) else 0)


def has_several_flows(index):
    """Or a single one."""
    return index % 2 == 1


def mirrored(number, each):
    """Outer IP packet, VXLAN, foreign MACs, and the datagram of this number."""
    index = number % each
    address = exporter(index)
    port = source_port(index, number // each)
    inner = udp(str(address), OFFICE[address.version], (port, 31756),
                struct.pack("!QQ", number, time.monotonic_ns()))
    ether = FOREIGN + (b"\x86\xdd" if address.version == 6 else b"\x08\0")
    outer_port = 49152 + zlib.crc32(f"{address} {port}".encode()) % 16384
    return udp(f"10.0.0.{10 + index % 20}", VIRTUAL, (outer_port, 4789),
               struct.pack("!II", 0x08000000, VNI << 8) + ether + inner, False)


def receive(file, each):
    """Until it is ended."""
    here = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    here.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)  # SO_RCVBUFFORCE
    here.bind(("::", 8081))
    with open(file, "w", encoding="ascii", buffering=1) as out:
        while True:
            data, source = here.recvfrom(2048)
            received = time.monotonic_ns()
            number, sent = struct.unpack_from("!QQ", data)
            index = number % each
            wanted = exporter(index)
            got = ipaddress.IPv6Address(source[0])
            if (got.ipv4_mapped or got, source[1]) != (wanted, source_port(index, number // each)):
                raise SystemExit(f"{file}: {number} of {wanted} came from {source}")
            out.write(f"{number} {sent} {received}\n")


def main():
    if sys.argv[1] == "send":
        device, mac, pace, each = sys.argv[2:]
        paced.send(device, mac, int(pace), lambda number: mirrored(number, int(each)))
    else:
        receive(sys.argv[2], int(sys.argv[3]))


if __name__ == "__main__":
    main()
