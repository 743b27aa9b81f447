# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A real exporter and a real collector at the two ends of a chain: softflowd in lab-exp reads a capture and
sends what it saw to where the exporters send; nfcapd in lab-col takes what arrives, and nfdump says from whom."""
import collections
import os
import re
import struct
import subprocess

import tunnel_packets as packets
from chain_lab import until
from tunnel_kinds import ip
from tunnel_node import output
from tunnel_watch import PATIENCE, Inside

CAPTURE, RECORDS, JOURNAL = "/run/flows.pcap", "/run/records", "/run/nfcapd.journal"
PCAP_HEADER, ETHERNET, ALL_OF_IT = 0xA1B2C3D4, 1, 65535


def write_capture(count):
    """A datagram of each of `count` hosts, as libpcap stores it."""
    with open(CAPTURE, "wb") as file:
        file.write(struct.pack("=IHHiIII", PCAP_HEADER, 2, 4, 0, 0, ALL_OF_IT, ETHERNET))
        for number in range(count):
            frame = bytes(12) + packets.ETHERTYPE[4] + packets.udp(4, f"10.200.0.{number + 1}", "10.201.0.1",
                                                                   (1024 + number, 53), bytes(100))
            file.write(struct.pack("=IIII", 1700000000, number, len(frame), len(frame)) + frame)


def took(namespace):
    """Datagrams that programs of the namespace have received."""
    with Inside(namespace), open("/proc/self/net/snmp", encoding="ascii") as file:
        names, values = (line.split() for line in file if line.startswith("Udp:"))
    return int(values[names.index("InDatagrams")])


class Flows:
    """What was exported, by exporter, and the collector."""

    def __init__(self, address, count):
        self.exported = {}
        write_capture(count)
        os.mkdir(RECORDS)
        with open(JOURNAL, "w", encoding="ascii") as journal:
            self.nfcapd = subprocess.Popen(
                ["nsenter", "--net=/run/netns/lab-col", "nfcapd", "-4", "-b", address, "-p",
                 str(packets.COLLECTOR_PORT), "-t", "3600",
                 "-w", RECORDS], stdout=journal, stderr=journal)
        until(self._listens, "nfcapd")

    @staticmethod
    def _listens():
        with Inside("lab-col"), open("/proc/self/net/udp", encoding="ascii") as file:
            return f":{packets.COLLECTOR_PORT:04X} " in file.read()

    def export(self, exporter, version, port=packets.FLOW_PORT):
        """One exporter's records, of this NetFlow version (10: IPFIX); returns when the collector has taken the
        datagrams, or has been waited for."""
        before = took("lab-col")
        target = f"{packets.TARGET[4]}/32 dev exp0"
        ip([f"address add {exporter}/32 dev exp0", f"route replace {target} src {exporter}"], "lab-exp")
        said = output("softflowd", "-r", CAPTURE, "-n", f"{packets.TARGET[4]}:{port}", "-v", str(version), "-d",
                      "-t", "maxlife=1", namespace="lab-exp", stderr=subprocess.DEVNULL)
        records, sent, failed = re.search(r"\((\d+) records\) in (\d+) packets \((\d+) failures\)", said).groups()
        self.exported[exporter] = f"{records} records, {failed} failures"
        try:
            until(lambda: took("lab-col") >= before + int(sent), "records")
        except RuntimeError:
            pass  # the records will say so
        return int(sent)

    def collected(self):
        """The same of what nfcapd has, how often a sequence number was not the next one, and what it did not
        understand. Ends it, so that its file is whole."""
        self.nfcapd.terminate()
        self.nfcapd.wait(PATIENCE)
        routers = collections.Counter(output("nfdump", "-6", "-q", "-R", RECORDS, "-o", "fmt:%ra").split())
        with open(JOURNAL, encoding="utf-8") as journal:
            out_of_order, bad = re.search(r"Sequence Errors: (\d+), Bad Packets: (\d+)", journal.read()).groups()
        return ({router: f"{count} records, 0 failures" for router, count in routers.items()}, int(out_of_order),
                int(bad))
