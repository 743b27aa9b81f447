#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Reads ctest's JUnit file and says what a human wants to know: what failed, with its last words,
what was skipped and why, and how many of each. Exit status 0 only if nothing failed.

A test that did not run is a failure, unless it said itself that it skips.
"""
import sys
import xml.etree.ElementTree as ET

LAST_WORDS = 40


def verdict(case):
    """'passed', 'failed' or 'skipped'."""
    status = case.get("status")
    if status == "run":
        return "passed"
    skipped = case.find("skipped")
    asked = skipped is not None and (skipped.get("message") or "").startswith("SKIP_")
    return "skipped" if asked or status == "disabled" else "failed"


def output(case):
    """What the test has printed, as lines."""
    return (case.findtext("system-out") or "").strip().splitlines()


def reason(case):
    """Why the test was skipped: the line that says so, or its last one."""
    lines = output(case)
    said = [line.strip() for line in lines if "SKIP" in line and ":" in line]
    return (said or lines or ["no reason given"])[0]


def main():
    """Reads the file named on the command line."""
    cases = {"passed": [], "failed": [], "skipped": []}
    for case in ET.parse(sys.argv[1]).getroot().iter("testcase"):
        cases[verdict(case)].append(case)
    for case in cases["failed"]:
        print(f"\nFAILED: {case.get('name')}, after {float(case.get('time')):.1f} s")
        for line in output(case)[-LAST_WORDS:] or ["it printed nothing"]:
            print(f"    {line}")
    for case in cases["skipped"]:
        print(f"skipped: {case.get('name')}: {reason(case)}")
    for case in cases["failed"]:
        print(f"failed: {case.get('name')}")
    counts = {kind: len(found) for kind, found in cases.items()}
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    sys.exit(0 if counts["failed"] == 0 and counts["passed"] else 1)


main()
