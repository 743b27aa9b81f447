# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The independent model: what docs/packets.md says that must become of a frame in explain.

There every outer destination is ours, no inner source is an own address, and every route is good.
"""
from typing import NamedTuple

from geneve import find_mirror
from inner import read_inner
from outer import read_outer
from readings import FRAGMENTS_BY_SENDER
from reach import Frame
from rewrite import Rewriter
from verdicts import Decided, Dropped, Expectation, Passed
from vxlan import read_vxlan


class Lent(NamedTuple):
    """What a first fragment lends to the later ones."""

    protocol: int
    port: object


class Model:
    """Frames must be shown in their order: later fragments follow their first."""

    def __init__(self, profile, ways):
        self.profile = profile
        self.ways = ways
        self.seen_first = {}

    def expect(self, data):
        """What must become of the frame."""
        expected = Expectation()
        try:
            self._decide(Frame.of(data), expected)
            expected.verdict, expected.sentence = "forward", "4"
        except Decided as decided:
            expected.verdict = decided.verdict
            expected.reason = decided.reason
            expected.sentence = decided.rule
        return expected

    def _decide(self, frame, expected):
        try:
            outer = read_outer(frame, self.profile)
        except Passed:
            if not self._claim_plain(frame, expected):
                raise
            return
        way, at, end = "vxlan", outer.payload, outer.end
        if outer.port == self.profile.geneve_port:
            mirror = find_mirror(frame, at, end, self.profile.vxlan_port)
            if mirror is None:
                self._not_mirror(outer, expected)
            way, (at, end) = "geneve", mirror
        self._decide_vxlan(frame, expected, way, outer.sender, at, end)

    def _not_mirror(self, outer, expected):
        source = self.profile.geneve_source_of(outer.sender)
        if source.other == "pass":
            raise Passed("geneve_not_mirror", "2, Geneve")
        expected.source = source.name
        raise Dropped("geneve_not_mirror", "2, Geneve")

    def _decide_vxlan(self, frame, expected, way, sender, at, end):
        vxlan = read_vxlan(frame, at, end)
        source = self.profile.source_of(way, vxlan.vni, sender)
        expected.source = source.name
        if vxlan.reserved:
            if source.strict:
                raise Dropped("vxlan_reserved", "2.5")
            expected.notes.add("vxlan_reserved")
        inner = read_inner(frame, at + 8, end, self.profile, source)
        datagram = datagram_of(source, vxlan.vni, sender, inner)
        if inner.is_later:
            self._follow(datagram, inner)
            expected.notes.add("fragment_later")
        rule = self.profile.rule_of(vxlan.vni, inner)
        if rule is None:
            raise Dropped("no_rule", "4.1")
        self._remember(datagram, inner, expected)
        self._send(frame, inner, source, rule, expected)

    def _claim_plain(self, frame, expected):
        """Section 5: False if it is not claimed, True if it is sent; Dropped is raised."""
        try:
            inner = read_inner(frame, 0, len(frame), self.profile)
            source = self.profile.plain_source_of(inner.source, inner.destination)
            if source is None:
                return False
            datagram = datagram_of(source, None, None, inner)
            if inner.is_later:
                self._follow(datagram, inner)
        except Dropped:
            return False
        rule = self.profile.rule_of(None, inner)
        if rule is None:
            return False
        expected.source = source.name
        if inner.is_later:
            expected.notes.add("fragment_later")
        self._remember(datagram, inner, expected)
        self._send(frame, inner, source, rule, expected)
        return True

    def _follow(self, datagram, inner):
        """3.11."""
        lent = self.seen_first.get(datagram)
        if lent is None:
            raise Dropped("fragment_no_first", "3.11")
        inner.protocol, inner.port = lent

    def _remember(self, datagram, inner, expected):
        if inner.is_first:
            self.seen_first[datagram] = Lent(inner.protocol, inner.port)
            expected.notes.add("fragment_first")

    def _send(self, frame, inner, source, rule, expected):
        """4.2 to 4.7. 4.2's pool always has a collector here."""
        expected.rule = rule.name
        collector, way = self.profile.collectors[rule.pool], self.ways[rule.pool]
        if collector.version != inner.version:
            raise Dropped("family_mismatch", "4.2")
        if (source.way != "plain" and inner.destination == collector
                and (rule.new_port is None or inner.port in (None, rule.new_port))):
            raise Dropped("loop", "4.3")
        is_oversized = inner.size > way.mtu
        if is_oversized and not (way.fragment and inner.version == 4 and inner.fixed.ihl == 5):
            raise Dropped("egress_oversize", "4.4")
        if (inner.fixed.ttl if inner.version == 4 else inner.fixed.hlim) <= 1:
            raise Dropped("ttl_expired", "4.5")
        rewriter = Rewriter(frame, inner, collector, rule.new_port, source)
        if inner.truncated:
            expected.notes.add("truncated_forwarded")
        if is_oversized:
            expected.notes.add("oversize_fragmented")
            expected.frames = rewriter.kernel_frames(way)
        else:
            expected.frames = [rewriter.frame(way)]
        expected.collector = str(collector)


def datagram_of(source, vni, sender, inner):
    """3.11: what is equal for the fragments of a datagram."""
    return (source.name, vni, sender if FRAGMENTS_BY_SENDER else None, inner.source,
            inner.destination, inner.ident, inner.protocol if inner.version == 4 else None)
