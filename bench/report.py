#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Turns the bench's records (a line of JSON each) into a table and one JSON document with the
conditions they were taken under. Exit status 1 when what arrived was not right."""

import argparse
import datetime
import json
import os
import platform
import re
import subprocess
import sys
from statistics import median

HEADERS = 92  # bytes before the payload, bench/frame.h
AIM_OF_BARE = 0.80
AIM_OF_KERNEL = 7.0
# Variants whose figures hold something else than those of the others.
NOTES = {
    "way_tx": "way_tx goes through one veth, twice, and the others through two",
    "way_tc_l3": "way_tc_l3 is counted before the device, so that nothing behind the handover is in it",
    "copies_l3_1": "copies_l3_N are counted before the device, so that nothing behind the handover is in them",
}


def cpu_model():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as info:
        return next((line.split(":")[1].strip() for line in info if line.startswith("model name")),
                    platform.machine())


def clang_version(programs):
    """The compiler named in the build's cache, which the BPF objects were built with."""
    cache = os.path.join(os.path.dirname(programs), "CMakeCache.txt")
    with open(cache, encoding="utf-8") as lines:
        path = next(line.split("=", 1)[1].strip() for line in lines
                    if line.startswith("XM_BPF_CLANG:"))
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    return re.search(r"version (\S+)", said).group(1)


def conditions(options, records):
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "kernel": platform.release(),
        "clang": clang_version(options.programs),
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "core_used": options.cpu,
        "load_average": os.getloadavg(),
        "frame_bytes": HEADERS + options.payload,
        "flows": options.flows,
        "rounds": len({record["round"] for record in records}),
        "seconds_a_round": options.seconds,
        "stolen_seconds": sum(r.get("stolen_ticks", 0) for r in records) / os.sysconf("SC_CLK_TCK"),
    }


def spread(values):
    return {"median": median(values), "min": min(values), "max": max(values)}


def core_rate(record):
    """Packets that came in: the sink counts each copy of one."""
    return record["packets"] / record["copies"] / record["cpu_seconds"]


def ratio(records, variant, to):
    """Median of the ratios taken inside each round, so that drift between rounds cancels out."""
    rates = {(r["variant"], r["round"]): core_rate(r) for r in records}
    pairs = [rates[variant, n] / rates[to, n] for v, n in rates
             if v == variant and (to, n) in rates]
    return spread(pairs) if pairs else None


def faults_of(variant, rows, flows):
    """What is wrong with what arrived; the sink sums one frame in some whole."""
    total = {key: sum(row[key] for row in rows) for key in rows[0] if key.endswith("_total")}
    if not total["right_total"]:
        yield f"{variant}: nothing right arrived"
    if total["wrong_total"]:
        yield f"{variant}: {total['wrong_total']} frames arrived that are not as expected"
    if total["bad_sum_total"]:
        yield f"{variant}: {total['bad_sum_total']} of {total['checked_total']} checksums are wrong"
    seen = min(row["exporters"] for row in rows)
    if variant not in ("floor", "bare") and seen != flows:
        yield f"{variant}: {seen} of {flows} exporters arrived under their own address"


def summary(records, variant):
    rows = [r for r in records if r["variant"] == variant]
    rates = [core_rate(r) for r in rows]
    sent = sum(r["sent_total"] * r["copies"] for r in rows)
    seen = sum(r["right_total"] + r["wrong_total"] for r in rows)
    return {
        "packets_per_core_second": spread(rates),
        "packets_per_second": spread([r["packets"] / r["copies"] / r["seconds"] for r in rows]),
        "ns_per_packet": spread([1e9 / rate for rate in rates]),
        "of_bare": ratio(records, variant, "bare"),
        "times_kernel": ratio(records, variant, "kernel"),
        "sent": sent,
        "seen": seen,
        "loss": 1 - seen / sent,
        "wrong": sum(r["wrong_total"] for r in rows),
        "sampled": sum(r["checked_total"] for r in rows),
        "sampled_wrong": sum(r["bad_sum_total"] for r in rows),
    }


def print_conditions(told):
    print(f"kernel {told['kernel']}, clang {told['clang']}, {told['cpu']}, {told['cores']} cores, "
          f"all work on core {told['core_used']}")
    print(f"{told['date']}, load average {told['load_average'][0]:.2f}, "
          f"{told['stolen_seconds']:.2f} s stolen by the hypervisor")
    print(f"frames of {told['frame_bytes']} bytes, {told['flows']} flows, "
          f"{told['rounds']} rounds of {told['seconds_a_round']:g} s")


def print_variants(results):
    def times(value):
        return f"{value['median']:.2f}" if value else "-"

    def range_of(value):
        return f"{value['min']:.2f}-{value['max']:.2f}" if value else "-"

    print(f"\n{'variant':<16} {'Mpps a core':>11} {'min':>7} {'max':>7} {'ns/packet':>9} "
          f"{'of bare':>8} {'min-max':>10} {'x kernel':>9} {'loss':>8} {'wrong':>6}")
    for name, row in sorted(results.items(), key=lambda r: -r[1]["packets_per_core_second"]["median"]):
        rate = row["packets_per_core_second"]
        print(f"{name:<16} {rate['median'] / 1e6:>11.3f} {rate['min'] / 1e6:>7.3f} "
              f"{rate['max'] / 1e6:>7.3f} {row['ns_per_packet']['median']:>9.0f} "
              f"{times(row['of_bare']):>8} {range_of(row['of_bare']):>10} {times(row['times_kernel']):>9} "
              f"{row['loss']:>8.2%} {row['wrong'] + row['sampled_wrong']:>6}")


def print_notes(results):
    for name, note in NOTES.items():
        if name in results:
            print(f"note: {note}")


def print_aims(results):
    ours = results.get("xdpmirror", {})
    for key, aim, what in (("of_bare", AIM_OF_BARE, "of the bare redirect"),
                           ("times_kernel", AIM_OF_KERNEL, "times the kernel path")):
        if ours.get(key):
            reached = ours[key]["median"]
            verdict = "reached" if reached >= aim else "NOT reached"
            print(f"aim {aim:g} {what}: {verdict} ({reached:.2f}, "
                  f"rounds {ours[key]['min']:.2f} to {ours[key]['max']:.2f})")


def report_variants(records, options):
    by_name = {name: [r for r in records if r["variant"] == name]
               for name in dict.fromkeys(record["variant"] for record in records)}
    faults = [fault for name, rows in by_name.items()
              for fault in faults_of(name, rows, options.flows)]
    counted = [r for r in records if r["packets"]]
    results = {name: summary(counted, name) for name in dict.fromkeys(r["variant"] for r in counted)}
    print_variants(results)
    print_notes(results)
    print_aims(results)
    return {"variants": results, "faults": faults}


def report_stages(records, _options):
    names = list(dict.fromkeys(record["stage"] for record in records))
    rounds = {name: [r["ns"] for r in records if r["stage"] == name] for name in names}
    base = rounds[names[0]]
    results = {}
    print(f"\n{'leaves at':<20} {'ns/packet':>9} {'min':>7} {'max':>7} {'step':>7}")
    last = 0.0
    for name in names:
        own = spread([ns - harness for ns, harness in zip(rounds[name], base)])
        if name == names[0]:
            own = spread(base)
            print(f"{'(' + name + ')':<20} {own['median']:>9.1f} {own['min']:>7.1f} "
                  f"{own['max']:>7.1f}")
        else:
            print(f"{name:<20} {own['median']:>9.1f} {own['min']:>7.1f} {own['max']:>7.1f} "
                  f"{own['median'] - last:>+7.1f}")
            last = own["median"]
        results[name] = own
    print("the harness is taken out of the other lines; driver cost is not in any of them")
    return {"stages": results, "faults": []}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("variants", "stages"))
    parser.add_argument("--records", required=True)
    parser.add_argument("--programs", required=True)
    parser.add_argument("--flows", type=int, required=True)
    parser.add_argument("--payload", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--cpu", type=int, required=True)
    parser.add_argument("--json")
    options = parser.parse_args()

    with open(options.records, encoding="ascii") as lines:
        records = [json.loads(line) for line in lines]
    told = conditions(options, records)
    print_conditions(told)
    made = report_variants if options.kind == "variants" else report_stages
    results = made(records, options)
    if options.json:
        with open(options.json, "w", encoding="ascii") as out:
            json.dump({"conditions": told, **results, "records": records}, out, indent=2)
            out.write("\n")
    sys.stdout.flush()
    for fault in results["faults"]:
        print(f"WRONG: {fault}", file=sys.stderr)
    return 1 if results["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
