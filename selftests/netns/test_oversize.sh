#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# oversize: fragment: what is too large for the egress is fragmented by the kernel, DF or not, and arrives
# whole at a real receiver; the exporter hears nothing of it; and what the kernel could not send is
# dropped before it gets there.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "ethtool jq python3 tcpdump" -- "$@"

COUNT=100 SIZE=1300
PROFILE=$SANDBOX_FILES/fragment.yaml

write_profile() { profile_with "$PROFILE" "interface: egress0, oversize: fragment"; }

setting() { node bash -c "echo $2 >/proc/sys/net/ipv4/conf/$1"; }

refusals() {
    setting ingress/forwarding 0
    attach_refused 'echo 1 > /proc/sys/net/ipv4/conf/ingress/forwarding'
    setting ingress/forwarding 1
    setting ingress/rp_filter 1
    attach_refused 'echo 0 > /proc/sys/net/ipv4/conf/ingress/rp_filter'
    setting ingress/rp_filter 0
    setting all/rp_filter 2
    attach_refused 'echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter'
    setting all/rp_filter 0
    sed -i 's/egress0/ingress/' "$PROFILE"
    ip -n node route replace 100.76.0.0/16 via "$LAB_FABRIC4"
    attach_refused 'oversize: drop, or another interface'
    ip -n node route replace 100.76.0.0/16 via 10.1.0.2
    write_profile
}

arrives_whole() {
    local books
    capture_start words vpc fabric -Q in "dst net 192.168.0.0/16 or dst net 172.16.0.0/16"
    receiver_start fdi 8081 $((2 * COUNT))
    datagrams_send exporter1 "$LAB_OFFICE4" 31756 $SIZE $COUNT
    # the same once more with DF, built by hand from another exporter
    send vpc fabric "[mirrored(IP(src='192.168.2.1', dst='172.16.0.10', id=i, flags='DF')/UDP(sport=5000, dport=31756)/($(proving i $SIZE))) for i in range($COUNT)]"
    expect "$COUNT datagrams arrive whole" wait_until 20 received_whole "$(lab_exporter4 1)" $COUNT $SIZE
    expect "and $COUNT with DF" wait_until 20 received_whole 192.168.2.1 $COUNT $SIZE
    receiver_stop
    capture_stop words
    books=$(books_read ingress)
    expect "all were handed to the kernel" equal $((2 * COUNT)) \
        "$(books_figure "$books" '.notes[] | select(.note == "oversize_fragmented").packets')"
    expect "and count as delivered" equal $((2 * COUNT)) "$(books_delivered "$books")"
    expect "TTL is one less, as by any router" equal 63 "$(ttl_at_receiver)"
    expect "not a word to the mirrored hosts" equal 0 "$(capture_count words)"
    assert_conservation ingress
}

ttl_at_receiver() {
    tcpdump -n -v -r "$(capture_file at-fdi)" 'src net 192.168.0.0/16' 2>/dev/null |
        grep -o 'ttl [0-9]*' | awk '{ print $2 + 1 }' | sort -u
}

# The neighbour is gone and nobody answers for it: the kernel would say "host unreachable".
without_neighbour() {
    local before after
    before=$(books_drop "$(books_read ingress)" oversize_no_route)
    ip -n tunnel link set inside down
    ip -n node neighbour flush dev egress0
    capture_start words vpc fabric -Q in "dst net 192.168.0.0/16"
    send vpc fabric "[mirrored(IP(src='192.168.2.1', dst='172.16.0.10', id=i)/UDP(sport=5000, dport=31756)/(b'x' * $SIZE)) for i in range(5)]"
    wait_until 20 no_route_is $((before + 5)) || :
    after=$(books_drop "$(books_read ingress)" oversize_no_route)
    on vpc ping -q -c 1 -W 5 "$LAB_NODE4" >/dev/null
    capture_stop words
    expect "without a neighbour they are dropped for their own reason" equal $((before + 5)) "$after"
    expect "and nobody hears of it" equal 0 "$(capture_count words)"
    assert_conservation ingress
}

no_route_is() { (($(books_drop "$(books_read ingress)" oversize_no_route) == $1)); }

lab_up 1
mirror_up vx vpc 4242 "$LAB_FABRIC4" "$LAB_NODE4"
mirror_session eni1 vx ip
lab_route node 192.168.0.0/16 via "$LAB_FABRIC4"   # an answer would find its way
lab_route node 172.16.0.0/16 via "$LAB_FABRIC4"
for end in "node egress0" "tunnel inside"; do ip -n "${end% *}" link set "${end#* }" mtu 600; done
write_profile
refusals
capture_start at-fdi fdi eth0 -Q in "udp and src 192.168.2.1 and ip[4:2] < 20"
xdpmirror attach ingress --profile "$PROFILE" >/dev/null
wait_until 20 on node ping -q -c 1 -W 1 10.1.0.2 >/dev/null   # the kernel knows its neighbour
arrives_whole
capture_stop at-fdi
without_neighbour
suite_done
