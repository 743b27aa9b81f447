# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Ways out, as explain finds them: from the interfaces and neighbours of this network namespace."""
import json
import re
import subprocess
from typing import NamedTuple

NO_MAC = "00:00:00:00:00:00"
ANY_MTU = 65535
MAC = re.compile(r"([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}")


class Way(NamedTuple):
    """Where the packets of a pool leave, and how large they may be."""

    mtu: int
    source_mac: str
    destination_mac: str
    fragment: bool


def find_ways(profile):
    """A Way for each pool. An interface that is not here has no MAC, and takes everything."""
    return {pool: _way(profile.egress[name], str(profile.collectors[pool]))
            for pool, name in profile.via.items()}


def _way(egress, collector):
    links = _ask("link", "show", "dev", egress.interface)
    here = bool(links) and links[0].get("link_type") == "ether"
    if MAC.fullmatch(egress.next_hop):
        next_hop = egress.next_hop
    else:
        next_hop = _neighbour(egress, collector) if here else NO_MAC
    return Way(links[0]["mtu"] if here else ANY_MTU, links[0]["address"] if here else NO_MAC,
               next_hop, egress.fragment)


def _neighbour(egress, collector):
    address = egress.next_hop
    if address == "auto":
        routes = _ask("route", "get", collector, "oif", egress.interface)
        address = (routes[0].get("gateway") if routes else None) or collector
    known = _ask("neighbour", "show", "to", address, "dev", egress.interface)
    return known[0].get("lladdr", NO_MAC) if known else NO_MAC


def _ask(*words):
    answer = subprocess.run(["ip", "-j", *words], capture_output=True, text=True, check=False)
    return json.loads(answer.stdout or "[]") if answer.returncode == 0 else []
