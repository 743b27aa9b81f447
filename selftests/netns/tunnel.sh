# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A tunnel without Ethernet from the node to the collector's host. Sourced, after lab.sh and wait.sh.

# tun_up: tun0 on the node, tun9 on fdi; `pipe` carries packets between them until it is ended.
tun_up() {
    [[ -e /dev/net/tun ]] || modprobe -q tun || :
    spawn node /usr/bin/python3 "$HERE/l3_pipe.py" tun0 fdi tun9
    pipe=$spawned
    wait_until 20 ip -n fdi link show tun9 >/dev/null 2>&1
    ip -n node link set tun0 up
    ip -n fdi link set tun9 up
    # the receiver takes packets for its own addresses from any device
    on fdi bash -c 'echo 0 >/proc/sys/net/ipv4/conf/tun9/rp_filter'
}
