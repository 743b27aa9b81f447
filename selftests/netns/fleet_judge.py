#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What a fleet did with its exporters: fleet_judge.py MARKS EXPORTERS SENT RECORDS...

MARKS are phases, each with the views that some node held in it, and deaths of collectors (fleet.sh). RECORDS
are files collectorK.records of "number sent received". Prints figures of each phase as JSON.

Where an exporter may be in a phase is where docs/balance.md puts it under one of the views. An exporter is
split from the first packet that goes to another collector than the one before it until the last such one,
if there is more than one: a clean move is no split."""
import bisect
import json
import os
import re
import sys

import fleet_traffic
import pool_judge

ADDRESS = {4: "100.76.{}.11", 6: "fd00:100:76:{}::11"}


def choices(view, exporters):
    """The number of the collector of each exporter under a view."""
    result = [0] * len(exporters)
    for version, pattern in ADDRESS.items():
        mine = [i for i, address in enumerate(exporters) if address.version == version]
        texts = [re.sub(r"^\d+", lambda number: pattern.format(number.group()), one) for one in view.split()]
        numbers = {pattern.format(number): int(number) for number in re.findall(r"(?<![*\d])\d+", view)}
        for i, collector in zip(mine, pool_judge.collectors_of([exporters[i] for i in mine], texts)):
            result[i] = numbers[str(collector)]
    return result


class Marks:
    """Phases, and from when to when each collector was dead."""

    def __init__(self, path):
        self.phases, self.deaths = [], []
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                kind, time, what, *views = line.rstrip("\n").split("\t")
                if kind == "phase":
                    self.phases.append((int(time), what, views))
                elif kind == "dead":
                    self.deaths.append([int(what), int(time), float("inf")])
                else:
                    next(d for d in self.deaths if d[0] == int(what) and d[2] == float("inf"))[2] = int(time)

    def death(self, collector, time):
        """When the collector died to which a packet was sent at that time, if it was dead."""
        return next((d[1] for d in self.deaths if d[0] == collector and d[1] <= time <= d[2]), None)


def read(paths):
    """(number, sent, collector) of every packet that arrived, in the order of sending."""
    packets = []
    for path in paths:
        collector = int(re.search(r"collector(\d+)", os.path.basename(path)).group(1))
        with open(path, encoding="ascii") as lines:
            for line in lines:
                number, sent, _ = line.split()
                packets.append((int(number), int(sent), collector))
    return sorted(packets)


class Phase:
    """What happens in one phase."""

    def __init__(self, name, views, exporters, before, agreed):
        self.name = name
        self.agreed = agreed  # all nodes, before
        self.at = list(before)  # the collector of each exporter, so far
        self.first = list(before)
        self.agrees = views[-1] != "-"
        self.by_view = [choices(view, exporters) for view in views if view != "-"]
        self.allowed = [set(options) for options in zip(*self.by_view)]
        self.changes = [[] for _ in exporters]
        self.packets = self.strays = self.dead = self.dead_ns = 0

    def packet(self, index, sent, collector, died):
        """In the order of sending."""
        self.packets += 1
        self.strays += collector not in self.allowed[index]
        if self.at[index] not in (None, collector):
            self.changes[index].append(sent)
        self.at[index] = collector
        if self.first[index] is None:
            self.first[index] = collector
        if died is not None:
            self.dead += 1
            self.dead_ns = max(self.dead_ns, sent - died)

    def figures(self, lost):
        """For people."""
        split = {i: (times[0], times[-1]) for i, times in enumerate(self.changes) if len(times) > 1}
        spans = [end - start for start, end in split.values()]
        steps = sorted([(start, 1) for start, _ in split.values()] + [(end, -1) for _, end in split.values()])
        most = now = 0
        for _, step in steps:
            now += step
            most = max(most, now)
        start, end = self.by_view[0], self.by_view[-1]
        return {
            "name": self.name, "packets": self.packets, "lost": lost, "strays": self.strays,
            "moved": sum(a != b for a, b in zip(self.first, self.at)),
            "least": least(start, end) if self.agreed and self.agrees else None,
            "misplaced": sum(a != b for a, b in zip(self.at, end)) if self.agrees else None,
            "split": len(split), "split_at_once": most,
            "split_single_flow": sum(not fleet_traffic.has_several_flows(i) for i in split),
            "split_ms": round(max(spans, default=0) / 1e6),
            "split_first_to_last_ms": round((max(e for _, e in split.values()) -
                                             min(s for s, _ in split.values())) / 1e6) if split else 0,
            "split_exporter_seconds": round(sum(spans) / 1e9, 2),
            "dead": self.dead, "dead_ms": round(self.dead_ns / 1e6)}


def least(start, end):
    """How many exporters no way of choosing could leave where they are: those of collectors that have none any
    more, or as many as go to collectors that had none. Of other changes it is not known."""
    if start != end and set(start) == set(end):
        return None
    return sum(a not in end or b not in start for a, b in zip(start, end))


def main():
    marks, each, sent = Marks(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    packets = read(sys.argv[4:])
    exporters = [fleet_traffic.exporter(index) for index in range(each)]
    times = [packet[1] for packet in packets]
    begins = [bisect.bisect_left(times, time) for time, _, _ in marks.phases] + [len(packets)]
    figures, before, agreed = [], [None] * each, True
    for which, (_, name, views) in enumerate(marks.phases):
        mine = packets[begins[which]:begins[which + 1]]
        one = Phase(name, views, exporters, before, agreed)
        for number, time, collector in mine:
            one.packet(number % each, time, collector, marks.death(collector, time))
        numbers = [number for number, _, _ in packets[begins[which]:begins[which + 1] + 1]]
        figures.append(one.figures(numbers[-1] - numbers[0] + (which == len(marks.phases) - 1) - len(mine)))
        before, agreed = one.at, one.agrees
    numbers = {number for number, _, _ in packets}
    print(json.dumps({"sent": sent, "arrived": len(packets), "lost": sent - len(numbers),
                      "twice": len(packets) - len(numbers), "phases": figures}, indent=1))


main()
