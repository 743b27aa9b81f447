#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Somebody else's XDP program of any name, which passes everything: 
hold_xdp.py DEVICE NAME netlink | link [PIN]

By netlink it attaches and returns. By a bpf_link it prints the link's id and holds it until it is ended,
or pins it and returns.
"""
import ctypes
import os
import signal
import socket
import sys

BPF_PROG_TYPE_XDP = 6
BPF_XDP = 37
XDP_FLAGS_DRV_MODE = 4
PASS_AND_EXIT = bytes.fromhex("b700000002000000" "9500000000000000")
LINK_INFO_BYTES = 256

libbpf = ctypes.CDLL("libbpf.so.1", use_errno=True)


def checked(code):
    if code < 0:
        sys.exit(f"hold_xdp.py: {os.strerror(ctypes.get_errno())}")
    return code


def main(device, name, how, pin=None):
    ifindex = socket.if_nametoindex(device)
    program = checked(libbpf.bpf_prog_load(BPF_PROG_TYPE_XDP, name.encode(), b"GPL", PASS_AND_EXIT,
                                           ctypes.c_size_t(len(PASS_AND_EXIT) // 8), None))
    if how == "netlink":
        checked(libbpf.bpf_xdp_attach(ifindex, program, XDP_FLAGS_DRV_MODE, None))
        return
    link = checked(libbpf.bpf_link_create(program, ifindex, BPF_XDP, None))
    info = ctypes.create_string_buffer(LINK_INFO_BYTES)
    checked(libbpf.bpf_obj_get_info_by_fd(link, info, ctypes.byref(ctypes.c_uint32(LINK_INFO_BYTES))))
    print(int.from_bytes(info.raw[4:8], sys.byteorder), flush=True)  # bpf_link_info.id
    if pin is None:
        signal.pause()
    checked(libbpf.bpf_obj_pin(link, pin.encode()))


main(*sys.argv[1:])
