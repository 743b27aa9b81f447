#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# promtool runs rules_test.yaml; every alert has a part there, and every metric of a rule is one of ours.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
RULES=$ROOT/config/prometheus/xdpmirror.rules.yaml

command -v promtool >/dev/null || { echo "SKIP: needs the command 'promtool'" && exit 77; }
promtool check rules "$RULES"
promtool test rules "$HERE/rules_test.yaml"
diff <(sed -n 's/^ *- alert: //p' "$RULES" | sort) <(sed -n 's/^  - name: //p' "$HERE/rules_test.yaml" | sort) ||
    { echo "an alert without a test, or a test without an alert" && exit 1; }
unknown=$(comm -23 <(grep -oE 'xdpmirror_[a-z_]+' "$RULES" | sort -u) \
    <(sed -n 's/^| `\(xdpmirror_[a-z_]*\)`.*/\1/p' "$ROOT/docs/metrics.md" | sort))
[[ -z $unknown ]] || { echo "docs/metrics.md does not have: $unknown" && exit 1; }
