# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A pool in the lab, many exporters, and where each of them goes. Sourced, after suite.sh.

PROFILE=$SANDBOX_FILES/pools.yaml
EXPORTERS=60 ROUNDS=3
A=100.76.10.11 B=100.76.10.12 C=100.76.10.13

# pool COLLECTORS [FIELDS]: YAML of the collectors, and more fields of the pool.
pool() { profile_with "$PROFILE" "interface: egress0" "collectors: [$1]${2:+, $2}"; }

three() { pool "{address: $C}, {address: $A}, {address: $B}"; }

# observe COUNT: sends from every exporter, some rounds with another source port each, and waits for
# COUNT packets; "EXPORTER COLLECTOR" lines in $SANDBOX_FILES/seen.
observe() {
    local before
    before=$(books_received "$(books_read ingress)")
    capture_start seen fdi eth0 "udp dst port 8081"
    send vpc fabric "[mirrored(IP(src='192.168.%d.1' % n, dst='172.16.0.10')/UDP(sport=1000+r, dport=31756)/b'flow')
        for r in range($ROUNDS) for n in range(1, $EXPORTERS + 1)]"
    wait_until 20 books_received_is ingress $((before + EXPORTERS * ROUNDS)) || die "the mirror does not arrive"
    wait_until 20 capture_reached seen "$1" || :
    capture_stop seen
    tcpdump -nn -r "$(capture_file seen)" 2>/dev/null |
        sed -E 's/.* IP ([0-9.]+)\.[0-9]+ > ([0-9.]+)\.8081: .*/\1 \2/' | sort -V >"$SANDBOX_FILES/seen"
}

# balanced WHAT COLLECTOR...: each exporter's packets, all of them, are where the judge says.
balanced() {
    local what=$1
    shift
    observe $((EXPORTERS * ROUNDS))
    /usr/bin/python3 "$HERE/pool_judge.py" $EXPORTERS "$@" | sort -V >"$SANDBOX_FILES/judged"
    expect "$what: every exporter is with its collector, by the reference" \
        cmp -s "$SANDBOX_FILES/judged" <(uniq "$SANDBOX_FILES/seen")
    expect "$what: all $((EXPORTERS * ROUNDS)) packets" equal $((EXPORTERS * ROUNDS)) "$(wc -l <"$SANDBOX_FILES/seen")"
}

of_pool() { xdpmirror pools ingress --json | jq -r --arg of "$1" ".pools[0].collectors[] | select(.address == \$of)$2"; }
state() { of_pool "$1" .state; }
state_is() { [[ $(state "$1") == "$2" ]]; }
share() { of_pool "$1" '.share * 1000 | round'; }
why_is() { of_pool "$1" '.why_not // ""' | grep -q "$2"; }

# health_is COLLECTOR STATUS: what the daemon has found.
health_is() { [[ $(of_pool "$1" '.health.status') == "$2" ]]; }
