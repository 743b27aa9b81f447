#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Templates follow the exporter: a collector is killed, its exporters move, and the one that they come to reads
# their data at once. NetFlow v9 and IPFIX by pmacctd, collectors are nfcapd and nfacctd, tshark judges what
# was sent for the exporter; the same without templates shows what is lost.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
source "$HERE/pools.sh"
source "$HERE/nfacctd.sh"
source "$HERE/pmacctd.sh"
suite_enter "pmacctd nfcapd nfdump nfacctd tshark tcpdump ethtool jq python3" -- "$@"

CHECKED="health: {udp: {port: 8081}, every: 500ms, timeout: 500ms, rise: 2, fall: 2}"
FLOWS=20  # of a round: three messages, and the next templates come after eighteen
declare -A name_of=([$A]=a [$B]=b [$C]=c)

home_of() { /usr/bin/python3 "$HERE/pool_judge.py" 2 "$A" "$B" "$C" | awk -v who="192.168.$1.1" '$1 == who { print $2 }'; }
all_used() { [[ "$(state "$A") $(state "$B") $(state "$C")" == "used used used" ]]; }

# flows_of EXPORTER ADDRESS: records that the collector there has of the exporter.
flows_of() { "${KIND}_flows" "${name_of[$2]}" "192.168.$1.1"; }
nfcapd_flows() { collector_records "$1" "$2"; }
has_flows() { (($(flows_of "$1" "$2") >= $3)); }

collect() {
    local address
    for address in $A $B $C; do collect_at "$address"; done
}
collect_at() {
    case $KIND in
    nfcapd) collector_start "${name_of[$1]}" fdi 8081 4 "$1" ;;
    nfacctd) nfacctd_start "${name_of[$1]}" fdi 8081 "$1" ;;
    esac
}
# kill_collector ADDRESS: nothing is written any more.
kill_collector() {
    kill -KILL "${collector_pid[${name_of[$1]}]}"
    wait "${collector_pid[${name_of[$1]}]}" 2>/dev/null || :
}

# exports: one round of flows by both exporters.
exports() {
    local i
    for i in 1 2; do
        on "exporter$i" /usr/bin/python3 -c 'import socket, sys
flows = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(int(sys.argv[2]))]
for _ in range(40):
    for port, flow in enumerate(flows, 1024):
        flow.sendto(bytes(1300), (sys.argv[1], port))' "$(lab_lan_host "$i")" $FLOWS
    done
}

# The first speaks NetFlow v9, the second IPFIX.
exporters_start() {
    local i
    exporter_pids=()
    for i in 1 2; do
        pmacctd_start "$i" $((8 + i)) "$LAB_OFFICE4:31756"
        exporter_pids+=("$spawned")
    done
}

# setup MODE: everything runs, and both exporters are read where they are at home.
setup() {
    local i
    rm -rf "$(collector_dir a)" "$(collector_dir b)" "$(collector_dir c)"
    collect
    pool "{address: $A}, {address: $B}, {address: $C}" "templates: $1, $CHECKED"
    daemon_start "$PROFILE"
    wait_until 20 all_used || die "the collectors are not used"
    exporters_start
    exports
    for i in 1 2; do
        expect "$KIND, $1: exporter$i is read at home" wait_until 30 has_flows "$i" "$(home_of "$i")" $FLOWS
    done
}

teardown() {
    local i
    for i in "${exporter_pids[@]}"; do finish "$i"; done
    daemon_stop TERM
    xdpmirror detach ingress
    stop_collectors
}

# At home it is dark; where does the exporter go now?
moves() {
    local i address
    for address in $(for i in 1 2; do home_of "$i"; done | sort -u); do
        kill_collector "$address"
        unset "collector_pid[${name_of[$address]}]"
        wait_until 20 state_is "$address" "not used" || die "the dead collector is used"
    done
}
new_home() {
    local i args=()
    for i in $A $B $C; do
        if [[ $i == "$(home_of 1)" || $i == "$(home_of 2)" ]]; then args+=("$i!"); else args+=("$i"); fi
    done
    /usr/bin/python3 "$HERE/pool_judge.py" 2 "${args[@]}" | awk -v who="192.168.$1.1" '$1 == who { print $2 }'
}

follow() {
    local i
    setup on_move
    note_ports
    capture_start moved fdi eth0 "udp dst port 8081"
    moves
    wait_until 20 capture_reached moved 2 || :
    capture_stop moved
    exports
    for i in 1 2; do
        expect "$KIND, on_move: exporter$i is read at its new collector at once" \
            wait_until 30 has_flows "$i" "$(new_home "$i")" $FLOWS
    done
    expect "status tells" status_tells "templates: [1-9][0-9]* of 2 streams kept, 2 messages sent$"
    conserved_when_quiet
    teardown
}

# A reload sends both exporters to a collector that has never heard of them.
reloaded() {
    local i to
    setup on_move
    to=$(for i in $A $B $C; do [[ $i == "$(home_of 1)" || $i == "$(home_of 2)" ]] || echo "$i"; done | head -n 1)
    pool "{address: $to}" "templates: on_move, $CHECKED"
    expect "$KIND, reload to another collector" xdpmirror reload ingress
    expect "$KIND, reload: the templates are sent" wait_until 20 status_tells "2 messages sent$"
    exports
    for i in 1 2; do
        expect "$KIND, reload: exporter$i is read at its new collector at once" wait_until 30 has_flows "$i" "$to" $FLOWS
    done
    conserved_when_quiet
    teardown
}

# Without them nothing is read until the exporter says its templates again.
lose() {
    local i
    setup off
    moves
    exports
    for i in 1 2; do
        expect "$KIND, off: what exporter$i sends arrives" wait_until 20 arrived "$(new_home "$i")"
    done
    stop_collectors
    for i in 1 2; do
        expect "$KIND, off: and nobody can read it" equal 0 "$(flows_of "$i" "$(new_home "$i")")"
    done
    teardown
}
arrived() { (($(of_pool "$1" '.packets') > 0)); }
stop_collectors() {
    local name
    for name in a b c; do
        if [[ -n ${collector_pid[$name]:-} ]]; then "${KIND}_stop" "$name"; fi
    done
}
nfcapd_stop() { collector_stop "$1"; }
conserved_when_quiet() { assert_conservation ingress; }

# judged DISPLAY-FILTER: how many of the captured packets tshark shows.
judged() {
    tshark -r "$(capture_file moved)" -d udp.port==8081,cflow -o udp.check_checksum:TRUE -o ip.check_checksum:TRUE \
        -Y "$1" -T fields -e frame.number 2>/dev/null | wc -l
}
sent_for_the_exporter() {
    local i
    expect "two messages were sent for the exporters" equal 2 "$(judged 'cflow')"
    expect "with good checksums" equal 2 "$(judged 'cflow && ip.checksum.status == 1 && udp.checksum.status == 1')"
    expect "one is NetFlow v9, one IPFIX" equal "1 1" "$(judged 'cflow.version == 9') $(judged 'cflow.version == 10')"
    expect "both have templates" equal 2 "$(judged 'cflow.template_id')"
    expect "and no data" equal 0 "$(judged 'cflow.flowset_id >= 256')"
    expect "nothing in them is malformed" equal 0 "$(judged '_ws.malformed || _ws.expert.severity >= 0x600000')"
    for i in 1 2; do
        expect "exporter$i speaks, from its port, as many hops away as its data" equal 1 \
            "$(judged "ip.src == 192.168.$i.1 && udp.srcport == $(exporter_port "$i") && ip.ttl == 62 && ip.dst == $(new_home "$i")")"
    done
}
exporter_port() { cat "$SANDBOX_FILES/port$1"; }
note_ports() {
    local i
    for i in 1 2; do pmacctd_port "$i" >"$SANDBOX_FILES/port$i"; done
}

# For `config diff`, which says how many of them would move.
knows_exporters() { xdpmirror config diff --profile "$PROFILE" ingress --json | jq -e ".pools[0].known_exporters == $1" >/dev/null; }

# A new daemon knows what the former one had learned; a pool that was held is told when its collector is back.
KEPT=/run/xdpmirror/ingress.templates
one_comes_back() {
    local i
    rm -rf "$(collector_dir a)"
    collect_at "$A"
    pool "{address: $A}" "templates: on_move, $CHECKED"
    daemon_start "$PROFILE"
    exporters_start
    exports
    for i in 1 2; do expect "hold: exporter$i is read" wait_until 30 has_flows "$i" "$A" $FLOWS; done
    daemon_stop TERM
    expect "its memory outlives the daemon" test -s $KEPT
    expect "and config diff knows both exporters by it" knows_exporters 2
    daemon_start "$PROFILE"
    kill_collector "$A"
    expect "hold: the collector is down" wait_until 20 health_is "$A" down
    collect_at "$A"
    expect "hold: it is back" wait_until 20 health_is "$A" up
    expect "hold: it was told" wait_until 20 status_tells "2 messages sent$"
    rm -rf "$(collector_dir a)"/nfcapd.2*
    exports
    for i in 1 2; do expect "hold: exporter$i is read at once" wait_until 30 has_flows "$i" "$A" $FLOWS; done
    daemon_stop TERM
    echo nonsense >$KEPT
    daemon_start "$PROFILE"
    expect "a memory that says nothing sensible: told" grep -q "$KEPT: it is not what xdpmirror has written" <(daemon_log)
    daemon_stop TERM
    daemon_start "$PROFILE" setpriv --bounding-set=-net_raw --inh-caps=-net_raw
    wait_until 30 learns || die "nothing is learned"
    kill_collector "$A"
    wait_until 20 health_is "$A" down || die "the dead collector is up"
    collect_at "$A"
    wait_until 20 health_is "$A" up || die "the collector does not come back"
    expect "without CAP_NET_RAW: status tells" wait_until 20 status_tells \
        "not sent: open a packet socket for templates: Operation not permitted$"
    expect "and the journal" grep -q "open a packet socket for templates: Operation not permitted" <(daemon_log)
    expect "the unit lets the daemon open such a socket" grep -qE "^RestrictAddressFamilies=.*AF_PACKET" "$HERE/../../systemd/xdpmirror@.service.in"
    teardown
    expect "detach forgets" test ! -e $KEPT
}
# Whose next templates come after eighteen messages, however many rounds those are.
learns() {
    exports
    status_tells "templates: [1-9]"
}
status_tells() { xdpmirror status ingress | grep -qE "$1"; }

# Every collector hears every template, from the exporter that it does not serve too.
everybody() {
    capture_start moved fdi eth0 "udp dst port 8081"
    setup all
    wait_until 20 all_told || :
    capture_stop moved
    expect "all: both others are told, for each exporter" equal 4 "$(judged 'cflow.template_id && !(cflow.flowset_id >= 256)')"
    for i in 1 2; do
        expect "all: not the one that exporter$i speaks to" equal 0 \
            "$(judged "cflow.template_id && !(cflow.flowset_id >= 256) && ip.src == 192.168.$i.1 && ip.dst == $(home_of "$i")")"
    done
    teardown
}
all_told() { status_tells "4 messages sent"; }

lab_up 2
for address in $B $C; do ip -n fdi address add "$address"/32 dev eth0; done
ip -n fdi route add 10.1.0.0/24 via 100.76.10.1
# all collectors are one host here, and it would answer one question of them all a second
on fdi bash -c "echo 0 >/proc/sys/net/ipv4/icmp_ratelimit"
mirror_up vx vpc "$MIRROR_VNI" "$LAB_FABRIC4" "$LAB_NODE4"
mirror_sessions vx 2
KIND=nfcapd
follow
# a message under an old number, and then the next one
expect "nfcapd counts a gap at most for each exporter" test "$(collector_sequence_errors a)" -le 2
sent_for_the_exporter
reloaded
lose
one_comes_back
everybody
KIND=nfacctd
follow
lose
suite_done
