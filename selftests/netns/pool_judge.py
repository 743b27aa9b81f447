#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Which collector docs/balance.md gives each exporter: pool_judge.py EXPORTERS ADDRESS[*WEIGHT][!]...

EXPORTERS is how many of 192.168.N.1 there are, N from 1, or of fd00:192:168:N::1 for IPv6; '!' says that a
collector is not usable. Prints "EXPORTER COLLECTOR" lines. By the implementation that was written from that
page alone."""
import ipaddress
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../unit/pools"))
import reference  # noqa: E402 pylint: disable=wrong-import-position

SLOTS = 65537
NAMES = {4: "192.168.%d.1", 6: "fd00:192:168:%d::1"}  # as in lab.sh


def member(text):
    address, _, weight = text.rstrip("!").partition("*")
    return reference.Member(ipaddress.ip_address(address), 0, int(weight or 1), not text.endswith("!"))


def collectors_of(exporters, texts):
    """The address of the collector of each exporter, in a pool of what `texts` say."""
    members = sorted((member(text) for text in texts), key=reference.Member.identity)
    _, table = reference.tables(members, SLOTS)
    for exporter in exporters:
        slot = reference.point(reference.hashed(reference.address_words(exporter)), SLOTS)
        yield members[table[slot]].address


def main():
    version = ipaddress.ip_address(member(sys.argv[2]).address).version
    exporters = [ipaddress.ip_address(NAMES[version] % number) for number in range(1, int(sys.argv[1]) + 1)]
    for exporter, collector in zip(exporters, collectors_of(exporters, sys.argv[2:])):
        print(exporter, collector)


if __name__ == "__main__":
    main()
