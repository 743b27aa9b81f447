# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Section 1 of docs/packets.md: is the packet ours?"""
from typing import NamedTuple

from headers import UDP_PROTOCOL, NoHeader, udp_at, walk_ip, walk_link
from reach import Reach
from verdicts import Dropped, Passed


class Outer(NamedTuple):
    """A packet of ours: its sender, the port it came to, and its UDP payload."""

    sender: object
    port: int
    payload: int
    end: int


def read_outer(frame, profile):
    """The packet, if it is ours; whatever explain is shown is addressed to this node (1.3)."""
    header = Reach(frame, len(frame), NoHeader(), NoHeader())
    try:
        walk = walk_ip(header, *walk_link(header, 0))
    except NoHeader:
        raise Passed("not_ours", "1.1, 1.2") from None
    if walk.fragment:
        _judge_fragment(header, walk, profile)
    if walk.protocol != UDP_PROTOCOL:
        raise Passed("not_ours", "1.5")
    try:
        udp = udp_at(header, walk.upper)
    except NoHeader:
        raise Passed("not_ours", "1.5") from None
    if udp.dport not in profile.ports:
        raise Passed("not_ours", "1.5")
    end = walk.upper + udp.len
    if udp.len < 16 or end > walk.end or walk.end > len(frame):
        raise Dropped("outer_length", "1, lengths")
    return Outer(walk.source, udp.dport, walk.upper + 8, end)


def _judge_fragment(header, walk, profile):
    if walk.protocol != UDP_PROTOCOL:
        raise Passed("not_ours", "1.4")
    try:
        shows_our_port = (walk.fragment.offset == 0
                          and udp_at(header, walk.upper).dport in profile.ports)
    except NoHeader:
        shows_our_port = False
    if shows_our_port:
        raise Dropped("outer_fragment", "1.4")
    raise Passed("outer_fragment", "1.4")
