# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A frame, and the stretches of it in which headers may lie."""
from dataclasses import dataclass

# What the kernel's program test run puts into the first buffer of a larger frame: a page of 4096
# bytes without 256 of headroom and 320 for struct skb_shared_info.
FIRST_BUFFER = 4096 - 256 - 320


@dataclass(frozen=True)
class Frame:
    """A frame from its Ethernet header on; `linear` bytes of it are in its first buffer."""

    data: bytes
    linear: int

    @classmethod
    def of(cls, data):
        """The frame as the program sees it in explain."""
        return cls(data, min(len(data), FIRST_BUFFER))

    def __len__(self):
        return len(self.data)


class Reach:
    """Gives headers that end before `end` and lie in the first buffer; raises for all others."""

    def __init__(self, frame, end, beyond, not_present):
        self.frame = frame
        self.end = end
        self.beyond = beyond
        self.not_present = not_present

    def __call__(self, at, size):
        self.claim(at, size)
        if at + size > self.frame.linear:
            raise self.not_present
        return self.frame.data[at:at + size]

    def claim(self, at, size):
        """Only asks whether the header ends before `end`."""
        if at + size > self.end:
            raise self.beyond

    def within(self, end):
        """The same, with a nearer end."""
        return Reach(self.frame, min(end, self.end), self.beyond, self.not_present)
