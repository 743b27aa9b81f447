#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# `xdpmirror config diff` between profiles and against what is attached; `config show --effective`.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "ethtool jq" -- "$@"

OLD=$SANDBOX_FILES/old.yaml NEW=$SANDBOX_FILES/new.yaml
profile_with "$OLD" "interface: egress0" "collectors: [{address: 100.76.10.11}, {address: 100.76.10.12}]"
profile_with "$NEW" "interface: egress0" "collectors: [{address: 100.76.10.11}, {address: 100.76.10.13}]"

# exits STATUS COMMAND...
exits() {
    local status=$1 got=0
    shift
    "$@" >"$SANDBOX_FILES/out" 2>"$SANDBOX_FILES/err" || got=$?
    [[ $got == "$status" && ! -s $SANDBOX_FILES/err ]] || { say_note "status $got: $(cat "$SANDBOX_FILES/err")" && return 1; }
}

profiles_differ() {
    expect "diff: status 0 although they differ" exits 0 xdpmirror config diff "$OLD" "$NEW"
    expect "diff: what goes" grep -q '^  - fdi/100.76.10.12 ' "$SANDBOX_FILES/out"
    expect "diff: what comes" grep -q '^  + fdi/100.76.10.13 ' "$SANDBOX_FILES/out"
    expect "diff: what moves" grep -qE '^  fdi  [4-9][0-9]\.[0-9] % of its hash slots get another collector$' "$SANDBOX_FILES/out"
    expect "diff: the same" exits 0 xdpmirror config diff "$OLD" "$OLD" --exit-code
    expect "diff: said" equal "no difference" "$(cat "$SANDBOX_FILES/out")"
    expect "diff: status 1, and no word of an error" exits 1 xdpmirror config diff "$OLD" "$NEW" --exit-code
    expect "diff: JSON" exits 0 xdpmirror config diff "$OLD" "$NEW" --json
    expect "diff: JSON says what" equal "false added removed" \
        "$(jq -r '"\(.same) \([.differences[].kind] | sort | join(" "))"' "$SANDBOX_FILES/out")"
}

attached_differs() {
    xdpmirror attach ingress --profile "$OLD" >/dev/null
    expect "attached: the same" exits 0 xdpmirror config diff --profile "$OLD" ingress --exit-code
    expect "attached: another file" exits 1 xdpmirror config diff --profile "$NEW" ingress --exit-code
    expect "attached: what goes" grep -q '^  - fdi/100.76.10.12 ' "$SANDBOX_FILES/out"
    xdpmirror pools drain fdi 100.76.10.12 >/dev/null
    expect "drained: the new one takes what it had, and nothing else" exits 0 \
        xdpmirror config diff --profile "$NEW" ingress --json
    expect "drained: about half" jq -e '.pools[0].moved_share | . > 0.4 and . < 0.6' "$SANDBOX_FILES/out"
    # a memory that nobody can read is a warning
    echo torn >/run/xdpmirror/ingress.templates
    xdpmirror config diff --profile "$NEW" ingress 2>"$SANDBOX_FILES/err" >"$SANDBOX_FILES/out"
    expect "torn memory: said" grep -q 'warning: templates of /run/xdpmirror/ingress.templates' "$SANDBOX_FILES/err"
    expect "torn memory: compared all the same" grep -q '^  - fdi/100.76.10.12 ' "$SANDBOX_FILES/out"
    xdpmirror detach ingress
}

refusals() {
    refused 1 "ingress" xdpmirror config diff --profile "$NEW" ingress
    refused 2 "two profiles" xdpmirror config diff "$OLD"
    refused 2 "two profiles" xdpmirror config diff --profile "$OLD" "$NEW" ingress
    refused 2 "nosuch" xdpmirror config diff "$OLD" nosuch
    refused 2 "what" xdpmirror config diff
    refused 2 "nosuch" xdpmirror config show nosuch --effective
}

shows_origins() {
    sed -i "s/port: 8081/port: '\${XM_PORT:-8081}'/" "$NEW"
    expect "origins: default of a variable" grep -qE 'port: 8081  # new.yaml:5 default of \$\{XM_PORT\}$' \
        <(xdpmirror config show "$NEW" --effective)
    expect "origins: a variable" grep -qE 'port: 9  # new.yaml:5 \$\{XM_PORT\}$' \
        <(node env XM_PORT=9 "$XDPMIRROR" config show "$NEW" --effective)
    expect "origins: default" grep -q 'next_hop: auto  # default$' <(xdpmirror config show "$NEW" --effective)
    expect "origins: JSON" equal "$NEW:5 default of \${XM_PORT}" \
        "$(xdpmirror config show "$NEW" --effective --json | jq -r '.rules[0].send.port.from')"
    sed -i "s/XM_PORT/XM_TOKEN/" "$NEW"
    refused 2 'new.yaml:5:.* variable XM_TOKEN looks like a secret by its name' \
        node env XM_TOKEN=9 "$XDPMIRROR" config show "$NEW" --effective
}

lab_up 0
profiles_differ
refusals
attached_differs
shows_origins
suite_done
