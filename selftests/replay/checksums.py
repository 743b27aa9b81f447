# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Internet checksums: fresh ones by scapy, updated ones by RFC 1624."""
from scapy.utils import checksum as fresh

__all__ = ["fresh", "is_right", "pseudo_header", "update"]


def is_right(data):
    """Data with its checksum in it adds up."""
    return fresh(data) == 0


def pseudo_header(source, destination, protocol, length):
    """RFC 768 and RFC 8200 section 8.1; their sums are the same whatever the order of fields."""
    return (source.packed + destination.packed
            + length.to_bytes(4, "big") + protocol.to_bytes(4, "big"))


def update(checksum, before, after):
    """RFC 1624, equation 3: HC' = ~(~HC + ~m + m') for every 16-bit word."""
    assert len(before) == len(after) and len(before) % 2 == 0
    total = checksum ^ 0xFFFF
    for at in range(0, len(before), 2):
        total += int.from_bytes(before[at:at + 2], "big") ^ 0xFFFF
        total += int.from_bytes(after[at:at + 2], "big")
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF
