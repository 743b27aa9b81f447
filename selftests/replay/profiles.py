# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A profile as `xdpmirror config show --json` prints it, and the questions that packets ask it."""
import json
import subprocess
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Optional

from headers import UDP_PROTOCOL
from verdicts import Dropped

PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17, "dccp": 33, "gre": 47, "esp": 50, "ah": 51,
             "icmpv6": 58, "sctp": 132, "udplite": 136, "any": None}


class BadProfile(Exception):
    """The binary refuses the profile; its line says why."""


@dataclass(frozen=True)
class Source:
    """One of `sources`."""

    name: str
    way: str
    port: Optional[int]
    vni: Optional[int]
    senders: list
    to: list
    exporters: Optional[list]
    strict: bool
    truncated: str
    checksum: str
    other: str


@dataclass(frozen=True)
class Rule:
    """One of `rules`. `protocol` None takes all; `ports` None takes every port, and none."""

    name: str
    vni: Optional[int]
    source: object
    destination: object
    protocol: Optional[int]
    ports: Optional[range]
    pool: str
    new_port: Optional[int]

    def takes(self, vni, inner):
        """4.1. A rule with a VNI never takes plain input, whose `vni` is None."""
        return (self.vni in (None, vni)
                and (self.source is None or inner.source in self.source)
                and (self.destination is None or inner.destination in self.destination)
                and self.protocol in (None, inner.protocol)
                and (self.ports is None or inner.port in self.ports))


@dataclass(frozen=True)
class Egress:
    """One of `egress`. A frame larger than `mtu` goes to the kernel if `fragment`."""

    name: str
    interface: str
    next_hop: str
    fragment: bool


@dataclass
class Profile:
    """Everything, in the order of the file; `collectors` and `via` are by pool."""

    sources: list
    rules: list
    collectors: dict
    via: dict
    egress: dict
    vxlan_port: int = 4789
    geneve_port: Optional[int] = None
    ports: set = field(default_factory=set)

    def __post_init__(self):
        for source in self.sources:
            if source.way == "vxlan":
                self.vxlan_port = source.port
            elif source.way == "geneve":
                self.geneve_port = source.port
            if source.port:
                self.ports.add(source.port)
        self.takes_only_udp = all(rule.protocol == UDP_PROTOCOL for rule in self.rules)
        self.tunnel_ports = {self.vxlan_port, self.geneve_port}

    def source_of(self, way, vni, sender):
        """2.3 and 2.4."""
        of_way = [source for source in self.sources if source.way == way]
        with_vni = [source for source in of_way if source.vni == vni]
        if not with_vni:
            with_vni = [source for source in of_way if source.vni is None]
        if not with_vni:
            raise Dropped("vni_unknown", "2.3")
        return self._sender_of(with_vni, sender, "2.4")

    def geneve_source_of(self, sender):
        """Section 2, a Geneve payload that is no mirror."""
        return self._sender_of([s for s in self.sources if s.way == "geneve"], sender, "2, Geneve")

    @staticmethod
    def _sender_of(sources, sender, rule):
        found = longest(sources, sender, lambda source: source.senders)
        if found is None:
            raise Dropped("sender_not_allowed", rule)
        return found

    def plain_source_of(self, sender, destination):
        """Section 5: the destination decides, and the sender must be allowed there."""
        found = longest((source for source in self.sources if source.way == "plain"), destination,
                        lambda source: source.to)
        return found if found and contains(found.senders, sender) else None

    def rule_of(self, vni, inner):
        """4.1, or None."""
        return next((rule for rule in self.rules if rule.takes(vni, inner)), None)


def contains(prefixes, address):
    """True if the address is in one of the prefixes; those of the other family never match."""
    return any(address in prefix for prefix in prefixes)


def longest(sources, address, prefixes_of):
    """The source with the longest prefix that contains the address, the first among equal ones."""
    best, best_length = None, -1
    for source in sources:
        for prefix in prefixes_of(source):
            if address in prefix and prefix.prefixlen > best_length:
                best, best_length = source, prefix.prefixlen
    return best


def load_profile(binary, path):
    """Asks the binary, which resolves variables, `extends` and defaults."""
    shown = subprocess.run([binary, "config", "show", "--json", "--profile", path],
                           capture_output=True, text=True, check=False)
    if shown.returncode != 0:
        raise BadProfile(shown.stderr.strip())
    return profile_of(json.loads(shown.stdout))


def profile_of(tree):
    """A Profile from the JSON of `config show`."""
    pools = tree["pools"]
    return Profile(
        sources=[_source(each) for each in tree["sources"]],
        rules=[_rule(each) for each in tree["rules"]],
        collectors={name: ip_address(pool["collectors"][0]["address"])
                    for name, pool in pools.items()},
        via={name: pool["via"] for name, pool in pools.items()},
        egress={name: _egress(name, each) for name, each in tree["egress"].items()})


def _source(tree):
    way = next(way for way in ("vxlan", "geneve", "plain") if way in tree)
    details = tree[way]
    exporters = tree.get("exporters")
    return Source(
        name=tree["name"], way=way, port=details.get("port"), vni=details.get("vni"),
        senders=_networks(tree.get("from", ["0.0.0.0/0", "::/0"])),
        to=_networks(details.get("to", [])),
        exporters=None if exporters is None else _networks(exporters),
        strict=tree.get("strict", False), truncated=tree.get("truncated", "drop"),
        checksum=tree.get("checksum", "update"), other=details.get("other", "drop"))


def _rule(tree):
    match = tree.get("match", {})
    return Rule(
        name=tree["name"], vni=match.get("vni"), source=_network(match.get("from")),
        destination=_network(match.get("to")), protocol=_protocol(match.get("protocol", "udp")),
        ports=_ports(match.get("port")), pool=tree["send"]["to"], new_port=tree["send"].get("port"))


def _egress(name, tree):
    return Egress(name, tree["interface"], tree.get("next_hop", "auto"),
                  tree.get("oversize", "drop") == "fragment")


def _network(text):
    return None if text is None else ip_network(text)


def _networks(texts):
    return [ip_network(text) for text in ([texts] if isinstance(texts, str) else texts)]


def _protocol(word):
    return word if isinstance(word, int) else PROTOCOLS[word]


def _ports(word):
    if word is None:
        return None
    first, _, last = str(word).partition("-")
    return range(int(first), int(last or first) + 1)
