# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Section 3 of docs/packets.md: the mirrored frame, or all of a plain one (section 5)."""
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Optional

import headers
from headers import TCP_PROTOCOL, UDP_PROTOCOL, Fragment
from profiles import contains
from reach import Reach
from verdicts import Dropped

ICMPV6, SCTP, DCCP, UDP_LITE = 58, 132, 33, 136
SMALLEST = {UDP_PROTOCOL: 8, TCP_PROTOCOL: 20, SCTP: 12, DCCP: 12, UDP_LITE: 8}
IMPOSSIBLE_SOURCES = [ip_network(text) for text in (
    "0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", "::/128", "::1/128", "fe80::/10", "ff00::/8")]
REFUSED_EXTENSIONS = (headers.ROUTING, headers.AUTHENTICATION, headers.MOBILITY)
WALKED_EXTENSIONS = (headers.HOP_BY_HOP, headers.DESTINATION, headers.FRAGMENT)


@dataclass
class Inner:
    """An inner packet; offsets are those of the frame. `fixed` is its IP header, by scapy.

    `end` is where its IP length ends, `left_end` where its bytes do. `behind` is where the payload
    of a fragment begins, `upper` where the upper-layer header does.
    """

    version: int
    at: int
    fixed: object
    source: object
    destination: object
    end: int
    left_end: int
    upper: int
    protocol: int
    ident: int = 0
    fragment: Optional[Fragment] = None
    behind: int = 0
    port: Optional[int] = None

    @property
    def truncated(self):
        """The IP length reaches beyond the grant."""
        return self.left_end < self.end

    @property
    def size(self):
        """Bytes of the IP packet, of a truncated one what is left."""
        return self.left_end - self.at

    @property
    def is_first(self):
        """A first fragment."""
        return self.fragment is not None and self.fragment.offset == 0

    @property
    def is_later(self):
        """A later fragment."""
        return self.fragment is not None and self.fragment.offset != 0


def read_inner(frame, start, grant, profile, policy=None):
    """3.1 to 3.10; `policy` is the source, None for plain input. 3.5 never applies in explain."""
    header = Reach(frame, grant, Dropped("inner_malformed", "3, beyond the grant"),
                   Dropped("headers_not_linear", "3, not present"))
    inner = _read_ip(header, start)
    if inner.truncated and (policy is None or policy.truncated != "forward"):
        raise Dropped("inner_truncated", "3.3")
    if contains(IMPOSSIBLE_SOURCES, inner.source):
        raise Dropped("inner_source_invalid", "3.4")
    if policy and policy.exporters is not None and not contains(policy.exporters, inner.source):
        raise Dropped("exporter_not_allowed", "3.6")
    _walk(header, inner)
    _judge_fragment(inner)
    if not inner.is_later:
        _judge_protocol(inner, profile)
        _read_transport(header, inner)
    elif inner.version == 4:
        _judge_protocol(inner, profile)
    if policy and inner.protocol == UDP_PROTOCOL and inner.port in profile.tunnel_ports \
            and not inner.is_later:
        raise Dropped("nested_tunnel", "3.10")
    return inner


def _read_ip(header, start):
    ether_type, at = headers.walk_link(header, start)
    if ether_type == headers.IPV4:
        return _read_ipv4(header, at)
    if ether_type == headers.IPV6:
        return _read_ipv6(header, at)
    raise Dropped("inner_not_ip", "3.1")


def _read_ipv4(header, at):
    ip = headers.ipv4_at(header, at)
    if ip is None or ip.len < ip.ihl * 4:
        raise Dropped("inner_malformed", "3.2")
    upper, end = at + ip.ihl * 4, at + ip.len
    return Inner(4, at, ip, IPv4Address(ip.src), IPv4Address(ip.dst), end, min(end, header.end),
                 upper, ip.proto, ident=ip.id, fragment=headers.ipv4_fragment(ip), behind=upper)


def _read_ipv6(header, at):
    ip = headers.ipv6_at(header, at)
    if ip is None:
        raise Dropped("inner_malformed", "3.2")
    end = at + 40 + ip.plen
    return Inner(6, at, ip, IPv6Address(ip.src), IPv6Address(ip.dst), end, min(end, header.end),
                 at + 40, ip.nh)


def _walk(header, inner):
    """3.7: IPv4 options, or IPv6 extension headers up to that of a later fragment."""
    if inner.version == 4:
        header(inner.at, inner.upper - inner.at)
        return
    header = header.within(inner.end)
    walked, saw_fragment = 0, False
    while not inner.is_later:
        if inner.protocol in REFUSED_EXTENSIONS:
            raise Dropped("inner_extension", "3.7")
        if inner.protocol not in WALKED_EXTENSIONS:
            return
        walked += 1
        if walked > headers.MAX_EXTENSIONS or (saw_fragment and inner.protocol == headers.FRAGMENT):
            raise Dropped("inner_extension", "3.7")
        if inner.protocol == headers.FRAGMENT:
            saw_fragment = True
            inner.protocol, fragment, inner.ident = headers.fragment_at(header, inner.upper)
            inner.upper += 8
            inner.behind = inner.upper
            inner.fragment = fragment if fragment.offset or fragment.more else None
        else:
            inner.protocol, length = header(inner.upper, 8)[:2]
            header(inner.upper, 8 + 8 * length)
            inner.upper += 8 + 8 * length


def _judge_fragment(inner):
    """3.8."""
    if not inner.fragment:
        return
    if inner.truncated:
        raise Dropped("inner_truncated", "3.8")
    size = inner.end - inner.behind
    last = inner.fragment.offset + size + (inner.behind - inner.at if inner.version == 4 else 0)
    if ((inner.fragment.more and (size == 0 or size % 8)) or last > 65535
            or (inner.version == 4 and inner.protocol == TCP_PROTOCOL
                and inner.fragment.offset == 8)):
        raise Dropped("fragment_malformed", "3.8")


def _judge_protocol(inner, profile):
    """3.9, its first lines."""
    if inner.protocol == UDP_PROTOCOL:
        return
    if profile.takes_only_udp:
        raise Dropped("inner_not_udp", "3.9")
    if inner.truncated:
        raise Dropped("inner_truncated", "3.9")


def _read_transport(header, inner):
    """3.9, the headers of protocols that have one."""
    size = SMALLEST.get(inner.protocol, 0)
    if inner.protocol == ICMPV6 and inner.version == 6:
        size = 4
    if inner.upper + size > inner.left_end:
        if inner.is_first:
            raise Dropped("fragment_malformed", "3.9")
        raise Dropped("inner_truncated" if inner.truncated else "inner_malformed", "3.9")
    if size == 0:
        return
    first = header(inner.upper, size)
    if inner.protocol in SMALLEST:
        inner.port = int.from_bytes(first[2:4], "big")
    if inner.protocol == UDP_PROTOCOL:
        length = headers.udp_at(header, inner.upper).len
        if length < 8 or (not inner.is_first and inner.upper + length > inner.end):
            raise Dropped("inner_malformed", "3.9, UDP")
