# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""One packet and more for every reason that explain can reach, for everything.yaml and
udp_only.yaml.

The words beside each packet were written from docs/packets.md, without asking the model: "sent",
"drop REASON" or "pass REASON". Order matters for fragments alone.
"""
from typing import NamedTuple

from scapy.layers.inet import ICMP, TCP
from scapy.layers.inet6 import ICMPv6EchoRequest

import catalog_inner
import catalog_outer
import catalog_sent
from packets import (GENEVE_PORT, VXLAN_PORT, counting, foreign, from4, from6, mirror_in_gwlb, udp,
                     vxlan)


class Case(NamedTuple):
    """What must become of a frame, and what is special about it."""

    words: str
    why: str
    frame: bytes


def cases():
    """For everything.yaml."""
    return [Case(words, why, bytes(frame))
            for part in (catalog_outer, catalog_inner, catalog_sent)
            for table in part.TABLES for words, why, frame in table()]


def udp_only_cases():
    """For udp_only.yaml."""
    def mirror(inside):
        return vxlan(inside, port=4790)
    table = [
        ("sent", "the port of the profile", mirror(from4() / udp())),
        ("pass not_ours", "VXLAN's own port is not ours here", vxlan(from4() / udp())),
        ("pass not_ours", "no Geneve source", mirror_in_gwlb(from4() / udp())),
        ("drop inner_not_udp", "TCP", mirror(from4() / TCP(dport=22))),
        ("drop inner_not_udp", "ICMP", mirror(from4() / ICMP())),
        ("drop inner_not_udp", "ICMPv6", mirror(from6() / ICMPv6EchoRequest())),
        ("drop inner_not_udp", "a later fragment of ICMP",
         mirror(from4(frag=4, proto=1) / counting(16))),
        ("drop inner_truncated", "truncated comes first",
         mirror(foreign() / from4(len=900) / TCP(dport=22))),
        ("drop nested_tunnel", "to our VXLAN port", mirror(from4() / udp(4790))),
        ("drop no_rule", "the Geneve port is nobody's", mirror(from4() / udp(GENEVE_PORT))),
        ("drop no_rule", "nor is the usual VXLAN port", mirror(from4() / udp(VXLAN_PORT))),
        ("drop family_mismatch", "a rule without prefixes", mirror(from6() / udp())),
    ]
    return [Case(words, why, bytes(frame)) for words, why, frame in table]
