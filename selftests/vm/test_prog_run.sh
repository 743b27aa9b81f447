#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The packet tables on another kernel, in one guest: test_prog_run.sh KERNEL PROGRAM...
# The first program runs whole. The others, the same source from other compilers, leave out the random
# packets, which take half the time there and run with every compiler on this machine's own kernel.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kernel=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
{
	echo 'set -e'
	filter='*'
	for program in "$@"; do
		printf '%q --gtest_brief=1 --gtest_filter=%q\n' "$program" "$filter"
		filter='-Random*'
	done
} >run
TIMEOUT=580 "$here/vmrun.sh" "$kernel" -- bash "$work/run"
