#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Every way out that this kernel has: XDP redirect, a tun device without Ethernet, Ethernet devices that
# take no redirected frames (VXLAN, macvlan), and the kernel's policy routing, which must not answer the
# mirrored hosts. Datagrams are counted at a real receiver, under their sender's address.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
source "$HERE/tunnel.sh"
suite_enter "ethtool jq python3 tcpdump ping" -- "$@"

COUNT=200 SIZE=900
PROFILE=$SANDBOX_FILES/way.yaml

# way FIELDS: the profile with this egress.
way() {
    cat >"$PROFILE" <<YAML
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, from: [10.0.0.0/24, "fd00:10::/64"]}
rules:
  - {name: flows6, match: {from: "fd00:192:168::/48", port: 31756}, send: {to: fdi6, port: 8081}}
  - {name: flows, match: {port: 31756}, send: {to: fdi, port: 8081}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: out}
  fdi6: {collectors: [{address: "fd00:100:76::11"}], via: out}
egress:
  out: {$1}
YAML
}

attached() { xdpmirror status ingress --json | jq -r "$1"; }

attaches() { xdpmirror attach ingress --profile "$PROFILE" >/dev/null; }

# delivers WHAT PATH INTERFACE: attached by that path, all datagrams arrive, and the books know it.
delivers() {
    local books
    expect "$1: attaches" attaches
    expect "$1: by path $2, $(attached '.egress[0].why')" \
        equal "$2/$3" "$(attached '.egress[0] | .path + "/" + .interface')"
    receiver_start fdi 8081 $COUNT
    datagrams_send exporter1 "$LAB_OFFICE4" 31756 $SIZE $COUNT
    expect "$1: $COUNT datagrams arrive whole from the exporter's address" \
        wait_until 20 received_whole "$(lab_exporter4 1)" $COUNT $SIZE
    receiver_stop
    receiver_start fdi 8081 $COUNT
    datagrams_send exporter1 "$LAB_OFFICE6" 31756 $SIZE $COUNT
    expect "$1: and $COUNT over IPv6" wait_until 20 received_whole "$(lab_exporter6 1)" $COUNT $SIZE
    receiver_stop
    books=$(books_read ingress)
    expect "$1: the books say $((2 * COUNT)) delivered, $(books_drops "$books") dropped" \
        equal $((2 * COUNT)) "$(books_delivered "$books")"
    assert_conservation ingress
}

# tidy WHAT: detach leaves no pin, no program, no filter, no qdisc, no rule.
tidy() {
    expect "$1: detaches" xdpmirror detach ingress
    expect "$1: nothing is left" nothing_left
    expect "$1: no tc filter, no qdisc is left" equal "" "$(tc -n node qdisc show dev ingress | grep clsact || :)"
    expect "$1: no routing rule is left" equal "$RULES" "$(rules)"
}

by_tun() {
    tun_up
    way "interface: tun0"
    delivers "tun" tc tun0
    expect "tun: packets that die are looked at" test -e /sys/fs/bpf/xdpmirror/ingress/xm_kfree_skb
    expect "tun: no Ethernet header was sent" equal 0 "$(lab_count fdi tun9 rx_errors)"
    device_goes_down
    program_goes_away
    device_goes_away
    tidy "tun"
    tun_up
    way "interface: tun0, path: redirect"
    attach_refused "path 'redirect' is not for interface 'tun0' \(tun\): it has no Ethernet header.*path: tc"
    way "interface: tun0, path: tx"
    attach_refused "path 'tx' is not for interface 'tun0'.*path: tc"
    way "interface: tun0, oversize: fragment"
    attach_refused "oversize: fragment into 'tun0'.*echo 1 > /proc/sys/net/ipv4/fwmark_reflect"
    way "interface: tun0, path: kernel, mark: 0x786e"
    refused 2 "0x786e.*take another" xdpmirror attach ingress --profile "$PROFILE"
    ip -n node link set tun0 down
    way "interface: tun0"
    attach_refused "interface 'tun0' is down; set it up: ip link set tun0 up"
    finish "$pipe"
    attach_refused "interface 'tun0' does not exist; interfaces here: lo, ingress, egress0"
}

# Whatever the kernel loses on the way into the device is in the books, however it was lost.
device_goes_down() {
    ip -n node link set tun0 down
    datagrams_send exporter1 "$LAB_OFFICE4" 31756 $SIZE $COUNT
    expect "tun down: all are received" wait_until 20 books_received_is ingress $((3 * COUNT))
    expect "tun down: and counted as egress_rejected" wait_until 20 reason_is egress_rejected $COUNT
    assert_conservation ingress
}

# Somebody flushes tc: the packets die, in the books, and the stack of the node says nothing to anybody.
program_goes_away() {
    ip -n node link set tun0 up
    capture_start words vpc fabric -Q in "dst net 192.168.0.0/16"
    tc -n node filter del dev ingress ingress
    datagrams_send exporter1 "$LAB_OFFICE4" 31756 $SIZE $COUNT
    expect "no tc program: counted as egress_rejected" wait_until 20 reason_is egress_rejected $((2 * COUNT))
    expect "no tc program: status says so" grep -q "the tc program is gone from the ingress" <<<"$(attached '.warnings[]')"
    on vpc ping -q -c 1 -W 5 "$LAB_NODE4" >/dev/null
    capture_stop words
    expect "no tc program: not a word to the mirrored hosts" equal 0 "$(capture_count words)"
    assert_conservation ingress
}

device_goes_away() {
    finish "$pipe"
    datagrams_send exporter1 "$LAB_OFFICE4" 31756 $SIZE $COUNT
    expect "tun gone: dropped as egress_missing" wait_until 20 reason_is egress_missing $COUNT
    expect "tun gone: status says so" grep -q "egress interface 'tun0' is gone" <<<"$(attached '.warnings[]')"
    assert_conservation ingress
}

reason_is() { (($(books_drop "$(books_read ingress)" "$1") == $2)); }

by_vxlan() {
    ip -n node link add vxt type vxlan id 7 dstport 4790 local 10.1.0.1 remote 10.1.0.2
    ip -n tunnel link add vxt type vxlan id 7 dstport 4790 local 10.1.0.2 remote 10.1.0.1
    for host in node tunnel; do
        on $host ethtool -K vxt tx off >/dev/null
        ip -n $host link set vxt up
    done
    ip -n node address add 10.7.0.1/24 dev vxt
    ip -n node address add fd00:10:7::1/64 dev vxt nodad
    ip -n tunnel address add 10.7.0.2/24 dev vxt
    ip -n tunnel address add fd00:10:7::2/64 dev vxt nodad
    ip -n node route replace 100.76.0.0/16 via 10.7.0.2
    ip -n node route replace fd00:100:76::/48 via fd00:10:7::2
    way "interface: vxt"
    delivers "VXLAN device" tc vxt
    tidy "VXLAN device"
    way "interface: vxt, path: redirect"
    attach_refused "takes no redirected frames; .*path: tc"
    way "interface: vxt, next_hop: '02:00:00:00:00:07'"
    attach_refused "set next_hop: auto"
    ip -n node link del vxt
}

by_macvlan() {
    ip -n node link add mv0 link egress0 type macvlan mode bridge
    on node ethtool -K mv0 tx off >/dev/null
    ip -n node link set mv0 up
    ip -n node address add 10.1.0.9/24 dev mv0
    ip -n node address add fd00:10:1::9/64 dev mv0 nodad
    ip -n node route replace 100.76.0.0/16 via 10.1.0.2 dev mv0
    ip -n node route replace fd00:100:76::/48 via fd00:10:1::2 dev mv0
    way "interface: mv0"
    delivers "macvlan" tc mv0
    tidy "macvlan"
    # IPv6 would ask the gateway of the better route, on the macvlan, where nobody has its address
    ip -n node -6 route add fd00:100:76::/48 via fd00:10:1::3 dev egress0 metric 10
    attach_refused "prefers another route to fd00:100:76::11 than the one by mv0.*lowest metric"
    ip -n node -6 route del fd00:100:76::/48 via fd00:10:1::3 dev egress0 metric 10
    ip -n node link del mv0
}

routes() {
    ip -n node route replace 100.76.0.0/16 via 10.1.0.2 dev egress0
    ip -n node route replace fd00:100:76::/48 via fd00:10:1::2 dev egress0
}

BY_TABLE="interface: egress0, path: kernel, mark: 0x77, table: 100"

by_kernel() {
    # only packets with the mark find the collector
    ip -n node route del 100.76.0.0/16
    ip -n node -6 route del fd00:100:76::/48
    ip -n node route add 100.76.0.0/16 via 10.1.0.2 table 100
    ip -n node -6 route add fd00:100:76::/48 via fd00:10:1::2 table 100
    # nor would an answer with the mark fail to find the exporters
    ip -n node route add 192.168.0.0/16 via "$LAB_FABRIC4" table 100
    ip -n node -6 route add fd00:192:168::/48 via "$LAB_FABRIC6" table 100
    way "$BY_TABLE"
    reflect ipv4 0
    attach_refused 'echo 1 > /proc/sys/net/ipv4/fwmark_reflect'
    reflect ipv4 1
    reflect ipv6 0
    attach_refused 'echo 1 > /proc/sys/net/ipv6/fwmark_reflect'
    reflect ipv6 1
    delivers "kernel" kernel egress0
    expect "kernel: TTL is one less, as by any router" equal 63 "$(ttl_of_one)"
    expect "kernel: status names the table" equal 100 "$(attached '.egress[0].table')"
    kernel_is_silent
    mark_is_shared
    rule_is_lost
    tidy "kernel"
    operators_rule_stays
    killed_loader
    kernel_would_answer
}

rules() { ip -n node rule; ip -n node -6 rule; }

# Somebody flushes rules that he does not know.
rule_is_lost() {
    ip -n node -6 rule del pref 2
    expect "kernel: status says that a rule is gone" \
        grep -q "'fwmark 0x77 lookup 100 proto 120' is gone: the kernel routes IPv6" <<<"$(attached '.warnings[]')"
}

# One that says the same as ours, in the same place.
operators_rule_stays() {
    local before
    for family in -4 -6; do ip -n node $family rule add pref 2 fwmark 0x77 lookup 100; done
    before=$(rules)
    expect "operator's rule: attaches beside it" attaches
    expect "operator's rule: ours are two more" equal 2 "$(rules | grep -c 'fwmark 0x77 lookup 100 proto 120')"
    expect "operator's rule: detaches" xdpmirror detach ingress
    expect "operator's rule: it is what stays" equal "$before" "$(rules)"
    for family in -4 -6; do ip -n node $family rule del pref 2; done
}

# The pins of one that was killed before the hook was there.
killed_loader() {
    expect "killed loader: attached by table" attaches
    rm /sys/fs/bpf/xdpmirror/ingress/link /sys/fs/bpf/xdpmirror/ingress/program
    way "interface: egress0, path: tx"
    attach_refused "path 'tx' is not for interface 'egress0'"
    expect "killed loader: the next attach, even a refused one, takes its rules away" equal "$RULES" "$(rules)"
    expect "killed loader: nothing else is left" nothing_left
    way "$BY_TABLE"
}

# Another attachment with the same mark comes and goes, and the first one's rule stays.
mark_is_shared() {
    local before
    before=$(rules)
    ip -n node link add second0 type veth peer name second1
    for device in second0 second1; do ip -n node link set $device up; done
    expect "kernel: a second attachment with the same mark" xdpmirror attach second0 --profile "$PROFILE" >/dev/null
    expect "kernel: needs no rule of its own" equal "$before" "$(rules)"
    expect "kernel: it is detached" xdpmirror detach second0
    expect "kernel: the rules stay for the first" equal "$before" "$(rules)"
    way "${BY_TABLE/100/200}"
    refused 1 "mark 0x77 leads to table 100 by another attachment's rule.*ip rule del fwmark 0x77 lookup 100 proto 120" \
        xdpmirror attach second0 --profile "$PROFILE"
    expect "kernel: the refused one has left no rule" equal "$before" "$(rules)"
    way "$BY_TABLE"
    ip -n node link del second0
}

reflect() { on node bash -c "echo $2 >/proc/sys/net/$1/fwmark_reflect"; }

ttl_of_one() {
    capture_start ttl fdi eth0 "udp dst port 8081"
    datagrams_send exporter1 "$LAB_OFFICE4" 31756 $SIZE 1
    wait_until 20 capture_reached ttl 1 || :
    capture_stop ttl
    tcpdump -n -v -r "$(capture_file ttl)" 2>/dev/null | grep -o 'ttl [0-9]*' | awk '{ print $2 + 1 }'
}

# What the kernel cannot deliver: no route, an unreachable one, no neighbour, a firewall that rejects.
UNDELIVERABLE=(
    "ip -n node route del 100.76.0.0/16 table 100"
    "ip -n node route replace unreachable 100.76.0.0/16 table 100"
    "ip -n node route replace prohibit 100.76.0.0/16 table 100"
    "ip -n node route replace 100.76.0.0/16 via 10.1.0.99 dev egress0 table 100"
)

kernel_is_silent() {
    local change
    # a rule without a priority is put before the first one behind the local table: not before ours
    for family in -4 -6; do ip -n node $family rule add fwmark 0x77 lookup 100; done
    capture_start words vpc fabric -Q in "dst net 192.168.0.0/16 or dst net fd00:192:168::/48"
    capture_start asked node egress0 -Q out "arp"
    for change in "${UNDELIVERABLE[@]}"; do
        $change
        mirror_one
    done
    wait_until 20 arp_failed || :
    ip -n node -6 route replace unreachable fd00:100:76::/48 table 100
    datagrams_send exporter1 "$LAB_OFFICE6" 31756 $SIZE 1
    expect "kernel: all of them were received" wait_until 20 books_received_is ingress $((2 * COUNT + 1 + 5))
    on vpc ping -q -c 1 -W 5 "$LAB_NODE4" >/dev/null
    capture_stop words
    capture_stop asked
    expect "kernel: the mirrored hosts hear nothing of what cannot be delivered" \
        equal 0 "$(capture_count words)"
    assert_conservation ingress
    expect "kernel: what it could not route is in the books" test \
        "$(books_drop "$(books_read ingress)" egress_rejected)" -ge 4
    ip -n node route replace 100.76.0.0/16 via 10.1.0.2 dev egress0 table 100
    ip -n node -6 route replace fd00:100:76::/48 via fd00:10:1::2 table 100
    for family in -4 -6; do ip -n node $family rule del pref 0 fwmark 0x77 lookup 100; done
}

mirror_one() {
    send vpc fabric "mirrored(IP(src='192.168.1.1', dst='172.16.0.10')/UDP(dport=31756)/b'lost')"
}

arp_failed() { ip -n node neighbour show 10.1.0.99 | grep -q FAILED; }

# The watch sees an answer when there is one: the same packet, not mirrored and not marked.
kernel_would_answer() {
    ip -n node route replace unreachable 100.76.0.0/16
    capture_start words vpc fabric -Q in "icmp and dst net 192.168.0.0/16"
    send vpc fabric "Ether(dst=NODE)/IP(src='192.168.1.1', dst='100.76.10.11')/UDP(dport=8081)/b'lost'"
    expect "the kernel answers a sender that is not mirrored" wait_until 20 capture_reached words 1
    capture_stop words
    routes
}

others() {
    way "interface: egress0, path: tx"
    attach_refused "path 'tx' is not for interface 'egress0'.*path: redirect"
    way "interface: ingress, path: redirect"
    attach_refused "go back out of it by path: tx"
    way "interface: egress7"
    attach_refused "interface 'egress7' does not exist.*egress0"
}

lab_up 1
mirror_up vx vpc 4242 "$LAB_FABRIC4" "$LAB_NODE4"
mirror_session eni1 vx ip
tc -n vpc filter add dev eni1 ingress protocol ipv6 u32 match ip6 protocol 17 0xff \
    action mirred egress mirror dev vx
lab_route node 192.168.0.0/16 via "$LAB_FABRIC4" # an answer would find its way
lab_route node fd00:192:168::/48 via "$LAB_FABRIC6"
RULES=$(rules)
way "interface: egress0"
delivers "veth" redirect egress0
expect "veth: nothing looks at packets that die" test ! -e /sys/fs/bpf/xdpmirror/ingress/xm_kfree_skb
tidy "veth"
others
by_tun
by_vxlan
by_macvlan
routes
by_kernel
suite_done
