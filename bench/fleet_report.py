#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A table of what selftests/netns/fleet_judge.py found: fleet_report.py JUDGED RECEIVED DELIVERED DROPPED

What stands behind '#' in a phase's name tells repetitions apart; they share a row, from least to most."""
import json
import sys

COLUMNS = {
    "moved": "moved", "least": "least", "split": "split", "split_single_flow": "of one flow",
    "split_ms": "longest split, ms", "split_first_to_last_ms": "all splits within, ms",
    "dead": "to the dead", "dead_ms": "for, ms", "lost": "lost"}


def spread(values):
    """One figure, or from least to most."""
    if None in values:
        return "-"
    low, high = min(values), max(values)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def row(cells):
    """Of the table."""
    print("| " + " | ".join(cells) + " |")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        judged = json.load(file)
    received, delivered, dropped = map(int, sys.argv[2:])
    print(f"sent {judged['sent']:,}; nodes received {received:,}, delivered {delivered:,}, dropped {dropped:,}; "
          f"arrived {judged['arrived']:,}, twice {judged['twice']:,}; elsewhere than some view says: "
          f"{sum(phase['strays'] for phase in judged['phases']):,}")
    rows = {}
    for phase in judged["phases"]:
        rows.setdefault(phase["name"].partition(" #")[0], []).append(phase)
    row(["event", *COLUMNS.values()])
    row(["---"] * (len(COLUMNS) + 1))
    for name, phases in rows.items():
        row([name, *(spread([phase[column] for phase in phases]) for column in COLUMNS)])


main()
