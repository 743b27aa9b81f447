# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What docs/packets.md decides about a frame: where a rule applies, Dropped or Passed is raised.

`rule` names the sentence: section and number, as in "3.8".
"""
from dataclasses import dataclass, field


class Decided(Exception):
    """The first rule that applies decides."""

    verdict = ""

    def __init__(self, reason, rule):
        super().__init__(reason, rule)
        self.reason = reason
        self.rule = rule


class Dropped(Decided):
    """Counted under a drop reason; never leaves."""

    verdict = "drop"


class Passed(Decided):
    """Goes to the kernel byte for byte."""

    verdict = "pass"


@dataclass
class Expectation:
    """What must come out for one frame. `sentence` is the rule of docs/packets.md that decided."""

    verdict: str = ""
    reason: str = ""
    sentence: str = ""
    source: str = ""
    rule: str = ""
    collector: str = ""
    notes: set = field(default_factory=set)
    frames: list = field(default_factory=list)
