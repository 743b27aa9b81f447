#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Replays captures through `xdpmirror explain` and an independent model of docs/packets.md.

One line for each packet that does not leave as it should. Exit status 0 all as expected, 1
mismatches, 2 wrong command line, profile or capture.
"""
import argparse
import os
import sys
from collections import Counter

SKIP, WRONG = 77, 2

try:
    from capture import BadCapture, Capture
    from compare import Comparison
    from expect import Model
    from explain import run_explain
    from profiles import BadProfile, load_profile
    from ways import find_ways
except ModuleNotFoundError as missing:
    print(f"SKIP: needs the Python module '{missing.name}': apt install python3-scapy")
    sys.exit(SKIP)


class Words(argparse.ArgumentParser):
    """One line names what is wrong."""

    def error(self, message):
        raise SystemExit(_complain(f"{message}; see --help"))


def _complain(line):
    print(f"replay.py: {line}", file=sys.stderr)
    return WRONG


def parse_arguments(words):
    """The command line."""
    parser = Words(prog="replay.py", description=__doc__.splitlines()[0])
    parser.add_argument("--xdpmirror", required=True, metavar="BINARY", help="to be tested")
    parser.add_argument("--profile", required=True, metavar="PROFILE.yaml",
                        help="a name, or the path of a YAML file")
    parser.add_argument("--tally", action="store_true",
                        help="also prints how often each reason and note was expected")
    parser.add_argument("captures", nargs="+", metavar="CAPTURE", help="pcap or pcapng")
    return parser.parse_args(words)


class Replay:
    """Counts over all captures."""

    def __init__(self, binary, profile_name):
        self.binary = binary
        self.profile_name = profile_name
        self.profile = load_profile(binary, profile_name)
        self.ways = find_ways(self.profile)
        self.tally = Counter()
        self.mismatches = 0

    def run(self, path):
        """One capture, from an empty memory of fragments on."""
        model = Model(self.profile, self.ways)
        with Capture(path) as capture:
            records = list(capture)
        expected = [model.expect(record.frame) for record in records]
        answer = run_explain(self.binary, self.profile_name, path)
        lines = Comparison(records, expected, answer).run(capture.broken)
        for line in lines:
            print(f"{path}: {line}")
        self.mismatches += len(lines)
        for each in expected:
            self.tally[each.verdict, each.reason] += 1
            self.tally.update(("note", note) for note in each.notes)

    def print_tally(self):
        """A line for each verdict with its reason, and for each note."""
        for (kind, label), count in sorted(self.tally.items()):
            print(" ".join(filter(None, (kind, label, str(count)))))

    def print_sum(self):
        """The closing line."""
        sent, dropped, passed = (
            sum(n for (kind, _), n in self.tally.items() if kind == verdict)
            for verdict in ("forward", "drop", "pass"))
        print(f"{sent + dropped + passed} packets: {sent} sent, {dropped} dropped, "
              f"{passed} passed, {self.mismatches} mismatches")


def main():
    """Exit status."""
    arguments = parse_arguments(sys.argv[1:])
    if not os.access(arguments.xdpmirror, os.X_OK):
        return _complain(f"no binary at '{arguments.xdpmirror}': build it, or name another")
    try:
        replay = Replay(arguments.xdpmirror, arguments.profile)
        for path in arguments.captures:
            replay.run(path)
    except BadProfile as error:
        return _complain(f"profile '{arguments.profile}' is refused: {error}")
    except BadCapture as error:
        return _complain(str(error))
    except OSError as error:
        return _complain(f"cannot read '{error.filename}': {error.strerror}")
    if arguments.tally:
        replay.print_tally()
    replay.print_sum()
    return 1 if replay.mismatches else 0


if __name__ == "__main__":
    sys.exit(main())
