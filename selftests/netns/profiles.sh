# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The profile of the lab with an egress of the test's choice, and what a refusal looks like. Sourced, after
# suite.sh has expect().

# profile_with FILE EGRESS [POOL]: fields of egress `out` and of the pool that mirrored datagrams to port 31756
# go to.
profile_with() {
    local pool=${3:-"collectors: [{address: 100.76.10.11}]"}
    cat >"$1" <<YAML
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, from: [10.0.0.0/24]}
rules:
  - {name: flows, match: {port: 31756}, send: {to: fdi, port: 8081}}
pools:
  fdi: {$pool, via: out}
egress:
  out: {$2}
YAML
}

# refused STATUS PATTERN COMMAND...: with this exit status, and one line that says who speaks and matches.
refused() {
    local status=$1 pattern=$2 got=0
    shift 2
    "$@" >/dev/null 2>"$SANDBOX_FILES/refusal" || got=$?
    expect "refused: $(head -n 1 "$SANDBOX_FILES/refusal")" refusal_is_right "$status" "$got" "$pattern"
}

refusal_is_right() {
    [[ $1 == "$2" ]] || { say_note "exit status $2, not $1" && return 1; }
    [[ $(wc -l <"$SANDBOX_FILES/refusal") == 1 ]] || { say_note "not one line" && return 1; }
    grep -q '^xdpmirror: ' "$SANDBOX_FILES/refusal" || { say_note "does not say who speaks" && return 1; }
    grep -qE -e "$3" "$SANDBOX_FILES/refusal" || { say_note "does not match $3" && return 1; }
}

# attach_refused PATTERN: of $PROFILE to the ingress, and nothing is left.
attach_refused() {
    refused 1 "$1" xdpmirror attach ingress --profile "$PROFILE"
    expect "and nothing is left" nothing_left
}
