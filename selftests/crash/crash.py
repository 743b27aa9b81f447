# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Kills the loader at its system calls and judges what is left, see test_crash.sh, which has made the machine.

usage: crash.py [--every N] [--points N] [--at WORDS] [--seed N] [--operations NAME,...] [--json FILE]

--points N: at so many calls that change something, those that commit among them. --every N: at all of them, and at
every Nth of all calls, so that --every 1 is at each. Between two that change something it makes no difference where.
--at WORDS: at those alone whose description has these words, as in "rename /sys/fs/bpf".
"""

import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from machine import Inventory  # noqa: E402
from probe import Probe  # noqa: E402

FILES = pathlib.Path(os.environ["SANDBOX_FILES"])
BINARIES = {"this": os.environ["XDPMIRROR"], "other": os.environ.get("XM_OTHER_VERSION", "")}
EACH = 4
# What one datagram to each port becomes, by profile.
PORTS = {"redirect": {31756: [8081]}, "handover": {31756: [8082], 31757: [8083]}, "copies": {31756: [8084, 8085, 8086]}}
COLLECTOR = "100.76.10.11"
# Calls that decide; in a short run those around them are all taken.
COMMITS = ("link update", "link detach", "pin /sys/fs/bpf/xdpmirror/ingress/link", "unlink /sys/fs/bpf/xdpmirror/ingress/link")


class Broken(Exception):
    """What is not as it must be."""


def must(holds, what):
    if not holds:
        raise Broken(what)


class State:
    """What is attached; nothing: without a profile."""

    def __init__(self, profile=None, version="this"):
        self.profile, self.version = profile, version

    def __eq__(self, other):
        return (self.profile, self.profile and self.version) == (other.profile, other.profile and other.version)


NOTHING = State()


class Operation:
    def __init__(self, name, before, words, after, ways_back):
        self.name, self.before, self.words, self.after, self.ways_back = name, before, words, after, ways_back
        self.version = after.version


def attaching(profile):
    return Operation(f"attach-{profile}", NOTHING, ["attach", "ingress", "--profile", file_of(profile)], State(profile),
                     ["again", "detach", "reload"])


def reloading(before, after):
    return Operation(f"reload-{before}-{after}", State(before), ["reload", "ingress", "--profile", file_of(after)],
                     State(after), ["again", "back", "detach", "upgrade"])


def upgrading(before, after):
    return Operation(f"upgrade-{before}-{after}", State("handover", before), ["upgrade", "ingress"],
                     State("handover", after), ["again", "back", "detach"])


def detaching(profile):
    return Operation(f"detach-{profile}", State(profile), ["detach", "ingress"], NOTHING, ["again", "attach", "reload"])


def file_of(profile):
    return str(FILES / f"{profile}.yaml")


OPERATIONS = [attaching("redirect"), attaching("handover"), attaching("copies"), reloading("redirect", "handover"),
              reloading("handover", "copies"), reloading("copies", "redirect"), upgrading("this", "other"),
              upgrading("other", "this"), detaching("redirect"), detaching("handover"), detaching("copies")]


def run(version, words, at=0, of_all=False):
    """Its exit status (None: killed), its standard error, and the report of xm_kill_at."""
    report = FILES / "report"
    command = [os.environ["XM_KILL_AT"], "--hide-xdp-features", "--report", str(report)]
    command += ["--all"] * of_all + [str(at), BINARIES[version], *words]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          check=False)
    must(done.returncode in (0, 3), f"xm_kill_at: {done.stderr}")
    told = json.loads(report.read_text())
    return (None if done.returncode == 3 else told["status"]), done.stderr, told


def ask(version, *words):
    """JSON, or None where it refuses, in one line."""
    done = subprocess.run([BINARIES[version], *words, "--json"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False)
    if done.returncode == 0:
        return json.loads(done.stdout)
    refused_well(done.returncode, done.stderr, " ".join(words))
    return None


def refused_well(status, error, what):
    must(status == 1 and error.startswith("xdpmirror: ") and error.count("\n") == 1,
         f"{what}: exit status {status}, and says {error!r}")


def difference(got, wanted):
    parts = [f"+ {line}" for line in got - wanted] + [f"- {line}" for line in wanted - got]
    return "; ".join(parts)


class Machine:
    """What is attached now, as far as the test knows, and what was sent since it was."""

    def __init__(self, probe):
        self.probe = probe
        self.now = NOTHING
        self.sent = {}
        self.seen = {}  # inventories of undisturbed runs

    def do(self, version, *words, of_all=False):
        status, error, told = run(version, words, of_all=of_all)
        must(status == 0, f"{' '.join(words)}: exit status {status}: {error.strip()}")
        if words[0] == "attach":
            self.sent = {}
        return told

    def bring(self, wanted):
        """Undisturbed."""
        if self.now == wanted:
            return
        if wanted == NOTHING:
            self.do(self.now.version, "detach", "ingress")
        elif self.now == NOTHING:
            self.do(wanted.version, "attach", "ingress", "--profile", file_of(wanted.profile))
        else:
            self.do(wanted.version, "reload", "ingress", "--profile", file_of(wanted.profile))
        self.now = wanted

    def prepare(self, operation):
        """Upgrades keep former books from the second on."""
        versions = {operation.before.version, operation.after.version}
        if self.now == NOTHING and len(versions) == 2:
            for version in ("this", "other", "this"):
                self.bring(State(operation.before.profile, version))
        self.bring(operation.before)

    def learn(self, operation):
        """Its calls, and what is to be found before and after it."""
        self.prepare(operation)
        for _ in range(2):
            before = Inventory()
            told = self.do(operation.version, *operation.words, of_all=True)
            self.now = operation.after
            after = Inventory()
            self.bring(operation.before)
        back, was = Inventory().everything(), before.everything()
        must(back == was, f"undisturbed, it does not come back to what was: {difference(back, was)}")
        self.seen = {"before": before, "after": after}
        return told

    def send(self, profile):
        """By this profile's rules, to the last packet."""
        ports = PORTS[profile]
        wanted = {f"{COLLECTOR}:{port}": EACH for outs in ports.values() for port in outs}
        got = self.probe.send(ports, EACH, sum(wanted.values()))
        for port in ports:
            self.sent[port] = self.sent.get(port, 0) + EACH
        must(got == wanted, f"packets of {profile} come out at {got}")

    def count(self, version):
        """No counter is lost, and every packet has one."""
        books = ask(version, "drops", "ingress")
        must(books is not None, "drops refuses")
        received = books["received"]["packets"]
        must(received == sum(self.sent.values()), f"received {received} of {sum(self.sent.values())}")
        dropped = sum(drop["packets"] for drop in books["drops"])
        must(received + books["copied"]["packets"] == books["delivered"]["packets"] + dropped, "the books do not add up")
        rules = {rule["name"]: rule["packets"] for rule in ask(version, "rules", "ingress")["rules"]}
        must(rules["flows"] == self.sent.get(31756, 0), f"rule flows {rules['flows']} of {self.sent}")


def which_runs(operation):
    """"before" or "after" as loader and kernel say it, and the version that can say it."""
    inventory = Inventory()
    answers = {version: ask(version, "status", "ingress")
               for version in {operation.before.version, operation.after.version}}
    if not inventory.links["ingress"][1]:
        must(NOTHING in (operation.before, operation.after), "nothing runs")
        must(not any(answers.values()) or NOTHING in (operation.before, operation.after), "status does not know it")
        return ("before" if operation.before == NOTHING else "after"), inventory
    answers = {version: answer for version, answer in answers.items() if answer}
    must(len(answers) == 1, f"something runs, and status knows it by {list(answers)}")
    version, answer = answers.popitem()
    running = State(pathlib.Path(answer["profile"]).stem, version)
    must(running in (operation.before, operation.after), f"{running.profile} of {running.version} runs")
    return ("before" if running == operation.before else "after"), inventory


def is_whole(inventory, reference):
    """Whatever the configuration that runs needs is there; a former layout's books are not needed by packets."""
    needed = {line: count for line, count in reference.lines.items() if "/former_" not in line}
    missing = [line for line, count in needed.items() if inventory.lines[line] < count]
    must(not missing, f"runs without {'; '.join(missing)}")


class Point:
    """One death, and what comes after it."""

    def __init__(self, machine, operation, number, only_changes):
        self.machine, self.operation, self.number = machine, operation, number
        self.only_changes = only_changes
        self.killed_at = ""

    def die(self):
        """Whether it did, and did not come to its end before."""
        self.machine.prepare(self.operation)
        status, error, told = run(self.operation.version, self.operation.words, self.number, not self.only_changes)
        self.killed_at = told["killed_at"]
        if status is None:
            return True
        must(status == 0, f"not killed, and ends with {status}: {error.strip()}")
        self.machine.now = self.operation.after
        return False

    def judge(self, with_packets):
        """What the dead has left: a whole configuration or nothing."""
        operation, machine = self.operation, self.machine
        self.runs, inventory = which_runs(operation)
        self.state = getattr(operation, self.runs)
        machine.now = self.state
        if self.state == NOTHING:
            return
        is_whole(inventory, machine.seen[self.runs])
        if self.runs == "after" and operation.before == NOTHING:
            machine.sent = {}
        if with_packets:
            machine.send(self.state.profile)
            machine.count(self.state.version)

    def recover(self, way, with_packets):
        """By the next command, whichever it is, and then by the one that was killed."""
        getattr(self, way)()
        operation, machine = self.operation, self.machine
        if machine.now != operation.after:
            machine.prepare(operation)
            self.is_as("before")
            machine.do(operation.version, *operation.words)
            machine.now = operation.after
        self.is_as("after")
        if operation.after == NOTHING:
            return
        if with_packets:
            machine.send(operation.after.profile)
        machine.count(operation.after.version)

    def is_as(self, when):
        got = Inventory().everything()
        wanted = self.machine.seen[when].everything()
        must(got == wanted, f"not as undisturbed {when}: {difference(got, wanted)}")

    def again(self):
        operation = self.operation
        self.perhaps(operation.version, operation.words, operation.after)

    def back(self):
        before = self.operation.before
        self.machine.do(before.version, "reload", "ingress", "--profile", file_of(before.profile))
        self.machine.now = before
        self.is_as("before")

    def upgrade(self):
        self.machine.do(self.state.version, "upgrade", "ingress")
        self.is_as(self.runs)

    def detach(self):
        self.perhaps("this", ["detach", "ingress"], NOTHING)
        got = Inventory()
        left = [line for line in got.everything() if line.startswith(("pin ", "directory ", "name ", "filter ", "qdisc ", "xdp "))
                or '"protocol": "120"' in line]
        must(not left, f"detached, and still there: {'; '.join(left)}")

    def attach(self):
        self.perhaps("this", ["attach", "ingress", "--profile", file_of(self.operation.before.profile)],
                     self.operation.before)
        self.is_as("before")

    def reload(self):
        profile = (self.operation.after if self.operation.before == NOTHING else self.operation.before).profile
        status, error, _ = run("this", ["reload", "ingress", "--profile", file_of(profile)])
        if self.machine.now == NOTHING:
            refused_well(status, error, "reload")
            self.again()
        else:
            must(status == 0, f"reload: exit status {status}: {error.strip()}")
            self.is_as("before" if self.operation.after == NOTHING else "after")

    def perhaps(self, version, words, wanted):
        """It may be so already; then it says so."""
        status, error, _ = run(version, words)
        if status != 0:
            refused_well(status, error, words[0])
            must(self.machine.now == wanted and ("already attached" in error or "nothing is attached" in error),
                 f"{words[0]}: {error.strip()}")
        elif words[0] == "attach":
            self.machine.sent = {}
        self.machine.now = wanted


class Judge:
    def __init__(self, options):
        self.options = options
        self.dice = random.Random(options.seed)
        self.machine = Machine(Probe(os.environ["NODE_MAC"], [(COLLECTOR, port) for outs in PORTS.values()
                                                              for some in outs.values() for port in some]))
        self.failures = []

    def points(self, told):
        """Numbers, and whether they count only the calls that change something."""
        changes, dice = told["changes"], self.dice
        numbers = range(1, len(changes) + 1)
        if self.options.at:
            yield from ((number, True) for number in numbers if self.options.at in changes[number - 1])
            return
        if self.options.every:
            yield from ((number, True) for number in numbers)
            yield from ((number, False) for number in range(dice.randint(1, self.options.every), told["calls"] + 1,
                                                            self.options.every))
            return
        commits = {number for number in numbers if changes[number - 1] in COMMITS}
        chosen = {number + near for number in commits for near in (0, 1)}
        others = [number for number in numbers if number not in chosen]
        chosen.update(dice.sample(others, min(len(others), max(0, self.options.points - len(chosen)))))
        yield from ((number, True) for number in sorted(chosen))

    def operation(self, operation):
        begun = time.monotonic()
        try:
            told = self.machine.learn(operation)
        except Broken as broken:
            self.failed(operation, Point(self.machine, operation, 0, True), "", str(broken))
            sys.exit(1)
        points = changing = failed = turn = 0
        for number, only_changes in self.points(told):
            point = Point(self.machine, operation, number, only_changes)
            way = operation.ways_back[turn % len(operation.ways_back)]
            turn += 1
            try:
                if not point.die():
                    continue
                points += 1
                changing += only_changes
                point.judge(only_changes)
                point.recover(way, only_changes)
            except Broken as broken:
                failed += 1
                self.failed(operation, point, way, str(broken))
                if not self.start_anew(operation):
                    break
        return {"operation": operation.name, "calls": told["calls"], "changes": len(told["changes"]), "points": points,
                "at_changes": changing, "failed": failed, "seconds": round(time.monotonic() - begun)}

    def failed(self, operation, point, way, what):
        self.failures.append({"operation": operation.name, "call": point.number, "killed_at": point.killed_at, "way": way,
                              "what": what})
        print(f"  FAIL {operation.name} killed at {point.number} ({point.killed_at}), then {way}: {what}", flush=True)

    def start_anew(self, operation):
        """So that one failure is not found twice."""
        try:
            run("this", ["detach", "ingress"])
            subprocess.run(["tc", "qdisc", "del", "dev", "ingress", "clsact"], stderr=subprocess.DEVNULL, check=False)
            self.machine.now = NOTHING
            self.machine.prepare(operation)
            got, wanted = Inventory().everything(), self.machine.seen["before"].everything()
            must(got == wanted, f"detached and prepared again, and still not as before: {difference(got, wanted)}")
        except Broken as broken:
            print(f"  FAIL {operation.name}: cannot go on: {broken}", flush=True)
            return False
        return True


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--every", type=int)
    parser.add_argument("--at", default="")
    parser.add_argument("--points", type=int, default=12)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--operations", default="")
    parser.add_argument("--json")
    options = parser.parse_args()
    wanted = options.operations.split(",") if options.operations else [one.name for one in OPERATIONS]
    unknown = set(wanted) - {one.name for one in OPERATIONS}
    if unknown:
        sys.exit(f"crash.py: no operation {', '.join(unknown)}; there are {', '.join(one.name for one in OPERATIONS)}")
    judge = Judge(options)
    print(f"seed {options.seed}")
    rows = []
    for operation in OPERATIONS:
        if operation.name not in wanted:
            continue
        if "other" in (operation.before.version, operation.after.version) and not BINARIES["other"]:
            print(f"  left out: {operation.name}, for want of XM_OTHER_VERSION")
            continue
        row = judge.operation(operation)
        rows.append(row)
        print(f"  {'FAIL' if row['failed'] else 'ok  '} {operation.name}: killed at {row['points']} of {row['calls']} calls, "
              f"{row['at_changes']} of {row['changes']} that change something, {row['failed']} failures, "
              f"{row['seconds']} s", flush=True)
    judge.machine.bring(NOTHING)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"seed": options.seed, "operations": rows,
                                                          "failures": judge.failures}, indent=2))
    sys.exit(1 if judge.failures or not rows else 0)


if __name__ == "__main__":
    main()
