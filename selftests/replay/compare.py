# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Holds what explain said and wrote against what was expected; one line for each difference."""
from ipaddress import ip_address

FIELDS = ("verdict", "reason", "source", "rule", "collector")


class Comparison:
    """Of one capture: `records` and `expected` are those of its packets, in order."""

    def __init__(self, records, expected, answer):
        self.records = records
        self.expected = expected
        self.answer = answer
        self.mismatches = []

    def run(self, broken):
        """The lines of all differences."""
        self._compare_end(broken)
        written = iter(self.answer.frames)
        for number, (record, want, got) in enumerate(
                zip(self.records, self.expected, self.answer.packets), start=1):
            self._compare_words(number, want, got)
            if got.get("bytes") != len(record.frame):
                self._differs(number, f"a frame of {len(record.frame)} bytes", got.get("bytes"))
            if got.get("wire_bytes") != record.wire_bytes:
                self._differs(number, f"wire_bytes {record.wire_bytes}", got.get("wire_bytes"))
            count = _frames_written(got)
            self._compare_frames(number, want, record, [f for _, f in zip(range(count), written)])
        rest = list(written)
        if rest:
            self.mismatches.append(f"the file has {len(rest)} frames too many")
        return self.mismatches

    def _compare_end(self, broken):
        status, complaints = self.answer.status, self.answer.complaints
        if len(self.answer.packets) != len(self.records):
            self.mismatches.append(f"expected {len(self.records)} packets, came "
                                   f"{len(self.answer.packets)}: {_shown(complaints)}")
        if broken and (status == 0 or len(complaints) != 1):
            self.mismatches.append(f"a broken capture: expected a failure with one line, came "
                                   f"status {status}: {_shown(complaints)}")
        if not broken and status != 0:
            self.mismatches.append(f"expected status 0, came {status}: {_shown(complaints)}")

    def _compare_words(self, number, want, got):
        words = {field: got.get(field, "") for field in FIELDS}
        if words["collector"]:
            words["collector"] = str(ip_address(words["collector"]))
        differences = [field for field in FIELDS if getattr(want, field) != words[field]]
        if differences:
            self._differs(number, _words({f: getattr(want, f) for f in FIELDS}, want.sentence),
                          _words(words))
        notes = set(got.get("notes", []))
        if want.notes != notes:
            self._differs(number, f"notes {sorted(want.notes)}", sorted(notes))

    def _compare_frames(self, number, want, record, frames):
        if len(frames) != len(want.frames):
            self._differs(number, f"{len(want.frames)} frames by {want.sentence}", len(frames))
            return
        for i, (bytes_wanted, written) in enumerate(zip(want.frames, frames), start=1):
            if bytes_wanted != written.frame:
                self._differs(number, *_difference(f"frame {i} of {len(frames)} by 4.6",
                                                   bytes_wanted, written.frame))
            if written.time != record.time:
                self._differs(number, f"time {record.time} ns", written.time)

    def _differs(self, number, wanted, came):
        self.mismatches.append(f"packet {number}: expected {wanted}, came {came}")


def _frames_written(got):
    if got.get("verdict") != "forward":
        return 0
    return got.get("out", {}).get("kernel_fragments", 1)


def _words(words, sentence=""):
    text = " ".join(filter(None, (words["verdict"], words["reason"])))
    text += "".join(f", {field} {words[field]}" for field in FIELDS[2:] if words[field])
    return text + (f" by {sentence}" if sentence else "")


def _difference(what, wanted, came):
    at = next((i for i, pair in enumerate(zip(wanted, came)) if pair[0] != pair[1]),
              min(len(wanted), len(came)))
    around = slice(max(0, at - 2), at + 6)
    return (f"{what}, {len(wanted)} bytes, at byte {at}: {wanted[around].hex(' ')}",
            f"{len(came)} bytes: {came[around].hex(' ')}")


def _shown(lines):
    return " | ".join(lines) or "no line"
