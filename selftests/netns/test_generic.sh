#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Promise 8: generic mode is chosen or refused, never slipped in, and always shown; chosen, it does
# the same job.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "tcpdump ethtool jq python3" -- "$@"

mode() { xdpmirror status ingress --json | jq -r .mode; }
kernel_mode() { ip -n node -j -d link show ingress | jq -r '.[0].xdp.mode // .[0].xdp.attached[0].mode'; }

FLOWS="[mirrored(IP(src='192.168.1.%d' % i, dst='172.16.0.10')/UDP(sport=i, dport=31756)/b'flow') for i in range(1, 51)]"

forwards() {
    capture_start after tunnel inside -Q in udp port 8081
    send vpc fabric "$FLOWS"
    expect "$1: 50 packets arrive" wait_until 20 capture_reached after 50
    capture_stop after
    expect "$1: each with its own source" equal 50 \
        "$(tcpdump -n -r "$(capture_file after)" 2>/dev/null | awk '{ print $3 }' | sort -u | wc -l)"
    assert_conservation ingress
}

lab_up 0
attach_lab
expect "native is the default" equal native "$(mode)"
expect "and the kernel says the same (1: native)" equal 1 "$(kernel_mode)"
forwards native
xdpmirror detach ingress

xdpmirror attach ingress --profile lab --mode generic >"$SANDBOX_FILES/attach.out"
expect "attach says generic" grep -qi generic "$SANDBOX_FILES/attach.out"
expect "status says generic" equal generic "$(mode)"
expect "and the kernel says the same (2: generic)" equal 2 "$(kernel_mode)"
forwards generic
xdpmirror detach ingress
suite_done
