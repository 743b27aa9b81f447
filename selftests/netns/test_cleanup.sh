#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The demo leaves nothing behind, whether it ends by itself, is interrupted at any point, or is
# killed: no namespace, process, mount, pin or temporary file. Runs outside the sandbox, to look at
# the machine itself.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_needs "softflowd nfcapd nfdump ethtool jq tcpdump"

DEMO=$HERE/../demo.sh
WORK=$(mktemp -d)
demo_pid=''
cleanup() {
    [[ -z $demo_pid ]] || kill -KILL "$demo_pid" 2>/dev/null || :
    rm -rf "$WORK"
}
trap cleanup EXIT INT TERM

# Every process of a demo carries this in its environment, and nothing else does.
TOKEN=XM_CLEANUP_TEST=$$.$RANDOM

processes() { grep -lzxF "$TOKEN" /proc/[0-9]*/environ 2>/dev/null | wc -l; }
processes_gone() { (($(processes) == 0)); }

# Of the machine, as far as a demo could change it. Other users of the machine have other names.
machine() {
    ls /run/netns 2>/dev/null || :
    grep -E 'netns|bpf|xdpmirror' /proc/self/mounts || :
    ipcs -m -s | grep 0x || :
    find /sys/fs/bpf/xdpmirror /run/xdpmirror /run/softflowd* /tmp/xdpmirror* /var/lib/xdpmirror 2>/dev/null || :
    ip -o link show | awk '/ (ingress|egress0|eni[0-9]|vx-[ab]|inside|outside)[@:]/' || :
}

demo_start() {
    : >"$WORK/out"
    set -m  # in a process group of its own, with the signals as a terminal gives them
    env "$TOKEN" bash "$DEMO" --no-build --xdpmirror "$XDPMIRROR" --seconds 4 >"$WORK/out" 2>&1 &
    demo_pid=$!
    set +m
}

# cut_at TEXT SIGNAL STATUS: the demo gets the signal as soon as it has printed the text.
cut_at() {
    local status=0
    demo_start
    wait_until 120 grep -q "$1" "$WORK/out" || die "the demo never said '$1': $(cat "$WORK/out")"
    if [[ $2 == INT ]]; then kill -INT -- "-$demo_pid"; else kill "-$2" "$demo_pid"; fi
    wait "$demo_pid" || status=$?
    demo_pid=''
    expect "SIG$2 at '$1' ends it with status $3" equal "$3" "$status"
    expect_clean "SIG$2 at '$1'"
}

expect_clean() {
    expect "$1: no process stays" wait_until 20 processes_gone
    expect "$1: the machine is as before" equal "$before" "$(machine)"
}

runs_to_its_end() {
    local status=0
    demo_start
    wait "$demo_pid" || status=$?
    demo_pid=''
    expect "left alone, it ends with status 0: $(tail -n 2 "$WORK/out" | head -n 1)" equal 0 "$status"
    expect_clean "left alone"
}

before=$(machine)
cut_at 'the lab:' INT 130
cut_at 'xdpmirror attach' TERM 143
cut_at 'live, for' INT 130
cut_at 'VXLAN in' HUP 129
cut_at 'dropped by reason' KILL 137
cut_at 'verdict' INT 130
runs_to_its_end
suite_done
