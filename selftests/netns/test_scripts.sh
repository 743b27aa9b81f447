#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Every shell script of the tests is clean for shellcheck.
set -euo pipefail
command -v shellcheck >/dev/null || {
    echo "SKIP: needs the command 'shellcheck'"
    exit 77
}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mapfile -t scripts < <(find . ../bench ../.ci -name '*.sh' -o -path '../.ci/run' -o -path ./fuzz -type f | sort)
echo "${#scripts[@]} scripts"
shellcheck -x "${scripts[@]}"
