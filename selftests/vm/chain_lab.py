# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What both chains are made of: links, the mirror, xdpmirror as a service, and facts that hold or not."""
import os
import socket
import subprocess
import time

from tunnel_kinds import ip
from tunnel_node import XDPMIRROR, Books, output

PATIENCE = 120  # seconds, for what must come; to load a data plane is work for an emulated CPU
OWN = 1  # a process in the guest's own namespace
EXPORTERS_GATEWAY = "02:aa:00:00:00:02"  # a host that never sees its frames: the mirror's port has another MAC


class Facts:
    """One line for each."""

    def __init__(self):
        self.failures = 0

    def expect(self, what, wanted, have):
        """Equal, or the test has failed."""
        self.failures += wanted != have
        print(f"{time.clock_gettime(time.CLOCK_BOOTTIME):6.1f} {'ok' if wanted == have else 'FAILED'} {what}"
              + ("" if wanted == have else f": wanted {wanted!r}, have {have!r}"), flush=True)


def until(is_so, what):
    """Waits for it; a guest runs at any speed."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            raise RuntimeError(f"gave up waiting for {what}")
        time.sleep(0.05)


def namespaces(*names):
    """New ones, with their loopback."""
    ip([f"netns add {name}" for name in names])
    for name in names:
        ip(["link set lo up"], name)


def link(*ends, mtu=1900):
    """A veth pair between two (namespace, device)."""
    (here, device), (there, peer) = ends
    ip([f"link add {device} netns {here or OWN} mtu {mtu} type veth peer name {peer} netns {there or OWN} mtu {mtu}"])
    for namespace, name in ends:
        ip([f"link set {name} up"], namespace)


def mirror_session(port, local, remote):
    """In lab-src, all IPv4 that comes in by `port` is copied to the target, as AWS does it; the mirror says
    nothing of its own."""
    ip([f"link add vx0 mtu 1900 type vxlan id 4242 local {local} remote {remote} dstport 4789 dev src0",
        "link set vx0 addrgenmode none", "link set vx0 up"], "lab-src")
    output("tc", "-n", "lab-src", "qdisc", "add", "dev", port, "clsact")
    output("tc", "-n", "lab-src", "filter", "add", "dev", port, "ingress", "protocol", "ip", "matchall",
           "action", "mirred", "egress", "mirror", "dev", "vx0")


def complete_books(interface, received, namespace=None):
    """As soon as so many packets are in them."""
    read = []
    until(lambda: read.append(Books(interface, namespace)) or read[-1].received >= received, "the books")
    return read[-1]


class Service:
    """`xdpmirror run`, told to be ready as systemd is."""

    def __init__(self, interface, profile, namespace=None, **environment):
        self.journal = f"/run/{interface}.journal"
        enter = ["nsenter", f"--net=/run/netns/{namespace}"] if namespace else []
        ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        ready.bind(f"/run/{interface}.notify")
        ready.settimeout(PATIENCE)
        with open(self.journal, "w", encoding="ascii") as journal:
            self.process = subprocess.Popen(
                [*enter, XDPMIRROR, "run", interface, "--profile", profile], stderr=journal,
                env={**os.environ, **environment, "INVOCATION_ID": "1", "NOTIFY_SOCKET": f"/run/{interface}.notify"})
        try:
            while b"READY=1" not in ready.recv(4096):
                pass
        except TimeoutError as error:
            raise RuntimeError(f"the daemon is not ready: {self.said()}") from error

    def said(self):
        """Its journal."""
        with open(self.journal, encoding="utf-8") as journal:
            return journal.read()

    def moved(self, before, after):
        """Waits for the line that says so; returns the reason, of which a way back has none."""
        line = f"moves from '{before}' to '{after}'"
        until(lambda: line in self.said() and self.said().endswith("\n"), f"'{line}' in {self.said()!r}")
        return self.said().rpartition(line)[2].splitlines()[0].lstrip(": ")

    def stop(self):
        """Its exit status."""
        self.process.terminate()
        return self.process.wait(PATIENCE)
