# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Everything that xdpmirror leaves on a machine, as a set of lines: what is pinned (and what the pins are), XDP of
every interface, qdiscs, tc filters, routing rules, files. Numbers that differ from run to run are left out. Nothing of
ours outlives its process that is not held by one of these, so that a leak of any kind is a line too many.
"""

import collections
import ctypes
import json
import os
import pathlib
import platform
import re
import subprocess

STATE = pathlib.Path("/sys/fs/bpf/xdpmirror/ingress")
FILES = [pathlib.Path("/run/xdpmirror"), pathlib.Path("/var/lib/xdpmirror")]
KEPT = re.compile(r"\.history/\d+\.(json|pending)$")
_BPF = {"x86_64": 321, "aarch64": 280}[platform.machine()]
_OBJ_GET = 7
_libc = ctypes.CDLL(None, use_errno=True)


class _ObjGet(ctypes.Structure):
    _fields_ = [("pathname", ctypes.c_uint64), ("fd", ctypes.c_uint32), ("flags", ctypes.c_uint32)]


def pinned(path):
    """What the kernel says of a pin, by name: kind (map, prog, link), and what it tells of that."""
    text = ctypes.create_string_buffer(str(path).encode())
    attr = _ObjGet(ctypes.cast(text, ctypes.c_void_p).value, 0, 0)
    fd = _libc.syscall(_BPF, _OBJ_GET, ctypes.byref(attr), ctypes.sizeof(attr))
    if fd < 0:
        return {"kind": "unreadable"}
    try:
        kind = re.split("[-_:]", os.readlink(f"/proc/self/fd/{fd}").rstrip("]"))[-1]
        told = dict(re.findall(r"^(\w+):\s*(.*)$", pathlib.Path(f"/proc/self/fdinfo/{fd}").read_text(), re.MULTILINE))
        return {"kind": kind, **told}
    finally:
        os.close(fd)


def shown(*command):
    """What ip or tc prints as JSON."""
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(text or "[]")


def interfaces():
    """Name, index and XDP program of each interface."""
    return {link["ifname"]: (link["ifindex"], link.get("xdp", {}).get("prog", {}).get("id"))
            for link in shown("ip", "-j", "-d", "link", "show")}


class Inventory:
    """running: the directory of the configuration whose program is on the ingress, None: no program is there."""

    def __init__(self):
        self.links = interfaces()
        # what works, and what is there for people
        self.lines, self.names = collections.Counter(), collections.Counter()
        self.programs = {}  # what the id of a program stands for
        self.running = None
        runs = self.links["ingress"][1]
        pins = {path: pinned(path) for path in self._files(STATE.parent) if path.is_file() and not path.is_symlink()}
        for path, told in pins.items():
            if runs and path.name == "program" and told.get("prog_id") == str(runs):
                self.running = path.parent.name
        for path, told in pins.items():
            if told["kind"] == "prog":
                self.programs[told["prog_id"]] = self._name(path)
        for path in self._files(STATE.parent):
            self._add_pin(path, pins.get(path))
        self._add_hooks(runs)
        for root in FILES:
            # every change is kept there, up to a limit; what was about to be is settled by the next attach or reload
            self.names.update(f"file {path}" for path in self._files(root) if not KEPT.search(str(path)))

    @staticmethod
    def _files(root):
        return sorted(root.rglob("*")) if root.is_dir() else []

    def _name(self, path):
        def which(found):
            return "config_NOW" if found[0] == self.running else "config_OTHER"
        return re.sub(r"config_\d+", which, str(path.relative_to(STATE.parent)))

    def _add_pin(self, path, told):
        if path.is_symlink():
            self.names[f"name {self._name(path)} -> {self._name(path.parent / os.readlink(path))}"] += 1
        elif told is None:
            self.lines[f"directory {self._name(path)}"] += 1
        else:
            more = ""
            if told["kind"] == "link" and told.get("link_type") == "xdp":
                on = [name for name, (index, _) in self.links.items() if str(index) == told.get("ifindex")]
                more = f" on {' '.join(on)} runs {self.programs.get(told['prog_id'], 'its own')}"
            self.lines[f"pin {self._name(path)} {told['kind']}{more}"] += 1

    def _add_hooks(self, runs):
        for name, (_, program) in self.links.items():
            if program:
                self.lines[f"xdp {name} {self.programs.get(str(program), 'a program without a pin')}"] += 1
        if runs and self.running is None:
            self.lines["the program of the ingress is that of no configuration"] += 1
        for qdisc in shown("tc", "-j", "qdisc", "show"):
            if qdisc["kind"] == "clsact":
                self.lines[f"qdisc {qdisc['dev']} clsact"] += 1
                self._add_filters(qdisc["dev"])
        for family in ("-4", "-6"):
            for rule in shown("ip", family, "-j", "rule", "show"):
                self.lines[f"rule {family} {json.dumps(rule, sort_keys=True)}"] += 1

    def _add_filters(self, device):
        for way in ("ingress", "egress"):
            for one in shown("tc", "-j", "filter", "show", "dev", device, way):
                if "options" in one:
                    program = one["options"].get("prog", {}).get("id")
                    self.lines[f"filter {device} {way} {self.programs.get(str(program), 'a program without a pin')}"] += 1

    def everything(self):
        """For comparing with a run that nobody has disturbed."""
        return self.lines + self.names
