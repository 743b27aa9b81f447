#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The first row of a pinned map by bare system calls, with the access that is asked for and no more (bpftool before
7.6 always asks for all). map_row.py read|write|write-read-only PIN: prints the row, or tries to write it back."""
import ctypes
import os
import platform
import struct
import sys

BPF = {"x86_64": 321, "aarch64": 280}[platform.machine()]
LOOKUP, UPDATE, OBJ_GET = 1, 2, 7
READ_ONLY = 1 << 3
ROW_BYTES = 1 << 20  # more than any row has, over all CPUs

libc = ctypes.CDLL(None, use_errno=True)


def call(command: int, attributes: bytes) -> int:
    buffer = ctypes.create_string_buffer(attributes, 128)
    result = libc.syscall(BPF, command, buffer, len(attributes))
    if result < 0:
        code = ctypes.get_errno()
        sys.exit(f"map_row.py: {os.strerror(code)}")
    return result


def main() -> None:
    verb, path = sys.argv[1:3]
    name = ctypes.create_string_buffer(path.encode())
    flags = 0 if verb == "write" else READ_ONLY
    pin = call(OBJ_GET, struct.pack("=QII", ctypes.addressof(name), 0, flags))
    key, row = ctypes.create_string_buffer(4), ctypes.create_string_buffer(ROW_BYTES)
    where = struct.pack("=IIQQQ", pin, 0, ctypes.addressof(key), ctypes.addressof(row), 0)
    call(LOOKUP, where)
    if verb == "read":
        print(row.raw.hex())
    else:
        call(UPDATE, where)


if __name__ == "__main__":
    main()
