#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Sends frames out of a device: send.py DEVICE EXPRESSION...

Each expression is scapy's, for example "Ether(dst=NODE)/IP(dst='10.0.0.2')/ICMP()"; a list sends
several. mirrored() wraps a packet as the mirror does. The frames leave as built: nothing is added.
NODE is the Ethernet address in the environment variable NODE_MAC.
"""
import logging
import os
import socket
import sys

logging.getLogger("scapy.runtime").setLevel(logging.ERROR)
from scapy.all import *  # noqa: E402,F401,F403 pylint: disable=wildcard-import

NODE = os.environ.get("NODE_MAC", "ff:ff:ff:ff:ff:ff")
FOREIGN = {"src": "02:00:00:00:00:01", "dst": "02:00:00:00:00:02"}


def mirrored(inner, vni=4242, outer=None):
    """The packet inside VXLAN, between Ethernet addresses that are nobody's on the node's links."""
    frame = inner if isinstance(inner, Ether) else Ether(**FOREIGN) / inner
    outer = outer or IP(src="10.0.0.1", dst="10.0.0.2")
    checksum = {"chksum": 0} if isinstance(outer, IP) else {}
    udp = UDP(sport=50000, dport=4789, **checksum)
    return Ether(dst=NODE) / outer / udp / VXLAN(vni=vni, flags=8) / frame


def main():
    """Expressions see this module's names, so that helpers and scapy are at hand."""
    device, expressions = sys.argv[1], sys.argv[2:]
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind((device, 0))
        for expression in expressions:
            built = eval(expression)  # pylint: disable=eval-used
            for frame in built if isinstance(built, list) else [built]:
                wire.send(bytes(frame))


main()
