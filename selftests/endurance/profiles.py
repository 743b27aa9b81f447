#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Profiles of generations, each with its marks (marks.h) and otherwise unlike the one before: other rules in
another number and order, under names that are partly the same, other pools and sources.

usage: profiles.py DIRECTORY FIRST COUNT SEED [KIND]

writes DIRECTORY/<generation>.yaml. A KIND other than `plain`:
  soak      every generation has both ways out, and pool `lan` with a next hop that the kernel knows
  handover  by the tc program or by redirect, to a next hop that the kernel knows; see marks.h for what is left
  big=N     so many rules, and nothing else changes
  wide=N    N pools and three times as many rules whose names no other generation has
  roll      every name of a source or rule that `plain` gives to the generations before
"""

import pathlib
import random
import sys

FIXED, RESOLVED = 77, 85  # marks.h
NAMES = [f"rule-{i}" for i in range(60)]
EDGES = 8
POOLS = ["fdi", "siem", "archive", "lab", "spare"]


def port(generation):
    return 1024 + generation % 50000


def mac(generation, sink):
    return f"02:77:{sink:02x}:00:{generation >> 8:02x}:{generation & 0xff:02x}"


def collector(octet, generation):
    return f"10.{octet}.{generation >> 8}.{generation & 0xff}"


def way(generation, sink):
    return f'interface: egress{sink}, next_hop: "{mac(generation, sink)}"'


def sources(dice):
    strict = ", strict: true" if dice.random() < 0.3 else ""
    one = [f"  - {{name: core, vxlan: {{vni: 4242}}, from: [10.0.0.0/16]{strict}}}"]
    more = [f"  - {{name: edge-{i}, vxlan: {{vni: 4242}}, from: [10.0.1.{i * 32}/27]}}"
            for i in dice.sample(range(EDGES), dice.randrange(4))]
    both = one + more
    dice.shuffle(both)
    return both


def matches(dice, count):
    """What rules may look at: some take packets of the load's flows, some never any."""
    kinds = [
        lambda: f"from: 192.168.{dice.randrange(2)}.{dice.randrange(4) * 64}/26, port: 31756",
        lambda: f"from: 192.168.{dice.randrange(2)}.{dice.randrange(16) * 16}/28",
        lambda: f"from: 192.168.{dice.randrange(2)}.{dice.randrange(256)}, to: 172.16.0.10",
        lambda: f"port: {30000 + dice.randrange(1700)}-{31800 + dice.randrange(1000)}, vni: 4242",
        lambda: f"from: 10.{dice.randrange(256)}.{dice.randrange(256)}.0/24, port: {dice.randrange(1, 65536)}",
    ]
    # a range takes all that is left, so it comes last
    chosen = [dice.choice(kinds[:3] + kinds[4:])() for _ in range(count)]
    return chosen + ([kinds[3]()] if dice.random() < 0.3 else [])


def rules(dice, generation, pools):
    names = dice.sample(NAMES, dice.randrange(40))
    if dice.random() < 0.5:
        names.append(f"only-{generation}")
    looks = matches(dice, len(names))
    names += [name for name in NAMES if name not in names][:len(looks) - len(names)]
    dice.shuffle(names)
    lines = [f"  - {{name: {name}, match: {{{look}}}, send: {{to: {dice.choice(pools)}, port: {port(generation)}}}}}"
             for name, look in zip(names, looks)]
    return [*lines, f"  - {{name: rest, send: {{to: {dice.choice(pools)}, port: {port(generation)}}}}}"]


def pool(dice, name, octets, generation, via):
    collectors = ", ".join(f"{{address: {collector(octet, generation)}, weight: {dice.randrange(1, 4)}}}"
                           for octet in octets)
    balance = dice.choice(["exporter", "exporter_port", "flow"])
    return f"  {name}: {{collectors: [{collectors}], balance: {balance}, via: {via}}}"


def pools(dice, generation):
    names = dice.sample(POOLS, dice.randrange(1, 4))
    octets = list(range(FIXED, RESOLVED))
    dice.shuffle(octets)
    size = [1 if dice.random() < 0.6 else dice.randrange(2, 3 if len(names) > 2 else 4) for _ in names]
    return names, [pool(dice, name, [octets.pop() for _ in range(n)], generation, "out")
                   for name, n in zip(names, size)]


def plain(dice, generation):
    names, described = pools(dice, generation)
    return [*sources_and_rules(dice, generation, names), "pools:", *described,
            "egress:", f"  out: {{{way(generation, generation % 2)}}}"]


def handover(dice, generation):
    octets = range(RESOLVED, RESOLVED + dice.randrange(1, 3))
    path = dice.choice(["tc", "tc", "redirect"])
    return [*sources_and_rules(dice, generation, ["lan"]), "pools:", pool(dice, "lan", octets, generation, "lan"),
            "egress:", f"  lan: {{interface: egress2, path: {path}}}"]


def soak(dice, generation):
    """Always the same pools of several, so that collectors can be drained and ways be pinned by name."""
    first = generation % 2
    described = [pool(dice, "fdi", range(FIXED, FIXED + 4), generation, "out"),
                 pool(dice, "lan", range(RESOLVED, RESOLVED + 2), generation, "lan")]
    return [*sources_and_rules(dice, generation, ["fdi", "lan"]), "pools:", *described, "egress:",
            f"  out: {{{way(generation, first)}, failover: {{hold_down: 1s}},"
            f" standby: {{{way(generation, 1 - first)}}}}}",
            "  lan: {interface: egress2, next_hop: 10.3.0.2}"]


def sources_and_rules(dice, generation, names):
    return ["sources:", *sources(dice), "rules:", *rules(dice, generation, names)]


def big(generation, count):
    """Exact rules: one host each."""
    hosts = (f"10.{100 + i // 62500}.{i // 250 % 250}.{i % 250 + 1}" for i in range(count - 1))
    lines = [f"  - {{name: host-{i}, match: {{from: {host}, port: 31756}}, send: {{to: fdi, port: {port(generation)}}}}}"
             for i, host in enumerate(hosts)]
    return ["sources:", "  - {name: core, vxlan: {vni: 4242}, from: [10.0.0.0/16]}",
            "rules:", *lines, f"  - {{name: rest, send: {{to: fdi, port: {port(generation)}}}}}",
            "pools:", f"  fdi: {{collectors: [{{address: {collector(FIXED, generation)}}}], via: out}}",
            "egress:", f"  out: {{{way(generation, generation % 2)}}}"]


def wide(dice, generation, count):
    names = [f"pool-{generation}-{i}" for i in range(count)]
    looks = [f"from: 192.168.0.{i * 16}/28" for i in range(16)]
    looks += [f"from: 10.{100 + i // 62500}.{i // 250 % 250}.{i % 250 + 1}" for i in range(3 * count - len(looks) - 1)]
    dice.shuffle(looks)
    lines = [f"  - {{name: rule-{generation}-{i}, match: {{{look}}}, send: {{to: {dice.choice(names)}, port: {port(generation)}}}}}"
             for i, look in enumerate([*looks, "port: 31756"])]
    return ["sources:", "  - {name: core, vxlan: {vni: 4242}, from: [10.0.0.0/16]}", "rules:", *lines,
            "pools:", *(f"  {name}: {{collectors: [{{address: {collector(FIXED, generation)}}}], via: out}}" for name in names),
            "egress:", f"  out: {{{way(generation, generation % 2)}}}"]


def roll(dice, generation):
    """Only `rest` takes packets; the others are there for what they have counted."""
    edges = [f"  - {{name: edge-{i}, vxlan: {{vni: 4242}}, from: [10.0.1.{i * 32}/27]}}" for i in range(EDGES)]
    names = NAMES + [f"only-{i}" for i in range(1, generation)]
    lines = [f"  - {{name: {name}, match: {{from: 10.{100 + i // 62500}.{i // 250 % 250}.{i % 250 + 1}}}, send: {{to: fdi}}}}"
             for i, name in enumerate(names)]
    return ["sources:", "  - {name: core, vxlan: {vni: 4242}, from: [10.0.0.0/16]}", *edges,
            "rules:", *lines, f"  - {{name: rest, send: {{to: fdi, port: {port(generation)}}}}}",
            "pools:", pool(dice, "fdi", [FIXED], generation, "out"),
            "egress:", f"  out: {{{way(generation, generation % 2)}}}"]


def main():
    directory = pathlib.Path(sys.argv[1])
    first, count, seed = map(int, sys.argv[2:5])
    kind = sys.argv[5] if len(sys.argv) > 5 else "plain"
    for generation in range(first, first + count):
        dice = random.Random(seed * 100003 + generation)
        if kind.startswith("big="):
            lines = big(generation, int(kind[4:]))
        elif kind.startswith("wide="):
            lines = wide(dice, generation, int(kind[5:]))
        else:
            lines = {"plain": plain, "soak": soak, "handover": handover, "roll": roll}[kind](dice, generation)
        (directory / f"{generation}.yaml").write_text("\n".join(["version: 1", *lines]) + "\n", encoding="ascii")


main()
