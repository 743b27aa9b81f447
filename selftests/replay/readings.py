# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Where docs/packets.md and the data plane differ and nobody has decided yet: True is what the data
plane does. To be emptied."""

# 3.11 names what the same datagram is, and not the outer sender; the tables are chosen by it.
FRAGMENTS_BY_SENDER = True

# 4.6, truncated: the UDP length becomes what is left of the IP packet, also where the UDP datagram
# itself ended before the cut.
UDP_LENGTH_IS_ALL_LEFT = True

# 4.7: the kernel forwards no packet with a wrong IPv4 header checksum, so none in fragments either;
# explain shows the fragments all the same.
KERNEL_TAKES_WRONG_HEADERS = True
