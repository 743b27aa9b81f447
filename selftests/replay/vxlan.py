# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""VXLAN (RFC 7348 section 5) as section 2 of docs/packets.md reads it."""
from typing import NamedTuple

from reach import Reach
from verdicts import Dropped

HAS_VNI, HAS_PROTOCOL = 0x08, 0x04
NO_PROTOCOL, ETHERNET_PROTOCOL = 0, 3


class Vxlan(NamedTuple):
    """What its header says; `reserved`: some bit is set that should not be."""

    vni: int
    reserved: bool


def read_vxlan(frame, at, end):
    """2.1 and 2.2. Its eight bytes are inside the UDP payload: that was asked before."""
    header = Reach(frame, end, Dropped("outer_length", "1, lengths"),
                   Dropped("headers_not_linear", "2, VXLAN"))(at, 8)
    if not header[0] & HAS_VNI:
        raise Dropped("vxlan_no_vni", "2.1")
    if header[0] & HAS_PROTOCOL and header[3] not in (NO_PROTOCOL, ETHERNET_PROTOCOL):
        raise Dropped("vxlan_gpe", "2.2")
    reserved = header[0] != HAS_VNI or any(header[1:4]) or header[7] != 0
    return Vxlan(int.from_bytes(header[4:7], "big"), reserved)
