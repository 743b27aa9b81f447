# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Runs `xdpmirror explain`, and reads what it prints and writes."""
import json
import os
import subprocess
import tempfile
from typing import NamedTuple

from capture import BadCapture, Capture


class Answer(NamedTuple):
    """What explain said of a capture. `frames` has the records of its --out file."""

    status: int
    complaints: list
    packets: list
    frames: list


def run_explain(binary, profile, path):
    """An Answer; a file that explain does not write is one without frames."""
    with tempfile.TemporaryDirectory(prefix="replay.") as directory:
        out = os.path.join(directory, "out.pcap")
        done = subprocess.run([binary, "explain", "--profile", profile, "--pcap", path,
                               "--out", out, "--json"],
                              capture_output=True, text=True, check=False)
        lines = done.stderr.splitlines()
        return Answer(done.returncode, [line for line in lines if "warning:" not in line],
                      _packets(done.stdout), _frames(out))


def _packets(text):
    try:
        return json.loads(text) if text.strip() else []
    except json.JSONDecodeError:
        return []


def _frames(path):
    if not os.path.exists(path) or os.path.getsize(path) == 0:
        return []
    try:
        with Capture(path) as capture:
            return list(capture)
    except BadCapture:
        return []
