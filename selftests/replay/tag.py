#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A wire that tags, for kernels without VLAN devices: tag.py FROM TO VLAN...

Every frame that comes in by FROM leaves by TO with these tags, the first of them outermost; of two,
the outermost is a service tag (0x88a8). Prints "ready" when it listens.
"""
import socket
import sys

ALL, ADDRESSES, MOST_BYTES = 3, 12, 65536
CUSTOMER, SERVICE = 0x8100, 0x88A8
OUTGOING = 4  # PACKET_OUTGOING, linux/if_packet.h


def tags_of(vlans):
    """The tags as bytes."""
    types = [SERVICE] * (len(vlans) - 1) + [CUSTOMER]
    return b"".join(tpid.to_bytes(2, "big") + vlan.to_bytes(2, "big")
                    for tpid, vlan in zip(types, vlans))


def main():
    """Until it is ended."""
    source, target, *vlans = sys.argv[1:]
    tags = tags_of([int(vlan) for vlan in vlans])
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL)) as wire, \
            socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out:
        wire.bind((source, ALL))
        out.bind((target, 0))
        print("ready", flush=True)
        while True:
            frame, address = wire.recvfrom(MOST_BYTES)
            if address[2] != OUTGOING:
                out.send(frame[:ADDRESSES] + tags + frame[ADDRESSES:])


main()
