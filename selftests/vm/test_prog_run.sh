#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The packet tables on another kernel: test_prog_run.sh KERNEL PROGRAM...
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kernel=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for program in "$@"; do
	TIMEOUT=500 "$here/vmrun.sh" "$kernel" -- "$program" --gtest_brief=1
done
