#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Every label of maps/drop_reasons.h was seen: check_labels.py HEADER TALLY...

TALLY is what `replay.py --tally` printed. Prints a line for each label that is missing, or
seen though it cannot be. Exit status 0 complete, 1 not.
"""
import re
import sys

KINDS = {"XM_DROP_REASONS": "drop", "XM_PASS_REASONS": "pass", "XM_NOTES": "note"}

# Those that explain cannot reach, and why.
UNREACHABLE = {
    ("drop", "none"): "not a reason",
    ("drop", "no_collector"): "a profile names a collector for each pool, and nothing takes it out",
    ("drop", "egress_missing"): "explain sends nothing, so no interface can be gone",
    ("drop", "egress_rejected"): "comes from a driver, after the verdict",
    ("drop", "internal"): "a row is missing that must exist: a bug",
    ("drop", "oversize_no_route"): "explain takes every route as good",
    ("note", "templates_seen"): "no profile of the replays wants templates; prog_run has them",
    ("note", "templates_missed"): "likewise",
}


def labels_of(header):
    """(kind, label) of every line of the three lists."""
    found = []
    for name, body in re.findall(r"#define (XM_\w+)\(X\)((?:.*\\\n)+.*)", header):
        found += [(KINDS[name], label) for label in re.findall(r"X\(\w+,\s*(\w+),", body)]
    return found


def main():
    """Exit status."""
    path, *tallies = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        labels = labels_of(file.read())
    seen = set()
    for tally in tallies:
        with open(tally, encoding="utf-8") as file:
            seen |= {tuple(line.split()[:2]) for line in file}
    complaints = [f"{' '.join(label)} was not seen" for label in labels
                  if label not in seen and label not in UNREACHABLE]
    complaints += [f"{' '.join(label)} was seen, though {why}"
                   for label, why in UNREACHABLE.items() if label in seen]
    complaints += [f"{' '.join(label)} is no label of {path}"
                   for label in UNREACHABLE if label not in labels]
    for complaint in complaints:
        print(complaint)
    print(f"{len(labels)} labels, {len(UNREACHABLE)} out of reach, {len(complaints)} complaints")
    return 1 if complaints or len(labels) < len(KINDS) else 0


sys.exit(main())
