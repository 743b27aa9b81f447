# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Geneve (RFC 8926) as section 2 of docs/packets.md reads it: is its payload a mirror?"""
from headers import UDP_PROTOCOL, NoHeader, udp_at, walk_ip
from reach import Reach
from verdicts import Dropped

CONTROL = 0x80


def find_mirror(frame, at, end, vxlan_port):
    """(offset of the VXLAN header, end of its UDP packet), or None if the payload is no mirror."""
    not_present = Dropped("headers_not_linear", "2, Geneve")
    fixed = Reach(frame, end, NoHeader(), not_present)(at, 8)
    payload = at + 8 + 4 * (fixed[0] & 0x3F)
    if fixed[0] >> 6 != 0 or payload > end:
        raise Dropped("geneve_malformed", "2, Geneve")
    if fixed[1] & CONTROL:
        return None
    header = Reach(frame, end, NoHeader(), not_present)
    try:
        return _mirror_in(header, int.from_bytes(fixed[2:4], "big"), payload, vxlan_port)
    except NoHeader:
        return None


def _mirror_in(header, protocol_type, at, vxlan_port):
    walk = walk_ip(header, protocol_type, at)
    if walk.fragment or walk.protocol != UDP_PROTOCOL:
        return None
    udp = udp_at(header, walk.upper)
    end = walk.upper + udp.len
    if udp.dport != vxlan_port or udp.len < 16 or end > walk.end or walk.end > header.end:
        return None
    return walk.upper + 8, end
