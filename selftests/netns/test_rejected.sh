#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Promise 2 beyond the verdict: what the kernel or the driver refuses after xdpmirror has sent it is
# not delivered but dropped, in the same books. Delivered is what arrives at the far end of the link.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "ethtool jq python3 tcpdump" -- "$@"

flows() { echo "[mirrored(IP(src='192.168.1.%d' % i, dst='172.16.0.10')/UDP(sport=i, dport=31756)/(b'f' * $1)) for i in range(1, 21)]"; }

# accounts WHAT BYTES HOST DEVICE WANTED: 20 packets in, that many out at the far end of the egress.
accounts() {
    local books before_received before_delivered delivered
    books=$(books_read ingress)
    before_received=$(books_received "$books")
    before_delivered=$(books_delivered "$books")
    capture_start far "$3" "$4" -Q in udp port 8081
    send vpc fabric "$(flows "$2")"
    expect "$1: received 20" wait_until 20 books_received_is ingress $((before_received + 20))
    arrives "$5"
    wait_until 2 books_delivered_is ingress $((before_delivered + $5)) || :
    books=$(books_read ingress)
    capture_stop far
    delivered=$(($(books_delivered "$books") - before_delivered))
    expect "$1: $5 arrive at the far end" equal "$5" "$(capture_count far)"
    expect "$1: delivered says the same" equal "$5" "$delivered"
    assert_conservation ingress
}

# What must not come gets a second to come all the same.
arrives() {
    if (($1)); then
        wait_until 20 capture_reached far "$1" || :
    else
        wait_until 1 capture_reached far 1 || :
    fi
}

dropped_as() {
    expect "the reason is $1" test "$(books_drop "$(books_read ingress)" "$1")" -gt 0
}

by_redirect() {
    attach_lab
    accounts "nothing wrong" 100 tunnel inside 20
    on tunnel ethtool -K inside gro off
    accounts "the far end of the veth does not poll" 100 tunnel inside 0
    dropped_as egress_rejected
    on tunnel ethtool -K inside gro on
    ip -n tunnel link set inside mtu 1000
    accounts "the far end of the veth is too small" 1200 tunnel inside 0
    ip -n tunnel link set inside mtu 1500
    ip -n node link set egress0 down
    accounts "the egress is down" 100 tunnel inside 0
    ip -n node link set egress0 up
    accounts "all is well again" 100 tunnel inside 20
    xdpmirror detach ingress
}

# What goes back into a veth is noticed at once only by a far end with a program of its own.
by_tx() {
    occupy vpc fabric
    ip -n node route replace 100.76.0.0/16 via "$LAB_FABRIC4"
    attach_lab XM_EGRESS=ingress
    accounts "back out, nothing wrong" 100 vpc fabric 20
    vacate vpc fabric
    on vpc ethtool -K fabric gro off
    accounts "back out, the far end does not poll" 100 vpc fabric 0
    dropped_as egress_rejected
    occupy vpc fabric
    accounts "back out, all is well again" 100 vpc fabric 20
    xdpmirror detach ingress
}

lab_up 0
by_redirect
by_tx
expect "nothing is left" nothing_left
suite_done
