#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# tune against a real kernel: the plan changes nothing, --apply makes it and remembers, --revert restores
# to the letter, a refusal is named and does not stop the rest. Only devices of the sandbox are touched.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "ethtool jq unshare" -- "$@"

OUT=$SANDBOX_FILES/out ERR=$SANDBOX_FILES/err
RECORD=/var/lib/xdpmirror/tune-ingress.json

# own_sys COMMAND...: on the node, with a /sys that shows the node's devices.
own_sys() {
    nsenter --net=/run/netns/node -- unshare --mount bash -c '
        mount -t sysfs sysfs /sys && mount -t bpf bpf /sys/fs/bpf && exec "$@"' own-sys "$@"
}

# tune STATUS DEVICE [OPTION...]
tune() {
    local wanted=$1 got=0
    shift
    own_sys "$XDPMIRROR" tune "$@" --json >"$OUT" 2>"$ERR" || got=$?
    [[ $got == "$wanted" ]] || say_note "exit status $got, $(cat "$ERR")"
    [[ $got == "$wanted" ]]
}

step() { jq -r --arg what "$1" '[.steps[] | select(.what == $what) | "\(.from) > \(.to)"] | first // "none"' "$OUT"; }
steps() { jq '.steps | length' "$OUT"; }
notes() { jq -r '.notes[]' "$OUT"; }

rps() { own_sys cat /sys/class/net/ingress/queues/rx-0/rps_cpus; }

# Everything that tune may change, as text.
settings() {
    on node ethtool -l ingress 2>/dev/null | tail -n 6
    on node ethtool -k ingress
    rps
}

untune() {
    on node ethtool -K ingress rx-gro-list on rx-udp-gro-forwarding on
    on node ethtool -L ingress rx 1
    own_sys bash -c 'echo 1 >/sys/class/net/ingress/queues/rx-0/rps_cpus'
}

plan() {
    settings >"$SANDBOX_FILES/before"
    expect "the plan" tune 0 ingress
    expect "switches merging off" equal "on > off" "$(step rx-gro-list)"
    expect "and forwarding of merged UDP" equal "on > off" "$(step rx-udp-gro-forwarding)"
    expect "and RPS" equal 0 "$(step 'RPS of queue 0' | awk '{ print $3 }')"
    expect "nothing is done" equal "nothing false" \
        "$(jq -r '"\(.did) \([.steps[].done] | any)"' "$OUT")"
    expect "rings that veth does not have are a note" grep -q '^rings: ' <<<"$(notes)"
    expect "nothing has changed" diff "$SANDBOX_FILES/before" <(settings)
    expect "and nothing is recorded" test ! -e /var/lib/xdpmirror
    if (($(nproc) > 1)); then
        expect "channels for the CPUs" equal "rx 1 > rx $(wanted_channels)" "$(step channels)"
    fi
}

# As many as there are CPUs, and as the device can have.
wanted_channels() {
    local most
    most=$(on node ethtool -l ingress 2>/dev/null | awk '/^RX:/ { print $2; exit }')
    echo $(($(nproc) < most ? $(nproc) : most))
}

apply() {
    expect "--apply" tune 0 ingress --apply
    expect "does all of it" equal "true 0" "$(jq -r '"\([.steps[].done] | all) \(.refused)"' "$OUT")"
    expect "merging is off" equal "rx-gro-list: off" "$(on node ethtool -k ingress | grep rx-gro-list)"
    expect "RPS is off" equal 0 "$((16#$(rps | tr -d ,)))"
    expect "the record is whole, and nothing is beside it" equal "ingress $RECORD" \
        "$(jq -r .interface $RECORD) $(find /var/lib/xdpmirror -type f)"
    expect "a second --apply has nothing to do" tune 0 ingress --apply
    expect "and does nothing" equal 0 "$(steps)"
    expect "the record stays" test -s $RECORD
}

revert() {
    expect "--revert" tune 0 ingress --revert
    expect "restores to the letter" diff "$SANDBOX_FILES/before" <(settings)
    expect "and forgets" test ! -e $RECORD
    expect "a second --revert has nothing to do" tune 0 ingress --revert
    expect "and does nothing" equal 0 "$(steps)"
}

# What was set before the first tuning is what comes back, whatever happened in between.
tuned_twice() {
    tune 0 ingress --apply
    on node ethtool -K ingress rx-gro-list on
    expect "what was changed by hand is tuned again" tune 0 ingress --apply
    expect "alone" equal "1 on > off" "$(steps) $(step rx-gro-list)"
    tune 0 ingress --revert
    expect "and --revert goes back to the beginning" diff "$SANDBOX_FILES/before" <(settings)
}

# The record names rings, which veth does not have.
refused() {
    tune 0 ingress --apply
    jq '.steps += [{what: "rings", from: "rx 1 tx 1", to: "rx 2 tx 2",
        undo: {kind: "rings", interface: "ingress", name: "", value: "rx 1 tx 1"}}]' \
        $RECORD >"$SANDBOX_FILES/record"
    cp "$SANDBOX_FILES/record" $RECORD
    expect "a refused setting is exit status 1" tune 1 ingress --revert
    expect "named in one line: $(cat "$ERR")" \
        grep -q "^xdpmirror: 'ingress' refused: rings; the rest is done$" "$ERR"
    expect "with the command and the driver's answer" grep -q "'ethtool -G ingress rx 1 tx 1' failed: .*not supported" \
        <<<"$(jq -r '.steps[] | select(.what == "rings").error' "$OUT")"
    expect "the rest is restored" equal "rx-gro-list: on" "$(on node ethtool -k ingress | grep rx-gro-list)"
    expect "what is left to undo stays recorded" equal rings "$(jq -r '.steps[].what' $RECORD)"
    rm $RECORD
}

tap_refuses_channels() {
    ip -n node tuntap add tap0 mode tap
    on node ethtool -K tap0 rx-gro-list on
    expect "a driver that cannot" tune 1 tap0 --apply
    expect "is named: $(cat "$ERR")" grep -q "'tap0' refused: channels; the rest is done" "$ERR"
    expect "and the rest is done" equal "rx-gro-list: off" "$(on node ethtool -k tap0 | grep rx-gro-list)"
    expect "and can be undone" tune 0 tap0 --revert
    expect "wholly" equal "rx-gro-list: on" "$(on node ethtool -k tap0 | grep rx-gro-list)"
    ip -n node link delete tap0
}

records() {
    tune 0 ingress --apply
    jq '.mac = "02:00:00:00:00:77"' $RECORD >"$SANDBOX_FILES/record"
    cp "$SANDBOX_FILES/record" $RECORD
    expect "a record of another NIC is refused" tune 1 ingress --revert
    expect "with what to do: $(cat "$ERR")" grep -q "is of another NIC.*rm $RECORD" "$ERR"
    jq '.boot = "another"' $RECORD >"$SANDBOX_FILES/record"
    cp "$SANDBOX_FILES/record" $RECORD
    expect "a record of an earlier boot has nothing to undo" tune 0 ingress --revert
    expect "and says so" grep -q 'earlier boot' <<<"$(notes)"
    expect "and is removed" test ! -e $RECORD
    echo '{' >$RECORD
    expect "half a record is refused" tune 1 ingress --apply
    expect "with what to do: $(cat "$ERR")" grep -q "rm $RECORD" "$ERR"
    rm $RECORD
    untune
    mount -t tmpfs -o ro tmpfs /var/lib/xdpmirror
    settings >"$SANDBOX_FILES/untouched"
    expect "without a place for the record" tune 1 ingress --apply
    expect "nothing is changed" diff "$SANDBOX_FILES/untouched" <(settings)
    umount /var/lib/xdpmirror
}

# The sandbox's own /sys is that of the machine: devices there with such a name are others.
foreign_sys() {
    local before
    before=$(rps)
    node "$XDPMIRROR" tune ingress --json >"$OUT"
    expect "with another namespace's /sys, RPS is left alone" equal none "$(step 'RPS of queue 0')"
    expect "and a note says so" grep -q 'another network namespace' <<<"$(notes)"
    expect "RPS is as it was" equal "$before" "$(rps)"
}

bad_input() {
    expect "unknown interface" tune 1 ingres
    expect "is named: $(cat "$ERR")" grep -q "did you mean 'ingress'" "$ERR"
    expect "--apply and --revert together" tune 2 ingress --apply --revert
    expect "are one line" equal 1 "$(wc -l <"$ERR")"
}

mount -t tmpfs tmpfs /var/lib
lab_up 0
untune
plan
apply
revert
tuned_twice
refused
tap_refuses_channels
records
foreign_sys
bad_input
suite_done
