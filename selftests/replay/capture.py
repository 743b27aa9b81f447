# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Captures by scapy's readers: pcap and pcapng, and every link type that explain takes.

A file that is cut or broken gives what came before the break, and says that it broke, as libpcap
does.
"""
import os
from typing import NamedTuple

from scapy.config import conf
from scapy.error import Scapy_Exception
from scapy.layers.l2 import CookedLinux, CookedLinuxV2
from scapy.utils import RawPcapNgReader, RawPcapReader

ETHERNET, RAW, IPV4, IPV6, COOKED, COOKED2 = 1, (12, 101), 228, 229, 113, 276
NANOSECONDS = 1_000_000_000
MOST_BYTES = 262144
PCAPNG = b"\x0a\x0d\x0d\x0a"
COOKED_HEADER, COOKED2_HEADER = 16, 20

conf.verb = 0


class BadCapture(Exception):
    """Nothing can be read from the file."""


class Record(NamedTuple):
    """A frame from its Ethernet header on, its time in nanoseconds, and what the link had of it."""

    frame: bytes
    time: int
    wire_bytes: int


class _Sections(RawPcapNgReader):
    """scapy's reader, with the interfaces of each section counted anew."""

    def _read_block_shb(self):
        self.interfaces = []
        super()._read_block_shb()


class Capture:
    """The records of a file; `broken` is known when all are read."""

    def __init__(self, path):
        self.path = path
        self.broken = False
        self.size = os.path.getsize(path)
        self.file = open(path, "rb")  # pylint: disable=consider-using-with
        try:
            self.is_pcapng = self.file.read(4) == PCAPNG
            self.file.seek(0)
            self.reader = (_Sections if self.is_pcapng else RawPcapReader)(self.file)
        except Scapy_Exception as error:
            self.file.close()
            raise BadCapture(f"{path}: not a capture: {error}") from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def __iter__(self):
        link_type = None
        while self.file.tell() < self.size:
            try:
                record = self._ng_record() if self.is_pcapng else self._record()
            except EOFError:
                self.broken = True
                return
            if record is None:
                continue
            data, time, wire_bytes, its_link_type = record
            if link_type not in (None, its_link_type):
                self.broken = True  # libpcap reads no second link type
                return
            link_type = its_link_type
            frame = to_ethernet(link_type, data)
            yield Record(frame, time, len(frame) + wire_bytes - len(data))

    def _record(self):
        # pylint: disable=protected-access
        data, its = self.reader._read_packet(size=MOST_BYTES)
        if len(data) < its.caplen:
            raise EOFError
        snap = self.reader.snaplen or MOST_BYTES
        tick = 1 if self.reader.nano else 1000
        return (data[:snap], its.sec * NANOSECONDS + its.usec * tick, its.wirelen,
                self.reader.linktype & 0xFFFF)

    def _ng_record(self):
        # pylint: disable=protected-access
        found = self.reader._read_block(size=MOST_BYTES)
        if found is None:
            return None
        data, its = found
        ticks = 0 if its.tshigh is None else its.tshigh << 32 | its.tslow
        seconds, rest = divmod(ticks, its.tsresol)
        time = seconds * NANOSECONDS + rest * NANOSECONDS // its.tsresol
        return data, time, its.wirelen, its.linktype


def to_ethernet(link_type, data):
    """Cooked and raw frames get an Ethernet header without addresses."""
    if link_type == ETHERNET:
        return data
    if link_type == COOKED:
        return _dressed(CookedLinux, data, COOKED_HEADER)
    if link_type == COOKED2:
        return _dressed(CookedLinuxV2, data, COOKED2_HEADER)
    if link_type in (*RAW, IPV4, IPV6):
        return _ethernet(0x86DD if data[0] >> 4 == 6 else 0x0800, data) if data else b""
    raise BadCapture(f"link type {link_type} is none that explain reads: capture Ethernet")


def _dressed(cooked, data, header):
    return _ethernet(cooked(data).proto, data[header:]) if len(data) >= header else b""


def _ethernet(ether_type, data):
    return bytes(12) + ether_type.to_bytes(2, "big") + data
