# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The guest as a node with xdpmirror, whose path is the first argument."""
import json
import subprocess
import sys

from tunnel_kinds import ip

XDPMIRROR = sys.argv[1]
PATH = {"near4": "198.51.100.1", "far4": "198.51.100.2", "near6": "2001:db8:2::1", "far6": "2001:db8:2::2",
        "near_device": "out0", "far_device": "dst0"}
# what policies see: the kernel's routing, for packets with the mark
BY_MARK = {4: ["route add 100.76.10.11/32 via 198.51.100.2 dev out0 table 100"],
           6: ["route add fd00:100:76::11/128 via 2001:db8:2::2 dev out0 table 100"]}
MARK_RULE = "rule add fwmark 0x77 lookup 100"


def output(*command, namespace=None, **options):
    """What a command prints; its failure ends the test."""
    enter = ["nsenter", f"--net=/run/netns/{namespace}"] if namespace else []
    return subprocess.run([*enter, *command], text=True, stdout=subprocess.PIPE, check=True, **options).stdout


class Books:
    """Everything that xdpmirror says of an interface at one moment."""

    def __init__(self, interface, namespace=None):
        self.said = json.loads(output(XDPMIRROR, "status", interface, "--json", namespace=namespace))
        self.received, self.delivered = (self.said[key]["packets"] for key in ("received", "delivered"))
        self.drops = {drop["reason"]: drop["packets"] for drop in self.said["drops"]}
        self.notes = {note["note"]: note["packets"] for note in self.said["notes"]}
        self.way = "{path}/{interface}".format(**self.said["egress"][0])

    def add_up(self):
        """Conservation."""
        return self.received == self.delivered + sum(self.drops.values())


def setting(name, value):
    """In /proc/sys/net."""
    with open(f"/proc/sys/net/{name}", "w", encoding="ascii") as file:
        file.write(str(value))


def node():
    """An answer to the mirrored hosts would find its way; larger frames than a tunnel takes come in."""
    ip(["link set in0 mtu 2000", "route add 192.168.0.0/16 via 192.0.2.2", "route add fd00:192:168::/48 via 2001:db8:1::2",
        "neighbour replace 192.0.2.2 lladdr 52:54:00:78:6d:01 dev in0 nud permanent",
        "neighbour replace 2001:db8:1::2 lladdr 52:54:00:78:6d:01 dev in0 nud permanent"])
    ip(["link set src0 mtu 2000"], "lab-src")
    for family in ("ipv4", "ipv6"):
        setting(f"{family}/conf/all/forwarding", 1)
        setting(f"{family}/fwmark_reflect", 1)
    for scope in ("all", "in0"):
        setting(f"ipv4/conf/{scope}/rp_filter", 0)
