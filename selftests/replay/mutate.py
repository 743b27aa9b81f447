# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Damages frames as nobody would by hand: single bits, header bytes, cuts, other frames' insides.

Outer lengths are often made right again, so that damage deep inside is reached.
"""
import random

ETHERNET, UDP_HEADER = 14, 8
HEADERS_REACH = 150
EDGES = (0, 1, 4, 5, 6, 7, 8, 17, 43, 44, 51, 60, 127, 128, 135, 136, 254, 255)


class Mutator:
    """The same seed gives the same frames."""

    def __init__(self, frames, seed):
        self.frames = [frame for frame in frames if len(frame) > ETHERNET]
        self.random = random.Random(seed)

    def frames_of(self, count):
        """So many damaged frames."""
        return [self._one() for _ in range(count)]

    def _one(self):
        frame = bytearray(self.random.choice(self.frames))
        for _ in range(self.random.choice((1, 1, 1, 2, 3))):
            damage = self.random.choice((self._bit, self._edge, self._edge, self._cut, self._grow,
                                         self._tail, self._bump))
            frame = damage(frame) or frame
        if self.random.random() < 0.7:
            make_lengths_right(frame)
        return bytes(frame)

    def _at(self, frame):
        return self.random.randrange(min(len(frame), HEADERS_REACH))

    def _bit(self, frame):
        if frame:
            frame[self._at(frame)] ^= 1 << self.random.randrange(8)
        return frame

    def _edge(self, frame):
        if frame:
            frame[self._at(frame)] = self.random.choice(EDGES)
        return frame

    def _bump(self, frame):
        if frame:
            at = self._at(frame)
            frame[at] = (frame[at] + self.random.choice((-9, -8, -1, 1, 8, 9))) % 256
        return frame

    def _cut(self, frame):
        return frame[:self.random.randrange(len(frame) + 1)]

    def _grow(self, frame):
        return frame + bytes(self.random.randrange(1, 40))

    def _tail(self, frame):
        other = self.random.choice(self.frames)
        at = self.random.choice((42, 50, 64, 62, 70, 84, 104))
        return frame[:at] + bytearray(other[at:])


def make_lengths_right(frame):
    """Outer IP and UDP lengths of an untagged frame without options; others stay as they are."""
    if frame[12:14] == b"\x08\0" and len(frame) >= 42 and frame[14] == 0x45:
        size, udp = len(frame) - 14, 34
        frame[16:18] = (size & 0xFFFF).to_bytes(2, "big")
    elif frame[12:14] == b"\x86\xdd" and len(frame) >= 62 and frame[20] == 17:
        udp = 54
        frame[18:20] = (len(frame) - 54 & 0xFFFF).to_bytes(2, "big")
    else:
        return
    frame[udp + 4:udp + 6] = (len(frame) - udp & 0xFFFF).to_bytes(2, "big")
