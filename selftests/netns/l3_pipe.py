#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A tunnel without Ethernet: l3_pipe.py DEVICE NAMESPACE DEVICE

Makes a tun device in the namespace it is started in and one in /run/netns/NAMESPACE, and carries packets
from each to the other until it is ended.
"""
import ctypes
import fcntl
import os
import select
import struct
import sys

TUNSETIFF, IFF_TUN, IFF_NO_PI, CLONE_NEWNET = 0x400454CA, 0x0001, 0x1000, 0x40000000
LONGEST = 65536


def tun(name):
    """The descriptor of a new device in the current namespace."""
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return device


def enter(namespace):
    """This process goes to another network namespace."""
    with open(f"/run/netns/{namespace}", encoding="ascii") as there:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(there.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def main():
    """Opens both ends, then copies."""
    near = tun(sys.argv[1])
    enter(sys.argv[2])
    far = tun(sys.argv[3])
    other = {near: far, far: near}
    while True:
        for ready in select.select([near, far], [], [])[0]:
            packet = os.read(ready, LONGEST)
            try:
                os.write(other[ready], packet)
            except OSError:  # the far device is down: a tunnel loses such packets
                pass


main()
