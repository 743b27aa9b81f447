# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Sections 4.6 and 4.7 of docs/packets.md: the frames that must leave, built by scapy.

Where a checksum came right it is computed afresh; otherwise it must be updated as RFC 1624 has it,
so that it stays as wrong as it was.
"""
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Raw

import checksums
from headers import IPV4, IPV6, TCP_PROTOCOL, UDP_PROTOCOL
from inner import DCCP, ICMPV6, UDP_LITE
from readings import KERNEL_TAKES_WRONG_HEADERS, UDP_LENGTH_IS_ALL_LEFT

CHECKSUM_AT = {UDP_PROTOCOL: 6, TCP_PROTOCOL: 16, UDP_LITE: 6, DCCP: 6}
HAS_NEW_PORT = (UDP_PROTOCOL, TCP_PROTOCOL, UDP_LITE)
MORE_FRAGMENTS = 1


class Rewriter:
    """One packet on its way to a collector."""

    def __init__(self, frame, inner, collector, new_port, policy):
        self.inner = inner
        self.collector = collector
        self.checksum = policy.checksum
        self.packet = frame.data[inner.at:inner.left_end]
        self.header_size = inner.upper - inner.at
        self.new_port = new_port if inner.protocol in HAS_NEW_PORT and not inner.is_later else None

    def frame(self, way):
        """The frame for an egress that takes it whole."""
        segment = self._segment()
        if self.inner.version == 4:
            return ethernet(way, IPV4) + self._ipv4(len(segment)) + segment
        return ethernet(way, IPV6) + self._ipv6(len(segment)) + segment

    def kernel_frames(self, way):
        """What the kernel makes of an IPv4 packet without options that is too large: RFC 791."""
        fixed, segment = self.inner.fixed, self._segment()
        if not (checksums.is_right(self.packet[:20]) or KERNEL_TAKES_WRONG_HEADERS):
            return []  # the kernel forwards no packet whose header was damaged
        room = (way.mtu - 20) // 8 * 8
        frames = []
        for at in range(0, len(segment), room):
            piece = segment[at:at + room]
            if len(segment) - at <= way.mtu - 20:
                piece = segment[at:]
            last = at + len(piece) == len(segment)
            flags = int(fixed.flags) & MORE_FRAGMENTS if last else MORE_FRAGMENTS
            header = IP(version=4, ihl=5, tos=fixed.tos, id=fixed.id, flags=flags,
                        frag=fixed.frag + at // 8, ttl=fixed.ttl - 1, proto=fixed.proto,
                        src=fixed.src, dst=str(self.collector))
            frames.append(ethernet(way, IPV4) + bytes(header / Raw(piece)))
            if last:
                break
        return frames

    def _ipv4(self, upper_size):
        fixed, options = self.inner.fixed, self.packet[20:self.header_size]
        header = IP(version=4, ihl=fixed.ihl, tos=fixed.tos, len=self.header_size + upper_size,
                    id=fixed.id, flags=fixed.flags, frag=fixed.frag, ttl=fixed.ttl - 1,
                    proto=fixed.proto, chksum=0, src=fixed.src, dst=str(self.collector))
        after = bytes(header) + options
        before = self.packet[:self.header_size]
        if checksums.is_right(before):
            checksum = checksums.fresh(after)
        else:
            checksum = checksums.update(fixed.chksum, before[:10] + b"\0\0" + before[12:], after)
        return after[:10] + checksum.to_bytes(2, "big") + after[12:]

    def _ipv6(self, upper_size):
        fixed, extensions = self.inner.fixed, self.packet[40:self.header_size]
        header = IPv6(version=6, tc=fixed.tc, fl=fixed.fl, plen=len(extensions) + upper_size,
                      nh=fixed.nh, hlim=fixed.hlim - 1, src=fixed.src, dst=str(self.collector))
        return bytes(header) + extensions

    def _segment(self):
        """Everything behind the IP header, or in IPv6 behind the last header walked."""
        came = self.packet[self.header_size:]
        if self.inner.is_later:
            return came
        if self.inner.protocol == UDP_PROTOCOL:
            return self._udp(came)
        at = self._checksum_at()
        if at is None:
            return came
        sent = came if self.new_port is None else (
            came[:2] + self.new_port.to_bytes(2, "big") + came[4:])
        return sent[:at] + self._sum(came, sent, at).to_bytes(2, "big") + sent[at + 2:]

    def _checksum_at(self):
        if self.inner.protocol == ICMPV6:
            return 2 if self.inner.version == 6 else None
        return CHECKSUM_AT.get(self.inner.protocol)

    def _udp(self, came):
        udp = UDP(came[:8])
        length = udp.len
        if self.inner.truncated:
            length = len(came) if UDP_LENGTH_IS_ALL_LEFT else min(udp.len, len(came))
        port = udp.dport if self.new_port is None else self.new_port
        sent = bytes(UDP(sport=udp.sport, dport=port, len=length, chksum=udp.chksum)) + came[8:]
        checksum = self._udp_sum(udp, came, sent, length)
        return sent[:6] + checksum.to_bytes(2, "big") + sent[8:]

    def _udp_sum(self, udp, came, sent, length):
        if self.checksum == "zero" and self.inner.version == 4:
            return 0
        if self.inner.truncated or (self.checksum == "recompute" and not self.inner.is_first):
            return self._fresh(sent, 6, length, length) or 0xFFFF
        if udp.chksum == 0:
            return 0
        return self._sum(came, sent, 6) or 0xFFFF

    def _sum(self, came, sent, at):
        """Fresh if it came right, which nobody can say of a first fragment; else updated."""
        inner = self.inner
        covered, length = _coverage(inner.protocol, came)
        if not inner.is_first and covered <= len(came):
            pseudo = checksums.pseudo_header(inner.source, inner.destination, inner.protocol,
                                             length)
            if checksums.is_right(pseudo + came[:covered]):
                return self._fresh(sent, at, covered, length)
        return checksums.update(int.from_bytes(came[at:at + 2], "big"),
                                inner.destination.packed + came[2:4],
                                self.collector.packed + sent[2:4])

    def _fresh(self, sent, at, covered, length):
        pseudo = checksums.pseudo_header(self.inner.source, self.collector, self.inner.protocol,
                                         length)
        return checksums.fresh(pseudo + sent[:at] + b"\0\0" + sent[at + 2:covered])


def _coverage(protocol, segment):
    """(bytes that the checksum covers, length in the pseudo-header)."""
    size = len(segment)
    if protocol == UDP_PROTOCOL:
        length = int.from_bytes(segment[4:6], "big")
        return length, length
    if protocol == UDP_LITE:  # RFC 3828 section 3.1
        return int.from_bytes(segment[4:6], "big") or size, size
    if protocol == DCCP and segment[5] & 15:  # RFC 4340 section 9.2
        return 4 * segment[4] + 4 * ((segment[5] & 15) - 1), size
    return size, size


def ethernet(way, ether_type):
    """4.7: a new header, without tag."""
    return bytes(Ether(dst=way.destination_mac, src=way.source_mac, type=ether_type))
