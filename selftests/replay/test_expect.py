#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The harness against itself: the model on packets whose result is written out here, captures cut
at every byte, and a comparison that must find what is wrong. Needs no binary."""
import os
import struct
import sys
import tempfile
import unittest

try:
    from scapy.layers.inet import IP, TCP, UDP
    from scapy.layers.inet6 import IPv6ExtHdrFragment
    from scapy.layers.l2 import CookedLinux, CookedLinuxV2, Ether
    from scapy.packet import Raw
    from scapy.utils import RawPcapWriter
except ModuleNotFoundError as missing:
    print(f"SKIP: needs the Python module '{missing.name}': apt install python3-scapy")
    sys.exit(77)

import checksums
from capture import BadCapture, Capture, Record
from compare import Comparison
from expect import Model
from explain import Answer
from packets import (COLLECTOR, COLLECTOR6, EXPORTER, FLOWS, NARROW, OLD_COLLECTOR, counting,
                     foreign, fragments4, from4, from6, link, udp, vxlan)
from profiles import profile_of
from ways import Way

OURS, NEXT_HOP = "02:00:00:00:02:01", "02:00:00:00:01:01"
MTU = 600


def profile(**policy):
    """One source, two collectors, an egress of MTU bytes that fragments."""
    return profile_of({
        "sources": [{"name": "mirror", "vxlan": {"vni": 100, "port": 4789},
                     "from": ["10.0.0.0/16"], **policy}],
        "rules": [{"name": "four", "match": {"from": "0.0.0.0/0", "port": "7000-31756"},
                   "send": {"to": "fdi4", "port": 8081}},
                  {"name": "six", "match": {}, "send": {"to": "fdi6", "port": 8081}}],
        "pools": {"fdi4": {"collectors": [{"address": COLLECTOR}], "via": "out"},
                  "fdi6": {"collectors": [{"address": COLLECTOR6}], "via": "out"}},
        "egress": {"out": {"interface": "out", "next_hop": "auto", "oversize": "fragment"}}})


def model(**policy):
    """A model with one way out."""
    way = Way(MTU, OURS, NEXT_HOP, True)
    return Model(profile(**policy), {"fdi4": way, "fdi6": way})


def sent(packet):
    """The frame that carries the packet to its next hop."""
    return bytes(Ether(src=OURS, dst=NEXT_HOP) / packet)


def raw_sum(packet):
    """The UDP checksum as it stands in an IPv4 packet, or frame, without options."""
    data = bytes(packet)
    at = 14 if data[:6] == bytes.fromhex(NEXT_HOP.replace(":", "")) else 0
    return struct.unpack_from("!H", data, at + 26)[0]


class Checksums(unittest.TestCase):
    """Fresh and updated ones."""

    def test_example_of_rfc_1624(self):
        """Section 4: the case for which equation 2 gave 0xffff."""
        self.assertEqual(checksums.update(0xDD2F, b"\x55\x55", b"\x32\x85"), 0x0000)

    def test_update_is_fresh(self):
        """A right checksum stays right."""
        for n in range(2000):
            before = struct.pack("!8H", *((n * 7919 * k + 13 * k) & 0xFFFF for k in range(1, 9)))
            after = struct.pack("!8H", *((n * 104729 * k + 7 * k) & 0xFFFF for k in range(1, 9)))
            self.assertEqual(checksums.update(checksums.fresh(before), before, after),
                             checksums.fresh(after))


class Sent(unittest.TestCase):
    """4.6 and 4.7."""

    def expect(self, inside, want, **policy):
        """The mirrored packet leaves as `want`."""
        got = model(**policy).expect(bytes(vxlan(inside)))
        self.assertEqual((got.verdict, got.source), ("forward", "mirror"), got)
        self.assertEqual([frame.hex() for frame in got.frames], [sent(want).hex()])
        return got

    def test_ipv4(self):
        """Destination, port, TTL, checksums; all else as it came."""
        got = self.expect(from4(tos=0xBA, flags="DF") / udp(),
                          from4(tos=0xBA, flags="DF", dst=COLLECTOR, ttl=60) / udp(8081))
        self.assertEqual((got.rule, got.collector), ("four", COLLECTOR))

    def test_ipv6(self):
        """The same, tags off."""
        self.expect(foreign(3, 4) / from6(tc=9, fl=77) / udp(),
                    from6(tc=9, fl=77, dst=COLLECTOR6, hlim=60) / udp(8081))

    def test_no_checksum(self):
        """0 stays 0."""
        self.expect(from4() / udp(chksum=0), from4(dst=COLLECTOR, ttl=60) / udp(8081, chksum=0))

    def test_wrong_checksum(self):
        """It stays as wrong as it was."""
        right = raw_sum(from4() / udp())
        got = model().expect(bytes(vxlan(from4() / udp(chksum=right ^ 0x0100))))
        new_right = raw_sum(from4(dst=COLLECTOR) / udp(8081))
        error = (right ^ 0x0100) - right
        self.assertEqual((raw_sum(got.frames[0]) - new_right) % 0xFFFF, error % 0xFFFF)

    def test_policies(self):
        """zero, and recompute."""
        self.expect(from4() / udp(), from4(dst=COLLECTOR, ttl=60) / udp(8081, chksum=0),
                    checksum="zero")
        self.expect(from6() / udp(chksum=9), from6(dst=COLLECTOR6, hlim=60) / udp(8081),
                    checksum="recompute")

    def test_truncated(self):
        """Lengths and checksum of what is left."""
        cut = bytes(foreign() / from4() / udp(size=200))[:14 + 28 + 72]
        got = self.expect(cut, from4(dst=COLLECTOR, ttl=60) / udp(8081, 72), truncated="forward")
        self.assertEqual(got.notes, {"truncated_forwarded"})
        self.assertEqual(model().expect(bytes(vxlan(cut))).reason, "inner_truncated")

    def test_a_result_of_zero(self):
        """It is written as 0xffff."""
        probe = raw_sum(from4(dst=COLLECTOR) / UDP(sport=0, dport=8081))
        self.expect(from4() / UDP(sport=probe, dport=FLOWS),
                    from4(dst=COLLECTOR, ttl=60) / UDP(sport=probe, dport=8081, chksum=0xFFFF))


class Fragments(unittest.TestCase):
    """3.8, 3.11, and what the kernel makes of what is too large."""

    def test_kernel(self):
        """RFC 791: the pieces fit, follow each other, and make the datagram again."""
        datagram = from4(flags="DF") / udp(NARROW, 2000)
        got = model().expect(bytes(vxlan(datagram)))
        self.assertEqual(got.notes, {"oversize_fragmented"})
        pieces = [IP(frame[14:]) for frame in got.frames]
        self.assertEqual([int(piece.flags) for piece in pieces], [1, 1, 1, 0])
        self.assertEqual([piece.len for piece in pieces], [596, 596, 596, 20 + 2008 - 3 * 576])
        payload = b"".join(bytes(piece.payload) for piece in pieces)
        whole = IP(src=EXPORTER, dst=COLLECTOR, proto=17) / Raw(payload)
        self.assertEqual(payload, bytes(IP(src=EXPORTER, dst=COLLECTOR) / udp(8081, 2000))[20:],
                         whole)
        at = 0
        for piece in pieces:
            self.assertEqual((piece.frag * 8, piece.ttl, piece.id), (at, 60, datagram.id))
            self.assertTrue(checksums.is_right(bytes(piece)[:20]))
            at += piece.len - 20

    def test_later_follows_first(self):
        """And nothing follows what was not seen."""
        first, later = fragments4(from4() / udp(size=500), 400)
        chosen = model()
        self.assertEqual(chosen.expect(bytes(vxlan(later))).reason, "fragment_no_first")
        self.assertEqual(chosen.expect(bytes(vxlan(first))).notes, {"fragment_first"})
        got = chosen.expect(bytes(vxlan(later)))
        self.assertEqual((got.notes, got.rule), ({"fragment_later"}, "four"))
        self.assertEqual(got.frames[0][34:], bytes(later)[20:])

    def test_ipv6(self):
        """The fragment header stays."""
        def piece(**fields):
            return IPv6ExtHdrFragment(nh=17, id=7, **fields)
        chosen = model()
        chosen.expect(bytes(vxlan(from6() / piece(m=1) / udp(size=40))))
        got = chosen.expect(bytes(vxlan(from6() / piece(offset=6) / counting(9))))
        self.assertEqual(got.frames, [sent(from6(dst=COLLECTOR6, hlim=60) / piece(offset=6)
                                           / counting(9))])


class Verdicts(unittest.TestCase):
    """That the sentence is named; catalog.py has the rest."""

    def test_sentences(self):
        """Verdict, reason and rule."""
        for frame, words in (
                (link() / IP() / TCP(dport=22), ("pass", "not_ours", "1.5")),
                (vxlan(from4() / udp(), vni=7), ("drop", "vni_unknown", "2.3")),
                (vxlan(from4() / udp(6)), ("drop", "family_mismatch", "4.2")),
                (vxlan(from4(ttl=1) / udp()), ("drop", "ttl_expired", "4.5")),
                (vxlan(from4() / TCP()), ("drop", "inner_not_udp", "3.9"))):
            got = model().expect(bytes(frame))
            self.assertEqual((got.verdict, got.reason, got.sentence), words)


class Captures(unittest.TestCase):
    """Files of all kinds."""

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.frames = [bytes(link() / IP(src=EXPORTER, dst=OLD_COLLECTOR) / udp(size=n))
                       for n in (1, 20, 3)]

    def read(self, data):
        """(records, broken) of a file with this content."""
        path = os.path.join(self.directory.name, "x.pcap")
        with open(path, "wb") as file:
            file.write(data)
        with Capture(path) as capture:
            records = list(capture)
        return records, capture.broken

    def pcap(self, link_type=1, nano=False, frames=None):
        """The content of a pcap file."""
        path = os.path.join(self.directory.name, "w.pcap")
        writer = RawPcapWriter(path, linktype=link_type, nano=nano)
        writer.write_header(None)
        for i, frame in enumerate(self.frames if frames is None else frames):
            writer._write_packet(frame, sec=100 + i, usec=7)  # pylint: disable=protected-access
        writer.close()
        with open(path, "rb") as file:
            return file.read()

    @staticmethod
    def block(kind, body):
        """A pcapng block."""
        body += bytes(-len(body) % 4)
        size = struct.pack("<I", len(body) + 12)
        return struct.pack("<I", kind) + size + body + size

    def pcapng(self, resolution=9):
        """A section with one interface and all frames."""
        option = struct.pack("<HHB3xHH", 9, 1, resolution, 0, 0)
        data = self.block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
        data += self.block(1, struct.pack("<HHI", 1, 0, 0) + option)
        for i, frame in enumerate(self.frames):
            ticks = (100 + i) * 10 ** resolution + 7
            data += self.block(6, struct.pack("<5I", 0, ticks >> 32, ticks & 0xFFFFFFFF, len(frame),
                                              len(frame)) + frame)
        return data

    def test_stamps(self):
        """Micro- and nanoseconds, pcapng of any resolution, two sections."""
        for data, fraction in ((self.pcap(), 7000), (self.pcap(nano=True), 7),
                               (self.pcapng(9), 7), (self.pcapng(6), 7000),
                               (self.pcapng(3), 7000000)):
            self.assertEqual(self.read(data), ([
                Record(frame, (100 + i) * 10 ** 9 + fraction, len(frame))
                for i, frame in enumerate(self.frames)], False))
        records, broken = self.read(self.pcapng(6) + self.pcapng(9))
        self.assertEqual((len(records), broken), (6, False))
        self.assertEqual([r.time % 10 ** 9 for r in records], [7000] * 3 + [7] * 3)

    def test_cut_at_every_byte(self):
        """What came before the break, and that it broke."""
        for data, start, header, padded in ((self.pcap(), 24, 16, False),
                                            (self.pcapng(), 60, 32, True)):
            ends = [start]
            for frame in self.frames:
                ends.append(ends[-1] + header + len(frame) + (-len(frame) % 4 if padded else 0))
            self.assertEqual(ends[-1], len(data))
            for size in range(start, len(data) + 1):
                records, broken = self.read(data[:size])
                self.assertEqual(len(records), sum(end <= size for end in ends[1:]), size)
                self.assertEqual(broken, size not in ends, size)
            with self.assertRaises(BadCapture):
                self.read(data[:20])

    def test_link_types(self):
        """Cooked and raw frames get an Ethernet header with zero addresses."""
        ip, ip6 = self.frames[0][14:], bytes(from6() / udp())
        for link_type, frame, want in (
                (113, bytes(CookedLinux(proto=0x0800)) + ip, b"\x08\0" + ip),
                (276, bytes(CookedLinuxV2(proto=0x86DD)) + ip6, b"\x86\xdd" + ip6),
                (101, ip, b"\x08\0" + ip), (101, ip6, b"\x86\xdd" + ip6),
                (228, ip, b"\x08\0" + ip), (229, ip6, b"\x86\xdd" + ip6)):
            records, _ = self.read(self.pcap(link_type, frames=[frame]))
            self.assertEqual([r.frame.hex() for r in records], [(bytes(12) + want).hex()])
        for link_type, frame in ((113, bytes(15)), (276, bytes(19)), (101, b"")):
            self.assertEqual(self.read(self.pcap(link_type, frames=[frame]))[0][0].frame, b"")
        with self.assertRaises(BadCapture):
            self.read(self.pcap(105))


class Comparisons(unittest.TestCase):
    """Whatever is wrong is found, and nothing else."""

    def setUp(self):
        frames = [bytes(vxlan(from4() / udp())), bytes(vxlan(from4() / udp(1))),
                  bytes(vxlan(from4() / udp(NARROW, 900)))]
        chosen = model()
        self.expected = [chosen.expect(frame) for frame in frames]
        self.records = [Record(frame, 1000 + i, len(frame)) for i, frame in enumerate(frames)]
        words = ("verdict", "reason", "source", "rule", "collector")
        self.packets = [
            {"bytes": len(r.frame), "wire_bytes": r.wire_bytes, "notes": list(e.notes),
             **{word: getattr(e, word) for word in words if getattr(e, word)}}
            for r, e in zip(self.records, self.expected)]
        self.packets[2]["out"] = {"kernel_fragments": 2}
        self.frames = [Record(frame, r.time, 0) for r, e in zip(self.records, self.expected)
                       for frame in e.frames]

    def lines(self, status=0, complaints=(), broken=False):
        """The differences that are found."""
        answer = Answer(status, list(complaints), self.packets, self.frames)
        return Comparison(self.records, self.expected, answer).run(broken)

    def test_none(self):
        """Nothing wrong, nothing said; a broken file fails with one line."""
        self.assertEqual(self.lines(), [])
        self.assertEqual(self.lines(1, ["xdpmirror: broken"], True), [])

    def test_words(self):
        """Each word of a packet."""
        for number, word in enumerate(("verdict", "source", "rule", "collector", "notes", "bytes",
                                       "wire_bytes")):
            self.setUp()
            self.packets[0][word] = [7] if word == "notes" else "127.0.0.1"
            self.assertTrue(self.lines(), number)
            self.assertRegex(self.lines()[0], "^packet 1: expected .*, came ")
        self.setUp()
        self.packets[1]["reason"] = "no_collector"
        self.assertEqual(len(self.lines()), 1)

    def test_frames(self):
        """Bytes, order, time and number of what leaves."""
        self.frames[0] = Record(self.frames[0].frame[:-1] + b"!", self.frames[0].time, 0)
        self.assertRegex(self.lines()[0], "packet 1: expected frame 1 of 1 .* at byte 89: ")
        self.setUp()
        self.frames[1:] = reversed(self.frames[1:])
        self.assertEqual(len(self.lines()), 2)
        self.setUp()
        self.frames[2] = Record(self.frames[2].frame, 1, 0)
        self.assertEqual(self.lines(), ["packet 3: expected time 1002 ns, came 1"])
        self.setUp()
        del self.frames[2]
        self.assertEqual(self.lines(), ["packet 3: expected 2 frames by 4, came 1"])
        self.setUp()
        self.frames.append(self.frames[0])
        self.assertEqual(self.lines(), ["the file has 1 frames too many"])

    def test_end(self):
        """Status, and the number of packets."""
        self.assertEqual(len(self.lines(1, ["xdpmirror: no"])), 1)
        self.assertEqual(len(self.lines(0, [], True)), 1)
        self.assertEqual(len(self.lines(1, ["one", "two"], True)), 1)
        del self.packets[2]
        self.assertEqual(len(self.lines()), 2)


if __name__ == "__main__":
    unittest.main()
