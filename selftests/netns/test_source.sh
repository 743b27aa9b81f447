#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Promise 3: the source is sacred. Source address and port, DSCP, IP ID, flags and payload leave the
# node as they came; only destination, TTL and MACs change, and checksums stay right. tshark judges.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "tcpdump tshark ethtool jq python3" -- "$@"

FLOWS4=$(cat <<'PYTHON'
[mirrored(IP(src='192.168.%d.%d' % (i % 7, 1 + i), dst='172.16.0.10', id=1000 + 7 * i, tos=(i * 5) % 256,
             ttl=2 + i, flags='DF' if i % 2 else 0)
          / UDP(sport=1024 + 613 * i, dport=31756 if i % 3 else 4739) / (b'%d' % i * (1 + 8 * i)))
 for i in range(60)]
PYTHON
)
FLOWS4_NO_CHECKSUM=$(cat <<'PYTHON'
[mirrored(IP(src='192.168.9.%d' % i, dst='172.16.0.10', id=i) / UDP(sport=i, dport=31756, chksum=0) / b'unsummed')
 for i in range(1, 11)]
PYTHON
)
FLOWS6=$(cat <<'PYTHON'
[mirrored(IPv6(src='fd00:192:168:%x::%x' % (i % 5, 1 + i), dst='fd00:172:16::10', tc=(i * 5) % 256, fl=i * 1000,
               hlim=2 + i)
          / UDP(sport=1024 + 613 * i, dport=31756 if i % 3 else 4739) / (b'%d' % i * (1 + 8 * i)),
          outer=IPv6(src='fd00:10::1', dst='fd00:10::2') if i % 2 else None)
 for i in range(60)]
PYTHON
)

# What must not change, of the innermost IP packet of each frame in a capture, in order.
SACRED4=(ip.src udp.srcport ip.dsfield ip.id ip.flags.df ip.len udp.length udp.payload)
SACRED6=(ipv6.src udp.srcport ipv6.tclass ipv6.flow udp.length udp.payload)

# fields NAME FILTER FIELD...: of the last occurrence, which is the inner one in a tunnel.
fields() {
    local name=$1 filter=$2 field options=()
    shift 2
    for field in "$@"; do options+=(-e "$field"); done
    tshark -r "$(capture_file "$name")" -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE \
        -d udp.port==31756,data -d udp.port==4739,data -d udp.port==8081,data \
        -Y "$filter" -T fields -E occurrence=l "${options[@]}" 2>/dev/null
}

# through FAMILY COUNT COLLECTOR EXPRESSION...: packets in by the mirror, out at the tunnel side.
through() {
    local family=$1 count=$2
    attach_lab XM_COLLECTOR="$3"
    shift 3
    capture_start before vpc fabric -Q out udp port 4789
    capture_start after tunnel inside -Q in udp port 8081
    send vpc fabric "$@"
    wait_until 20 capture_reached before "$count" || :
    wait_until 20 capture_reached after "$count" || :
    capture_stop before
    capture_stop after
    expect "IPv$family: all $count packets left the node" \
        equal "$count" "$(capture_count before)" "$(capture_count after)"
    assert_conservation ingress
    xdpmirror detach ingress
}

expect_same() {
    expect "$1: unchanged ${*:3}" cmp <(fields before "$2" "${@:3}") <(fields after "$2" "${@:3}")
}

# Status 1 is good, 2 is unverified, which is what a UDP checksum of zero is; 0 is bad.
checksums() { fields after "$1" "$2" | sort -u | tr '\n' ' '; }

ipv4() {
    through 4 70 "$LAB_FDI4" "$FLOWS4" "$FLOWS4_NO_CHECKSUM"
    expect_same IPv4 ip "${SACRED4[@]}"
    expect "IPv4: to the collector and nowhere else" \
        equal "$LAB_FDI4 8081" "$(fields after ip ip.dst udp.dstport | sort -u | tr '\t' ' ')"
    expect "IPv4: TTL is one less" \
        cmp <(fields before ip ip.ttl | awk '{ print $1 - 1 }') <(fields after ip ip.ttl)
    expect "IPv4: header checksums are right" equal "1 " "$(checksums ip ip.checksum.status)"
    expect "IPv4: UDP checksums are right" equal "1 " \
        "$(checksums 'udp.checksum != 0' udp.checksum.status)"
    expect "IPv4: a checksum of zero stays zero" equal 10 \
        "$(fields after 'udp.checksum == 0' udp.srcport | wc -l)"
    expect "IPv4: the MAC addresses are those of the link" equal \
        "$(lab_mac node egress0) $(lab_mac tunnel inside)" \
        "$(fields after ip eth.src eth.dst | sort -u | tr '\t' ' ')"
}

ipv6() {
    through 6 60 "$LAB_FDI6" "$FLOWS6"
    expect_same IPv6 ipv6 "${SACRED6[@]}"
    expect "IPv6: to the collector and nowhere else" \
        equal "$LAB_FDI6 8081" "$(fields after ipv6 ipv6.dst udp.dstport | sort -u | tr '\t' ' ')"
    expect "IPv6: hop limit is one less" \
        cmp <(fields before ipv6 ipv6.hlim | awk '{ print $1 - 1 }') <(fields after ipv6 ipv6.hlim)
    expect "IPv6: UDP checksums are right" equal "1 " "$(checksums ipv6 udp.checksum.status)"
}

lab_up 0
ipv4
ipv6
suite_done
