#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""docs/balance.md in Python, written from that page alone, held against the golden vectors.

usage: reference.py [--write] GOLDEN     --write computes the results in the file anew"""

import ipaddress
import math
import sys
from heapq import merge
from itertools import count

START = 0x9E3779B97F4A7C15
LOW64 = 2**64 - 1


def add(h, word):
    x = h ^ word
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        x ^= x >> 33
        x = x * factor & LOW64
    return x ^ x >> 33


def hashed(words):
    h = START
    for word in words:
        h = add(h, word)
    return h


def address_words(address):
    number = int(address)
    return [number] if address.version == 4 else [number >> 64, number & LOW64]


def flow_words(by, from_address, from_port, to_address, to_port, protocol):
    words = address_words(from_address)
    if by == "exporter-port":
        words.append(from_port)
    if by == "tuple":
        words += address_words(to_address)
        words.append(from_port * 2**32 + to_port * 2**16 + protocol)
    return words


def point(h, n):
    return (h >> 32) * n >> 32


class Member:
    def __init__(self, address, port, weight, usable):
        self.address, self.port, self.weight, self.usable = address, port, weight, usable

    def identity(self):
        return self.address.version, self.address.packed, self.port

    def preferences(self, slots):
        a = hashed(address_words(self.address) + [self.port])
        step = 1 + point(add(a, START), slots - 1)
        slot = point(a, slots)
        while True:
            yield slot
            slot = (slot + step) % slots


def deal(table, members):
    """Fills what is None in the table with places in the list of members, which is in order. The turns
    are written down for each member alone, over a common denominator, and then merged."""
    takers = [place for place, member in enumerate(members) if member.usable and member.weight]
    if not takers:
        return []
    common = math.lcm(*(members[place].weight for place in takers))

    def turns(place):
        for k in count(table.count(place)):
            due = (k + 1) * (common // members[place].weight) if k else 0
            yield due, place

    preferred = {place: members[place].preferences(len(table)) for place in takers}
    free = table.count(None)
    for _, place in merge(*[turns(place) for place in takers]):
        if not free:
            return table
        slot = next(s for s in preferred[place] if table[s] is None)
        table[slot] = place
        free -= 1


def tables(members, slots):
    """At home, and as it is now."""
    home = deal([None] * slots, [Member(m.address, m.port, m.weight, True) for m in members])
    now = [place if members[place].usable else None for place in home]
    return home, deal(now, members)


def digest(table):
    """FNV-1a, 64 bits, over each slot's place as four bytes, most significant first."""
    h = 0xCBF29CE484222325
    for place in table:
        for byte in place.to_bytes(4, "big"):
            h = (h ^ byte) * 0x100000001B3 & LOW64
    return f"{h:016x}"


def flow_line(fields):
    by, from_address, from_port, to_address, to_port, protocol = fields[:6]
    h = hashed(flow_words(by, ipaddress.ip_address(from_address), int(from_port),
                          ipaddress.ip_address(to_address), int(to_port), int(protocol)))
    return " ".join(["flow", *fields[:6], f"{h:016x}", str(point(h, 65537)), str(point(h, 524287))])


def result_line(slots, given):
    members = sorted(given, key=Member.identity)
    home, now = tables(members, slots)
    shares = [str(now.count(members.index(member))) for member in given]
    return " ".join(["result", digest(home), digest(now), *shares])


def recomputed(lines):
    """The file as this page would have it."""
    slots, members = 0, []
    for line in lines:
        word, *fields = line.split() or [""]
        if word == "flow":
            line = flow_line(fields)
        elif word == "pool":
            slots, members = int(fields[1]), []
        elif word == "member":
            members.append(Member(ipaddress.ip_address(fields[0]), int(fields[1]), int(fields[2]),
                                  fields[3] == "up"))
        elif word == "result":
            line = result_line(slots, members)
        elif word and word != "#":
            raise SystemExit(f"no such word: {word}")
        yield line


def main():
    path = sys.argv[-1]
    with open(path, encoding="ascii") as file:
        was = file.read().splitlines()
    now = list(recomputed(was))
    if "--write" in sys.argv:
        with open(path, "w", encoding="ascii") as file:
            file.write("\n".join(now) + "\n")
        return 0
    wrong = [(number, old, new) for number, (old, new) in enumerate(zip(was, now), 1) if old != new]
    for number, old, new in wrong:
        print(f"{path}:{number}: has\n  {old}\nshould be\n  {new}")
    results = sum(line.startswith(("flow", "result")) for line in was)
    print(f"{results} results, {len(wrong)} wrong")
    return 1 if wrong or not results else 0


if __name__ == "__main__":
    sys.exit(main())
