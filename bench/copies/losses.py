#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Turns the records of losses.sh into a table: of the copies that were due, how many arrived, and what was
told of the others. What nobody has told of is untold."""

import errno
import json
import sys

RETURNED, FREED, XMIT_DROPS, REFUSED = 1, 2, 3, 4  # enum xm_bench_event
NET_XMIT = {1: "NET_XMIT_DROP", 2: "NET_XMIT_CN"}


def name_of(value):
    if value >= 0:
        return NET_XMIT.get(value, str(value))
    return errno.errorcode.get(-value, str(value))


def events_of(record):
    for row in record["events"]:
        key = row["formatted"]["key"]
        yield key["event"], key["value"], row["formatted"]["value"]


def told_of(record):
    """Words for what the kernel told, and the number of copies it accounts for: a clone that is refused and
    freed is told twice, and counts once."""
    words, returned, freed, counted = [], {}, {}, 0
    for event, value, count in sorted(events_of(record)):
        if event == RETURNED:
            number, error = value >> 16, value & 0xFFFF
            error = error - 0x10000 if error >= 0x8000 else error
            returned[number] = returned.get(number, 0) + count
            words.append(f"copy {number} returned {name_of(error)}: {count}")
        elif event == FREED:
            number, reason = value & 0xFFFF, value >> 16
            freed[number] = freed.get(number, 0) + count
            words.append(f"copy {number} kfree_skb (reason {reason}): {count}")
        elif event == XMIT_DROPS:
            counted += count
            words.append(f"xdp_devmap_xmit drops ({name_of(value)}): {count}")
        elif event == REFUSED:
            words.append(f"xdp_redirect_err {name_of(value)}: {count}")
            counted += count
    counted += sum(max(returned.get(n, 0), freed.get(n, 0)) for n in {*returned, *freed})
    return words, counted


def main():
    print(f"{'case':<32} {'way':<10} {'due':>9} {'1st':>9} {'others':>9} {'waiting':>9} {'told':>9} {'untold':>9}  what was told")
    for line in sys.stdin:
        record = json.loads(line)
        gen = record["gen"]
        due = gen["sent_total"] * record["copies"]
        tun = sum(cpu["value"]["packets"] for row in record["tun"] for cpu in row["formatted"]["values"])
        others = gen["wrong_total"] + tun
        words, counted = told_of(record)
        print(f"{record['case']:<32} {record['way']:<10} {due:>9} {gen['right_total']:>9} {others:>9} "
              f"{record['waiting']:>9} {counted:>9} "
              f"{due - gen['right_total'] - others - record['waiting'] - counted:>9}  {'; '.join(words) or '-'}")


if __name__ == "__main__":
    main()
