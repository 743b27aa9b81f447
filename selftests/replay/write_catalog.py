#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Writes the packets of catalog.py as captures: write_catalog.py DIRECTORY [SEED COUNT]

PROFILE.pcap and, a line for each packet, PROFILE.words: what must become of it. With SEED and COUNT
also PROFILE.SEED.pcap: so many damaged packets.
"""
import os
import sys

from scapy.utils import RawPcapWriter

import catalog
from mutate import Mutator

CASES = {"everything": catalog.cases, "udp_only": catalog.udp_only_cases}
SOME_TIME = 1_700_000_000


def write_pcap(path, frames):
    """Ethernet, nanosecond stamps that all differ."""
    writer = RawPcapWriter(path, linktype=1, nano=True)
    writer.write_header(None)
    for i, frame in enumerate(frames):
        # pylint: disable=protected-access
        writer._write_packet(frame, sec=SOME_TIME + i, usec=123_456_789 + i)
    writer.close()


def main():
    """For both profiles."""
    directory, *random = sys.argv[1:]
    for name, cases_of in CASES.items():
        cases = cases_of()
        path = os.path.join(directory, name)
        write_pcap(path + ".pcap", [case.frame for case in cases])
        with open(path + ".words", "w", encoding="utf-8") as words:
            words.writelines(f"{case.words}\t{case.why}\n" for case in cases)
        if random:
            seed, count = map(int, random)
            mutator = Mutator([case.frame for case in cases], seed)
            write_pcap(f"{path}.{seed}.pcap", mutator.frames_of(count))


if __name__ == "__main__":
    main()
