#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A pool with real programs at both ends: NetFlow v5 and v9 by softflowd, IPFIX and sFlow by pmacctd, without a
# pause, to four collectors, each an nfcapd or nfacctd, an sfacctd and an HTTP server that is asked how they are.
# They are killed, frozen, slow, and lie, and the tunnel is cut. At the end what exporters say they have sent is
# what collectors say they have read, and what went to the dead, record for record. Argument: 4 (default) or 6,
# the address family outside and inside.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
for part in pools servers nfacctd pmacctd ledger; do source "$HERE/$part.sh"; done
suite_enter "softflowd pmacctd nfcapd nfdump nfacctd sfacctd tshark tcpdump ethtool jq python3 ping" -- "$@"

FAMILY=${1:-4}
# With these addresses each exporter has a collector of its own while all are well.
if [[ $FAMILY == 6 ]]; then
    COLLECTORS=("$LAB_FDI6" fd00:100:76::42 fd00:100:76::43 fd00:100:76::44)
    OFFICE=$LAB_OFFICE6 OFFICE_HOST="[$LAB_OFFICE6]" FABRIC=$LAB_FABRIC6 NODE=$LAB_NODE6
    HOST_BITS=128 CUT=fd00:100:76::/120 BEYOND=(fd00:100:76::/48 via fd00:10:1::2) BACK=(fd00:10:1::/64 via fd00:100:76::1)
else
    COLLECTORS=("$LAB_FDI4" 100.76.10.12 100.76.10.13 100.76.10.14)
    OFFICE=$LAB_OFFICE4 OFFICE_HOST=$LAB_OFFICE4 FABRIC=$LAB_FABRIC4 NODE=$LAB_NODE4
    HOST_BITS=32 CUT=100.76.10.8/29 BEYOND=(100.76.0.0/16 via 10.1.0.2) BACK=(10.1.0.0/24 via 100.76.10.1)
fi
KINDS=(nfcapd nfacctd nfcapd nfacctd)
ALL="1 2 3 4"  # exporters: NetFlow v5, v9, IPFIX, sFlow
declare -A exporter_pid=() traffic_pid=()

exporter() { "lab_exporter$FAMILY" "$1"; }

# --- collectors -----------------------------------------------------------------------------------

# index_of COLLECTOR: its place in COLLECTORS; its programs are netflowN and sflowN.
index_of() {
    local i
    for i in "${!COLLECTORS[@]}"; do [[ ${COLLECTORS[i]} != "$1" ]] || echo "$i"; done
}
programs_of() { echo "${collector_pid[netflow$(index_of "$1")]} ${collector_pid[sflow$(index_of "$1")]}"; }

collect_at() {
    local i
    i=$(index_of "$1")
    if [[ ${KINDS[i]} == nfcapd ]]; then
        collector_start "netflow$i" fdi 8081 "$FAMILY" "$1"
    else
        nfacctd_start "netflow$i" fdi 8081 "$1"
    fi
    nfacctd_start "sflow$i" fdi 8082 "$1" sfacctd
}

# kill_programs COLLECTOR: nothing of what is not written yet is written.
kill_programs() {
    local pids
    read -ra pids <<<"$(programs_of "$1")"
    signal_tree KILL "${pids[@]}"
    wait "${pids[@]}" 2>/dev/null || :
}

stop_programs() {
    local i
    for i in "${!COLLECTORS[@]}"; do
        if [[ ${KINDS[i]} == nfcapd ]]; then collector_stop "netflow$i"; else nfacctd_stop "netflow$i"; fi
        nfacctd_stop "sflow$i"
    done
}

# read_of EXPORTER COLLECTOR: records, or samples, that its program has read so far.
read_of() {
    local i
    i=$(index_of "$2")
    if [[ $1 == 4 ]]; then
        nfacctd_flows "sflow$i" "$(lab_exporter4 4)" # as the agent names itself in the datagram
    elif [[ ${KINDS[i]} == nfcapd ]]; then
        collector_records "netflow$i" "$(exporter "$1")"
    else
        nfacctd_flows "netflow$i" "$(exporter "$1")"
    fi
}
reads_more() { (($(read_of "$1" "$2") > $3)); }

# all_read: as ledger_read has it, by the collectors' own words.
all_read() {
    local i collector count
    for i in $ALL; do
        for collector in "${COLLECTORS[@]}"; do
            count=$(read_of "$i" "$collector")
            ((count == 0)) || echo "$(exporter "$i") $collector $count"
        done
    done | sort -V
}

# --- exporters ------------------------------------------------------------------------------------

start_exporters() {
    local i sflow=$OFFICE_HOST
    for i in 1 2; do
        exporter_start "$i" $((i * 4 + 1)) "$OFFICE_HOST:31756"
        exporter_pid[$i]=$spawned
    done
    pmacctd_start 3 10 "$OFFICE_HOST:31756"
    exporter_pid[3]=$spawned
    if [[ $FAMILY == 6 ]]; then
        sflow_relay 4 "$OFFICE" 6343
        sflow=127.0.0.1
    fi
    pmacctd_start 4 sflow "$sflow:6343"
    exporter_pid[4]=$spawned
    for i in $ALL; do
        exporter_keeps_sending "$i" 10 $((i == 4 ? 4 : 12))
        traffic_pid[$i]=$spawned
    done
}

finish_exporters() {
    local i
    for i in $ALL; do finish "${traffic_pid[$i]}"; done
    for i in 1 2; do exporter_finish "$i"; done
    for i in 3 4; do
        kill -INT "${exporter_pid[$i]}"
        wait "${exporter_pid[$i]}" || :
    done
}

# quiet: exporters stop where they are, and everything that has come to a collector is read.
quiet() {
    signal_tree STOP "${traffic_pid[@]}" "${exporter_pid[@]}"
    expect "$1: all that has come is read, record for record" wait_until 30 balances
}
balances() {
    ledger_decode in "$FAMILY"
    cmp -s <(ledger_read in alive) <(all_read)
}
loud() { signal_tree CONT "${traffic_pid[@]}" "${exporter_pid[@]}"; }

# --- who is served by whom ------------------------------------------------------------------------

# judge [COLLECTOR...]: "exporter collector", when these are not usable.
judge() {
    local one pool=()
    for one in "${COLLECTORS[@]}"; do
        if [[ " $* " == *" $one "* ]]; then pool+=("$one!"); else pool+=("$one"); fi
    done
    /usr/bin/python3 "$HERE/pool_judge.py" 4 "${pool[@]}" | sort -V
}
home_of() { judge | awk -v who="$(exporter "$1")" '$1 == who { print $2 }'; }

# went_since TIME: "exporter collector", each once, of the packets that have come since.
went_since() {
    tcpdump -nn -tt -r "$(capture_file in)" 2>/dev/null |
        sed -nE "s/^([0-9.]+) IP6? (\S+)\.[0-9]+ > (\S+)\.[0-9]+: .*/\1 \2 \3/p" |
        awk -v since="$1" '$1 > since { print $2, $3 }' | sort -Vu
}
all_went_since() { (($(went_since "$1" | cut -d' ' -f1 | sort -u | wc -l) == 4)); }

# served WHAT [COLLECTOR...]: every exporter is read where the judge says when these are not usable, and speaks to
# nobody else.
served() {
    local i what=$1 since=$EPOCHREALTIME goes=() had=()
    mapfile -t goes < <(judge "${@:2}" | cut -d' ' -f2)
    for i in $ALL; do had[i]=$(read_of "$i" "${goes[i - 1]}"); done
    for i in $ALL; do
        expect "$what: exporter$i is read at ${goes[i - 1]}" \
            wait_until 30 reads_more "$i" "${goes[i - 1]}" "${had[i]}"
    done
    wait_until 20 all_went_since "$since" || :
    expect "$what: and nobody else hears of them" equal "$(judge "${@:2}")" "$(went_since "$since")"
}

all_used() {
    local one
    for one in "${COLLECTORS[@]}"; do state_is "$one" used || return 1; done
}
# goes COLLECTOR WHY: it is not used any more.
goes() { [[ $(state "$1") == "not used" && $(share "$1") == 0 ]] && why_is "$1" "$2"; }
all_are() {
    local one
    for one in "${COLLECTORS[@]}"; do health_is "$one" "$1" || return 1; done
}
shares() { for one in "${COLLECTORS[@]}"; do share "$one"; done | xargs; }

# --- what happens ---------------------------------------------------------------------------------

one_is_killed() {
    local dead
    dead=$(home_of 2)
    quiet "before the kill"
    kill_programs "$dead"
    server_kill "$dead"
    ledger_dies "$dead"
    loud
    expect "killed: not used" wait_until 20 goes "$dead" "connection refused"
    served "killed" "$dead"
    one_is_frozen_too "$dead"
    ledger_lives "$dead"
    collect_at "$dead"
    server_start "$dead"
    expect "killed and frozen: back" wait_until 60 all_used
    served "killed and frozen: back"
}

# What comes to a frozen one waits in its sockets, and is read later.
one_is_frozen_too() {
    local frozen pids
    frozen=$(home_of 4)
    read -ra pids <<<"$(programs_of "$frozen")"
    signal_tree STOP "${pids[@]}" "${server[$frozen]}"
    expect "frozen: not used" wait_until 20 goes "$frozen" "no answer within 500ms"
    served "one killed, one frozen" "$1" "$frozen"
    signal_tree CONT "${pids[@]}" "${server[$frozen]}"
}

slow_and_sorry() {
    local slow sorry one
    slow=$(home_of 1) sorry=$(home_of 3)
    server_stop "$slow"
    server_start "$slow" 200 2
    server_stop "$sorry"
    server_start "$sorry" 503
    expect "slow: not used" wait_until 20 goes "$slow" "no answer within 500ms"
    expect "503: not used" wait_until 20 goes "$sorry" "HTTP 503"
    served "one slow, one answers 503" "$slow" "$sorry"
    for one in $slow $sorry; do
        server_stop "$one"
        server_start "$one"
    done
    expect "slow and 503: back" wait_until 60 all_used
}

# Nobody can tell that it lies but who counts records: it has packets, and its collector has read none of them.
one_lies() {
    local liar since had packets
    liar=$(home_of 3)
    quiet "before the lie"
    had=$(read_of 3 "$liar") packets=$(of_pool "$liar" .packets)
    kill_programs "$liar"
    ledger_dies "$liar"
    since=$EPOCHREALTIME
    loud
    expect "lies: packets go to it" wait_until 20 all_went_since "$since"
    expect "lies: it is used" state_is "$liar" used
    expect "lies: by a drain nothing more goes to it" xdpmirror pools drain fdi "$liar"
    quiet "drained"
    expect "lies: what it had is delivered in our books" equal $(($(of_pool "$liar" .packets) - packets)) \
        "$(awk -F'\t' -v from="$since" -v whom="$liar" '$1 > from && $3 == whom' "$(ledger_file in)" | wc -l)"
    expect "lies: and its collector has read none of it" equal "$had" "$(read_of 3 "$liar")"
    ledger_lives "$liar"
    expect "lies: records were lost" grep -q "^$(exporter 3) $liar [1-9]" <(ledger_read in dead)
    loud
    collect_at "$liar"
    served "lies: drained" "$liar"
    expect "lies: a new collector, and its share" xdpmirror pools undrain fdi "$liar"
    expect "lies: all are used" wait_until 20 all_used
}

# The node's own end: what cannot be sent is in the books.
cut_at_the_node() {
    node_cut=$EPOCHREALTIME
    ip -n node link set egress0 down
    expect "cut at the node: why" wait_until 20 why_is "${COLLECTORS[0]}" "is down"
    expect "cut at the node: packets are dropped" wait_until 20 dropped
    expect "cut at the node: nobody is to blame" all_are up
    expect "cut at the node: hold: nobody has moved" equal "250 250 250 250" "$(shares)"
    ip -n node link set egress0 up
    lab_route node "${BEYOND[@]}"
    expect "mended at the node" wait_until 60 way_is_well
    node_mended=$EPOCHREALTIME
    served "mended at the node"
}
dropped() { (($(books_drop "$(books_read ingress)" egress_rejected) > 0)); }
way_is_well() { all_used && ! why_is "${COLLECTORS[0]}" . && all_are up; }

# Beyond the next hop, without a word: nobody answers, and who is used last keeps what he has. The templates that he
# was told meanwhile are lost too; he is told again when he is back.
cut_in_the_tunnel() {
    local delivered
    tunnel_cut=$EPOCHREALTIME
    lab_route tunnel blackhole "$CUT"
    expect "cut in the tunnel: all are down" wait_until 20 all_are down
    delivered=$(books_delivered "$(books_read ingress)")
    expect "cut in the tunnel: hold: packets go on" wait_until 20 delivers_more "$delivered"
    ip -n tunnel route del blackhole "$CUT"
    tunnel_mended=$EPOCHREALTIME
    expect "mended in the tunnel" wait_until 60 all_used
    tunnel_back=$EPOCHREALTIME
    served "mended in the tunnel"
}
delivers_more() { (($(books_delivered "$(books_read ingress)") > $1)); }

# --- the books ------------------------------------------------------------------------------------

# What an exporter says about itself: softflowd by its statistics, IPFIX and sFlow by their sequence numbers.
exporters_words() {
    local i last=()
    for i in 1 2; do
        expect "exporter$i says $(exporter_records "$i") records in $(exporter_packets "$i") packets: so it was" \
            equal "$(exporter_records "$i") $(exporter_packets "$i")" \
            "$(ledger_sum sent records "$(exporter "$i")") $(ledger_sum sent packets "$(exporter "$i")")"
    done
    read -ra last <<<"$(ledger_last sent "$(exporter 3)")"
    expect "exporter3 says $((last[0] + last[1])) records: so it was" equal $((last[0] + last[1])) \
        "$(ledger_sum sent records "$(exporter 3)")"
    read -ra last <<<"$(ledger_last sent "$(exporter 4)")"
    expect "exporter4 says ${last[2]} samples in ${last[0]} packets: so it was" equal "${last[2]} ${last[0]}" \
        "$(ledger_sum sent records "$(exporter 4)") $(ledger_sum sent packets "$(exporter 4)")"
}

# Each exporter's records: read, or sent to the dead, or lost in the tunnel, or without the templates that were lost
# there, or dropped by us.
records_add_up() {
    local i who sent dead read lost bare dropped
    for i in $ALL; do
        who=$(exporter "$i")
        sent=$(ledger_sum sent records "$who")
        read=$(all_read | awk -v who="$who" '$1 == who { n += $3 } END { print n + 0 }')
        dead=$(ledger_read in dead | awk -v who="$who" '$1 == who { n += $3 } END { print n + 0 }')
        lost=$(ledger_less out in missing | records_of "$who")
        bare=$(($(ledger_sum out records "$who") - $(ledger_sum in records "$who") - lost))
        dropped=$((sent - $(ledger_sum out records "$who")))
        expect "exporter$i: $sent records = $read read + $dead to the dead + $lost in the tunnel + $bare bare + $dropped dropped" \
            equal "$sent" $((read + dead + lost + bare + dropped))
        expect "exporter$i: most of them are read" test $((read * 2)) -gt "$sent"
    done
}

records_of() { awk -F'\t' -v who="$1" '$2 == who { n += $4 } END { print n + 0 }'; }

packets_add_up() {
    local books rejected told wire
    books=$(books_read ingress) told=$(xdpmirror status ingress | sed -nE 's/.*, ([0-9]+) messages sent$/\1/p')
    rejected=$(books_drop "$books" egress_rejected) wire=$(($(ledger_sum out packets) - told))
    expect "received what exporters have sent" equal "$(ledger_sum sent packets)" "$(books_received "$books")"
    expect "delivered what was on the wire but the daemon's $told messages" equal "$wire" "$(books_delivered "$books")"
    expect "dropped what was not: $(books_drops "$books")" equal "$rejected" "$(books_dropped "$books")" \
        $(($(ledger_sum sent packets) - wire))
    assert_conservation ingress
    expect "collectors' packets are what was delivered, and what their way has refused" \
        equal "$(xdpmirror pools ingress --json | jq '[.pools[0].collectors[].packets] | add')" $((wire + rejected))
    expect "dropped only while it was cut at the node" equal "" \
        "$(ledger_less sent out missing "$node_cut" "$node_mended")"
    expect "lost only while the tunnel was cut" equal "" "$(ledger_less out in missing "$tunnel_cut" "$tunnel_mended")"
    expect "without templates only until all were back" equal "" \
        "$(ledger_less out in unread "$tunnel_cut" "$tunnel_back")"
    expect "no collector's socket was full" equal 0 "$(udp_figure fdi "$FAMILY" RcvbufErrors)"
    expect "no checksum was wrong" equal 0 "$(udp_figure fdi "$FAMILY" InCsumErrors)"
}

# --- the lab --------------------------------------------------------------------------------------

profile() {
    cat >"$PROFILE" <<YAML
version: 1
sources:
  - {name: core, vxlan: {vni: $MIRROR_VNI}, from: ["$FABRIC"]}
rules:
  - {name: netflow, match: {port: 31756}, send: {to: fdi, port: 8081}}
  - {name: sflow, match: {port: 6343}, send: {to: fdi, port: 8082}}
pools:
  fdi:
    collectors: [$(printf '{address: "%s"}, ' "${COLLECTORS[@]}")]
    health: {http: {port: 8080, path: /healthz}, every: 500ms, timeout: 500ms, rise: 2, fall: 2}
    via: gcp
egress:
  gcp: {interface: egress0}
YAML
}

lab() {
    local i port address
    lab_up 4
    for address in "${COLLECTORS[@]:1}"; do ip -n fdi address add "$address/$HOST_BITS" dev eth0; done
    lab_route fdi "${BACK[@]}" # health checks come from the node itself
    on node bash -c "echo 1 >/proc/sys/net/ipv6/conf/egress0/keep_addr_on_down"
    for i in $ALL; do
        lab_lan_quiet "$i"
        wait_until 20 on "exporter$i" ping -q -c 1 -W 1 "$OFFICE" >/dev/null
    done
    ip -n vpc link set fabric mtu 1600
    ip -n node link set ingress mtu 1600
    # so that no exporter hears a complaint
    for port in 31756 6343; do collector_deaf vpc $port "$OFFICE"; done
    mirror_up vx vpc "$MIRROR_VNI" "$FABRIC" "$NODE"
    mirror_flows "$FAMILY" vx 4
    wait_until 20 on vpc ping -q -c 1 -W 1 "$NODE" >/dev/null
    for i in $ALL; do wait_until 20 mirror_copies "$i" "$OFFICE"; done
    for address in "${COLLECTORS[@]}"; do
        collect_at "$address"
        server_start "$address"
    done
    capture_start sent vpc any -s 2000 -Q in "udp and (dst port 31756 or dst port 6343)"
    capture_start out tunnel inside "udp and (dst port 8081 or dst port 8082)"
    capture_start in fdi eth0 "udp and (dst port 8081 or dst port 8082)"
}

lab
profile
daemon_start "$PROFILE"
expect "all are used" wait_until 20 all_used
start_exporters
served "all are well"
expect "all are well: each has something to do" equal 4 "$(judge | cut -d' ' -f2 | sort -u | wc -l)"
one_is_killed
slow_and_sorry
one_lies
cut_at_the_node
cut_in_the_tunnel
finish_exporters
expect "at the end all that has come is read, record for record" wait_until 30 balances
stop_programs
expect "and nothing more when collectors end" balances
for name in sent out in; do
    capture_stop $name
    ledger_decode $name "$FAMILY"
done
exporters_words
records_add_up
packets_add_up
daemon_stop TERM
suite_done
