#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Copies the sources and lays their tables out otherwise, as a later version might: fields in other places, rows of
other sizes, a drop reason more and one less. other_layout.py SOURCE DESTINATION; files that are right stay untouched.
"""
import pathlib
import shutil
import sys

PARTS = ["CMakeLists.txt", "bpf", "maps", "config", "loader", "systemd"]


def replaced(text: str, old: str, new: str) -> str:
    """An error where the sources have changed and this file has not."""
    if text.count(old) != 1:
        sys.exit(f"other_layout.py: not once in the sources: {old!r}")
    return text.replace(old, new)


def layout(text: str) -> str:
    # another row: in front of the others
    text = replaced(text, "struct xm_totals {\n", "struct xm_totals {\n\tstruct xm_count later;\n")
    text = replaced(text, "XM_LAYOUT(struct xm_totals, 48);", "XM_LAYOUT(struct xm_totals, 64);")
    # the description of itself
    text = replaced(text, "struct xm_meta {\n", "struct xm_meta {\n\t__u64 later[3];\n")
    text = replaced(text, "XM_LAYOUT(struct xm_meta, 472);", "XM_LAYOUT(struct xm_meta, 496);")
    text = replaced(text, "XM_PROFILE_CHUNK = 4096,", "XM_PROFILE_CHUNK = 2048,")
    text = replaced(text, "XM_LAYOUT(struct xm_profile_chunk, 4096);", "XM_LAYOUT(struct xm_profile_chunk, 2048);")
    # tables
    text = replaced(text, "struct xm_collector {\n", "struct xm_collector {\n\t__u64 later;\n")
    text = replaced(text, "XM_LAYOUT(struct xm_collector, 32);", "XM_LAYOUT(struct xm_collector, 40);")
    text = replaced(text, "struct xm_pool_slot {\n", "struct xm_pool_slot {\n\t__u32 later;\n")
    text = replaced(text, "XM_LAYOUT(struct xm_pool_slot, 4);", "XM_LAYOUT(struct xm_pool_slot, 8);")
    # memory
    text = replaced(text, "struct xm_fragment {\n", "struct xm_fragment {\n\t__u64 later;\n")
    return replaced(text, "XM_LAYOUT(struct xm_fragment, 16);", "XM_LAYOUT(struct xm_fragment, 24);")


def reasons(text: str) -> str:
    text = replaced(text, 'X(VNI_UNKNOWN, vni_unknown, "no source has this VNI")',
                    'X(LATER, later, "a reason of a later version") X(VNI_UNKNOWN, vni_unknown, "no source has this VNI")')
    return replaced(text, "X(NO_RULE, no_rule,", "X(NO_RULE, no_rule_now,")


def project(text: str) -> str:
    text = replaced(text, "project(xdpmirror VERSION 0.1.0", "project(xdpmirror VERSION 99.0.0")
    return replaced(text, "-Wsign-conversion -Werror)", "-Wsign-conversion)")


CHANGES = {"maps/layout.h": layout, "maps/drop_reasons.h": reasons, "CMakeLists.txt": project}


def main() -> None:
    source, destination = map(pathlib.Path, sys.argv[1:3])
    wanted = set()
    for part in PARTS:
        for path in [source / part] if (source / part).is_file() else sorted((source / part).rglob("*")):
            if not path.is_file():
                continue
            name = str(path.relative_to(source))
            wanted.add(name)
            content = path.read_bytes()
            if name in CHANGES:
                content = CHANGES[name](content.decode()).encode()
            copy = destination / name
            if copy.is_file() and copy.read_bytes() == content:
                continue
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)
            shutil.copymode(path, copy)
    for path in destination.rglob("*"):
        if path.is_file() and str(path.relative_to(destination)) not in wanted:
            path.unlink()


if __name__ == "__main__":
    main()
