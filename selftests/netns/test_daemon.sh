#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The daemon and those who deal with it: the service manager, an operator who pins, a kernel that takes
# the interface away, standbys that are there and cannot be used.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
source "$HERE/failover.sh"
suite_enter "ethtool jq python3 setpriv" -- "$@"

# The messages that a service manager would get.
manager_listens() {
    spawn node /usr/bin/python3 -c '
import socket, sys
inbox = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
inbox.bind(sys.argv[1])
while True:
    print(inbox.recv(4096).decode().replace("\n", " "), flush=True)
' "$SANDBOX_FILES/notify" >"$SANDBOX_FILES/notified"
    manager=$spawned
    wait_until 20 test -S "$SANDBOX_FILES/notify"
}

notified() { grep -q "$1" "$SANDBOX_FILES/notified"; }

tells_the_manager() {
    manager_listens
    profile "interface: egress0"
    NOTIFY_SOCKET=$SANDBOX_FILES/notify daemon_start "$PROFILE"
    expect "the service manager hears that it is ready" wait_until 20 notified 'READY=1.*watching ingress'
    expect "ready means attached" xdpmirror status ingress
    daemon_stop TERM
    expect "and hears that it ends" wait_until 20 notified STOPPING=1
    finish "$manager"
    xdpmirror detach ingress
}

# Without the right to probe it says so before it touches anything.
without_raw_sockets() {
    profile "interface: egress0, probe: 10.1.0.2"
    refused 1 "probes by ICMP need a raw socket \(CAP_NET_RAW\).*out of the profile" \
        node setpriv --bounding-set=-net_raw --inh-caps=-net_raw "$XDPMIRROR" run ingress --profile "$PROFILE"
    expect "and nothing is attached" nothing_left
}

pinned_ways() { xdpmirror status ingress --json | jq -c '[.egress[].ways[]? | select(.pinned).interface]'; }
pinned_is() { [[ $(pinned_ways) == "$1" ]]; }

# A pin outlives the daemon, not the attachment.
pins() {
    profile "interface: egress0, standby: {interface: egress1}"
    daemon_start "$PROFILE"
    expect "nothing is pinned" pinned_is '[]'
    xdpmirror egress pin ingress out egress1
    expect "pinned: status says so" wait_until 20 pinned_is '["egress1"]'
    expect "pinned: in words, too" grep -q "egress1.*pinned" <(xdpmirror status ingress)
    daemon_stop TERM
    daemon_start "$PROFILE"
    expect "pinned: also for the next daemon" wait_until 20 uses_way out egress1
    daemon_stop TERM
    xdpmirror detach ingress
    daemon_start "$PROFILE"
    expect "detached: forgotten" equal '[]' "$(pinned_ways)"
    expect "detached: the first way is used" uses_way out egress0
    daemon_stop TERM
    xdpmirror detach ingress
}

says_why_not() { why_not "$1" | grep -qE "$2"; }

# A veth whose peer does not poll would swallow what is redirected into it.
standby_without_receiver() {
    on tunnel ethtool -K inside1 gro off
    profile "interface: egress0, failover: {hold_down: 1s}, standby: {interface: egress1}"
    daemon_start "$PROFILE"
    expect "a standby that takes no frames: said why" wait_until 20 says_why_not egress1 "ethtool -K .* gro on"
    primary_down
    expect "the primary fails, and is said to" wait_until 20 says_why_not egress0 carrier
    expect "and traffic stays out of that standby" uses_way out egress0
    on tunnel ethtool -K inside1 gro on
    expect "mended, it is used" wait_until 20 uses_way out egress1
    primary_up
    daemon_stop TERM
    xdpmirror detach ingress
}

# What attach would refuse is not used either when it comes later.
standby_that_comes_later() {
    profile "interface: egress0, failover: {hold_down: 1s}, oversize: fragment, standby: {interface: tun0}"
    daemon_start "$PROFILE"
    expect "a standby that is not there" wait_until 20 says_why_not tun0 "does not exist"
    spawn node /usr/bin/python3 "$HERE/l3_pipe.py" tun0 fdi tun9
    pipe=$spawned
    wait_until 20 ip -n fdi link show tun9 >/dev/null 2>&1
    ip -n node link set tun0 up
    ip -n node route append 100.76.0.0/16 dev tun0 metric 300
    expect "there, the kernel would answer for it" wait_until 20 says_why_not tun0 fwmark_reflect
    primary_down
    expect "the primary fails" wait_until 20 says_why_not egress0 carrier
    expect "and traffic stays out of that standby" uses_way out egress0
    on node bash -c 'echo 1 >/proc/sys/net/ipv4/fwmark_reflect'
    expect "mended, it is used" wait_until 20 uses_way out tun0
    primary_up
    daemon_stop TERM
    xdpmirror detach ingress
    finish "$pipe"
}

# Where the kernel finds the neighbour, it is asked all the same, so that a new MAC is known at once.
neighbour_by_tc() {
    ip -n node link add mv0 link egress0 type macvlan mode bridge
    ip -n node link set mv0 up
    ip -n node address add 10.1.0.9/24 dev mv0
    ip -n node route replace 100.76.0.0/16 via 10.1.0.2 dev mv0
    profile "interface: mv0"
    daemon_start "$PROFILE"
    stream_start
    cause "by tc: MAC of the next hop changed" change_mac 02:00:00:00:44:44
    stream_stop
    daemon_stop TERM
    xdpmirror detach ingress
    ip -n node link del mv0
    ip -n node route replace 100.76.0.0/16 via 10.1.0.2 dev egress0
}

# A device that comes back as another kind needs what was not attached.
another_kind_of_device() {
    profile "interface: egress0, standby: {interface: egress1}"
    daemon_start "$PROFILE"
    ip -n node link del egress1
    ip -n node link add egress1 link egress0 type macvlan mode bridge
    ip -n node link set egress1 up
    ip -n node address add 10.1.0.8/24 dev egress1
    ip -n node route append 100.76.0.0/16 via 10.1.0.2 dev egress1 metric 200
    expect "another kind of device: said why" wait_until 20 says_why_not egress1 "path tc now, which was not attached"
    daemon_stop TERM
    xdpmirror detach ingress
    ip -n node link del egress1
    second_link
}

# A way by policy routing is one as long as a route has its mark.
route_by_mark() {
    ip -n node route add 100.76.0.0/16 via 10.1.0.2 table 100
    ip -n node route del 100.76.0.0/16 dev egress0
    profile "interface: egress0, path: kernel, mark: 0x77, table: 100, failover: {hold_down: 1s}, standby: {interface: egress1}"
    daemon_start "$PROFILE"
    expect "by mark: used" uses_way out egress0
    ip -n node route replace blackhole 100.76.0.0/16 table 100
    expect "by mark: no route, and its standby is used" wait_until 20 uses_way out egress1
    expect "by mark: why" says_why_not egress0 "no route leads to 100.76.10.11 with mark 0x77"
    ip -n node route replace 100.76.0.0/16 via 10.1.0.2 table 100
    expect "by mark: a route again" wait_until 20 uses_way out egress0
    daemon_stop TERM
    xdpmirror detach ingress
    ip -n node route replace 100.76.0.0/16 via 10.1.0.2 dev egress0
}

interface_goes_away() {
    profile "interface: egress0"
    : >"$SANDBOX_FILES/daemon.log"
    daemon_start "$PROFILE"
    ip -n node link del ingress
    daemon_status=0
    wait "$daemon_pid" || daemon_status=$?
    expect "the ingress is deleted: exit status 1" equal 1 "$daemon_status"
    expect "in one line: $(grep '^xdpmirror:' "$SANDBOX_FILES/daemon.log" || :)" \
        equal 1 "$(grep -c "^xdpmirror: .*ingress" "$SANDBOX_FILES/daemon.log")"
}

lab_up 0
second_link
tells_the_manager
without_raw_sockets
pins
standby_without_receiver
standby_that_comes_later
neighbour_by_tc
another_kind_of_device
route_by_mark
interface_goes_away
suite_done
