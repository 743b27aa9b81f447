#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Would loss and mixture be seen? Rows of the running tables are overwritten, each of another mark, an older
# generation is put in force, and the attachment is taken off and put on again, all under load.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../netns/suite.sh"
source "$ROOT/selftests/endurance/load.sh"
source "$ROOT/selftests/endurance/verdict.sh"
endurance_enter "" -- "$@"

RUNNING=/sys/fs/bpf/xdpmirror/ingress/config

# overwrite MAP KEY OFFSET BYTE...: bytes of one row.
overwrite() {
    local map=$RUNNING/$1 key=$2 offset=$3 value
    shift 3
    value=$(node bpftool -j map lookup pinned "$map" key "$key" 0 0 0 | jq -r --argjson offset "$offset" --args \
        '.value as $old | $ARGS.positional as $new | [range($old | length) | . as $i |
         if $i >= $offset and $i < $offset + ($new | length) then $new[$i - $offset] else $old[$i] end] | join(" ")' \
        -- "$@")
    # shellcheck disable=SC2086 # a word for each byte
    node bpftool map update pinned "$map" key "$key" 0 0 0 value $value
}
row() { node bpftool -j map dump pinned "$RUNNING/$1" | jq -r "[.[] | select($2)][0].key[0]"; }
ifindex_bytes() { printf '%d %d 0 0' $(($1 % 256)) $(($1 / 256)); }

both_marks() { # WHICH: packets are seen whose mark of that kind is of another generation
    load tally
    (($(load_figure .mixed) > 0 && $(load_figure "[.sinks[].mixed_$1] | add") > 0))
}

# fresh: generation 1 in force, the load flows, nothing is mixed.
fresh() {
    xdpmirror detach ingress 2>/dev/null || :
    [[ -z ${LOAD_PID:-} ]] || load_end
    load_start --rate 50000
    generation=0
    next_generation
    xdpmirror attach ingress --profile "$PROFILE" >/dev/null
    load send
    load_goes_on 2000
    expect "$1: nothing is mixed before" equal 0 "$(load_figure .mixed)"
}

mixtures() {
    fresh "another port"
    overwrite xm_rules4 "$(row xm_rules4 '.value[15] != "0xff"')" 28 0x30 0x39
    expect "another port: seen" wait_until 20 both_marks port
    fresh "another MAC"
    overwrite xm_next_hops 0 4 0x12 0x34
    expect "another MAC: seen" wait_until 20 both_marks mac
    fresh "another device"
    # shellcheck disable=SC2046 # a word for each byte
    node bpftool map update pinned $RUNNING/xm_egress key 0 0 0 0 value $(ifindex_bytes "$(ip -n node -j link show egress0 | jq ".[0].ifindex")")
    expect "another device: seen" wait_until 20 both_marks device
    fresh "another collector"
    overwrite xm_collectors 0 2 0x01 0x02
    expect "another collector: seen by the port" wait_until 20 both_marks port
    load tally
    expect "another collector: and by the MAC" test "$(load_figure '[.sinks[].mixed_mac] | add')" -gt 0
}

# Of the same parity, since only what comes out of one device has an order.
an_older_one() {
    fresh "an older one"
    xdpmirror reload ingress --profile "$PROFILES/3.yaml"
    expect "an older one: the newer came first" wait_until 20 load_sees 3
    load tally
    expect "an older one: nothing is stale yet" equal 0 "$(load_figure .stale)"
    xdpmirror reload ingress --profile "$PROFILES/1.yaml"
    expect "an older one: is seen" wait_until 20 stale
}
stale() {
    load tally
    (($(load_figure .stale) > 0))
}

loss() {
    fresh "detach and attach"
    xdpmirror detach ingress
    load_goes_on 2000
    xdpmirror attach ingress --profile "$PROFILE" >/dev/null
    load_goes_on 2000
    load stop
    expect "detach and attach: sent $(load_figure .sent), seen $(load_figure .seen): lost" \
        test "$(load_figure .seen)" -lt "$(load_figure .sent)"
    expect "detach and attach: but not mixed" equal 0 "$(load_figure .mixed)"
    load_end
}

# Of two samples the second has less of one counter.
backwards() {
    printf '%s\n' '[3, 2, 0, 0, 1]' '[4, 3, 0, 0, 1]' >"$SANDBOX_FILES/books.good"
    printf '%s\n' '[3, 2, 0, 0, 1]' '[4, 3, 0, 0, 0]' >"$SANDBOX_FILES/books.bad"
    printf '%s\n' '{"a": 5}' '{"b": 1}' '{"a": 5, "b": 1}' >"$SANDBOX_FILES/rules.good"
    printf '%s\n' '{"a": 5}' '{"b": 1}' '{"a": 4, "b": 1}' >"$SANDBOX_FILES/rules.bad"
    expect "counters that go on" never_backwards good
    expect "a counter that goes backwards: seen" not never_backwards bad
    expect "rules' counters that go on" rules_never_backwards good
    expect "a rule's counter that goes backwards, while it had no name between: seen" not rules_never_backwards bad
}

endurance_lab
endurance_profiles 3 1 big=1
mixtures
an_older_one
loss
backwards
suite_done
