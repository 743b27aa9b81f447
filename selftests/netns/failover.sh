# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Two links from the node to the tunnel host, a steady stream of numbered packets, and things that happen
# to the links while it flows. Sourced, after suite.sh.

PROFILE=$SANDBOX_FILES/failover.yaml
PACE=500

# profile FIELDS
profile() { profile_with "$PROFILE" "$1"; }

# A second link from the node to the tunnel host.
second_link() {
    lab_link node egress1 10.2.0.1/24 fd00:10:2::1/64 tunnel inside1 10.2.0.2/24 fd00:10:2::2/64
    lab_receives_redirects tunnel inside1
    ip -n node route append 100.76.0.0/16 via 10.2.0.2 dev egress1 metric 200
}

stream_start() {
    spawn fdi /usr/bin/python3 "$HERE/stream.py" receive 8081 "$SANDBOX_FILES/arrived"
    receiver=$spawned
    wait_until 20 collector_listens fdi 8081
    spawn vpc /usr/bin/python3 "$HERE/stream.py" send fabric "$(lab_mac node ingress)" $PACE >"$SANDBOX_FILES/sent"
    sender=$spawned
    flows 20 || die "the stream does not arrive"
}

stream_stop() {
    kill -TERM "$sender"
    wait "$sender" || :
    kill -TERM "$receiver"
    wait "$receiver" 2>/dev/null || :
}

last_arrived() { tail -n 1 "$SANDBOX_FILES/arrived" 2>/dev/null | awk '{ print $1 + 0 }'; }

# flows SECONDS: packets that were sent after this moment arrive.
flows() {
    local from
    from=$(now_ns)
    wait_until "$1" arrived_since "$from"
}
now_ns() { /usr/bin/python3 -c 'import time; print(time.monotonic_ns())'; }
arrived_since() { [[ -n $(tail -n 3 "$SANDBOX_FILES/arrived" 2>/dev/null | awk -v from="$1" '$2 > from') ]]; }

# gap FROM: the longest time, in ms, between two packets that arrived, the later one sent since FROM.
gap() {
    awk -v from="$1" '$2 >= from && last && $2 - last > most { most = $2 - last }
        { last = $2 }
        END { print int(most / 1e6) }' "$SANDBOX_FILES/arrived"
}

# cause WHAT COMMAND...: does it, and expects traffic back. How long that took is said, and measured by
# bench/failover.sh: no test depends on the clock of a busy machine.
cause() {
    local what=$1 from
    shift
    from=$(now_ns)
    "$@"
    expect "$what: traffic goes on" flows 15
    say_note "longest gap $(gap "$from") ms"
}

# With a MAC, and not only being asked for.
knows_neighbour() { [[ $(ip -n node neighbour show "$1" dev egress0) == *lladdr* ]]; }

primary_down() { ip -n tunnel link set inside down; }
primary_up() {
    ip -n tunnel link set inside up
    ip -n node route replace 100.76.0.0/16 via 10.1.0.2 dev egress0
}

change_mac() { ip -n tunnel link set dev inside address "$1"; }

recreate_egress() {
    ip -n node link del egress0
    wait_until 20 uses_way out egress1
    lab_link node egress0 10.1.0.1/24 fd00:10:1::1/64 tunnel inside 10.1.0.2/24 fd00:10:1::2/64
    lab_receives_redirects tunnel inside
    ip -n node route replace 100.76.0.0/16 via 10.1.0.2 dev egress0
}

