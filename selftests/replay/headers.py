# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Ethernet, tags and IP as sections 1.1 and 1.2 of docs/packets.md walk them.

scapy decodes the fixed headers; lengths are checked here, since scapy takes what it gets.
"""
import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple, Optional

from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6, IPv6ExtHdrFragment

ETHERNET, TAG = 14, 4
TAG_TYPES = (0x8100, 0x88A8)
IPV4, IPV6 = 0x0800, 0x86DD
HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION, MOBILITY = 0, 43, 44, 51, 60, 135
TCP_PROTOCOL, UDP_PROTOCOL = 6, 17
MAX_EXTENSIONS = 6


class NoHeader(Exception):
    """There is no such header: cut off, or of another version."""


class Fragment(NamedTuple):
    """The offset is in bytes; neither offset nor more: an IPv6 packet that is whole."""

    offset: int
    more: bool


@dataclass
class Walk:
    """An IP header and what lies behind it; offsets are those of the frame."""

    source: object
    destination: object
    end: int
    protocol: int
    upper: int
    fragment: Optional[Fragment] = None


def walk_link(header, at):
    """Ethernet and up to two tags: (ether type, offset behind)."""
    ether_type = struct.unpack("!12xH", header(at, ETHERNET))[0]
    at += ETHERNET
    for _ in range(2):
        if ether_type not in TAG_TYPES:
            break
        ether_type = struct.unpack("!2xH", header(at, TAG))[0]
        at += TAG
    return ether_type, at


def ipv4_at(header, at):
    """The fixed header, decoded by scapy; None if it is not IPv4."""
    fixed = header(at, 20)
    return IP(fixed) if fixed[0] >> 4 == 4 and fixed[0] & 15 >= 5 else None


def ipv6_at(header, at):
    """The fixed header, decoded by scapy; None if it is not IPv6."""
    fixed = header(at, 40)
    return IPv6(fixed) if fixed[0] >> 4 == 6 else None


def fragment_at(header, at):
    """(next header, Fragment, ID) of an IPv6 fragment header."""
    scapy = IPv6ExtHdrFragment(header(at, 8))
    return scapy.nh, Fragment(scapy.offset * 8, bool(scapy.m)), scapy.id


def udp_at(header, at):
    """A UDP header, decoded by scapy."""
    return UDP(header(at, 8))


def ipv4_fragment(ip):
    """The Fragment that an IPv4 header tells of, or None for a whole packet."""
    more = bool(int(ip.flags) & 1)
    return Fragment(ip.frag * 8, more) if more or ip.frag else None


def walk_ip(header, ether_type, at):
    """Section 1.2; raises NoHeader if no IP header stands there."""
    if ether_type == IPV4:
        return _walk_ipv4(header, at)
    if ether_type == IPV6:
        return _walk_ipv6(header, at)
    raise NoHeader


def _walk_ipv4(header, at):
    ip = ipv4_at(header, at)
    if ip is None:
        raise NoHeader
    return Walk(IPv4Address(ip.src), IPv4Address(ip.dst), at + ip.len, ip.proto, at + ip.ihl * 4,
                ipv4_fragment(ip))


def _walk_ipv6(header, at):
    ip = ipv6_at(header, at)
    if ip is None:
        raise NoHeader
    walk = Walk(IPv6Address(ip.src), IPv6Address(ip.dst), at + 40 + ip.plen, ip.nh, at + 40)
    for _ in range(MAX_EXTENSIONS):
        if walk.protocol not in (HOP_BY_HOP, DESTINATION):
            break
        walk.protocol, length = header(walk.upper, 2)
        walk.upper += 8 + 8 * length
    if walk.protocol == FRAGMENT:
        walk.protocol, walk.fragment, _ = fragment_at(header, walk.upper)
        walk.upper += 8
    return walk
