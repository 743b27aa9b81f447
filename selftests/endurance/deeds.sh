# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What is done to the loader and around it under load. By contract none of it may lose a packet: ways and
# collectors are taken away only while nothing uses them, or by hand, and there is always another. Each returns
# when it is known to be done. Sourced, after load.sh.

# random_moment MS: somewhere within so long; not a wait for anything.
random_moment() { sleep "0.$(printf %03d $((RANDOM % $1)))"; }

did() { wait_until 60 "${@:2}" || die "seed $SEED, generation $generation, $1: $(tail -n 3 "$SANDBOX_FILES/daemon.log")"; }

run_file() { jq -er "$1" /run/xdpmirror/ingress.run 2>/dev/null; }
reports() { [[ $(run_file .pid) == "$daemon_pid" ]]; }

# daemon_run: returns when it says that it watches.
daemon_run() {
    spawn node "$XDPMIRROR" run ingress --profile "$PROFILE" 2>>"$SANDBOX_FILES/daemon.log"
    daemon_pid=$spawned
    did "the daemon starts" reports
}

has_reloaded() { (($(run_file .reloads) > $1)); }

reload_by_signal() {
    local before
    before=$(run_file .reloads)
    next_generation
    kill -HUP "$daemon_pid"
    did "a reload by SIGHUP" has_reloaded "$before"
    did "packets of it" load_sees "$generation"
}

reload_by_hand() {
    local before
    before=$(run_file .reloads)
    next_generation
    xdpmirror reload ingress >>"$SANDBOX_FILES/said" 2>&1 || die "seed $SEED, reload to $generation: $(tail -n 1 "$SANDBOX_FILES/said")"
    did "a reload by hand" has_reloaded "$before"
    did "packets of it" load_sees "$generation"
}

# With the reload that it may have started, as a service manager does it.
daemon_dies() {
    signal_tree KILL "$daemon_pid"
    wait "$daemon_pid" 2>/dev/null || :
}

kill_daemon() {
    daemon_dies
    daemon_run
}

# The MAC of the next hop that the kernel knows; the sink takes any.
new_neighbour() {
    local mac
    mac=$(printf '02:78:00:00:%02x:%02x' $((RANDOM % 256)) $((RANDOM % 256)))
    endurance_neighbour "$mac"
    did "another MAC of a next hop" lan_mac_is "$mac"
}
lan_mac_is() {
    xdpmirror status ingress --json |
        jq -e --arg mac "$1" 'any(.egress[]; .name == "lan" and .next_hop.mac == $mac)' >/dev/null
}

# Of the three others one has its exporters, and gives them back.
drain_and_undrain() {
    local address="10.$((77 + RANDOM % 4)).$((generation >> 8)).$((generation & 255))"
    xdpmirror pools drain fdi "$address" >>"$SANDBOX_FILES/said" 2>&1
    did "drained" collector_is "$address" drained
    load_goes_on 2000
    xdpmirror pools undrain fdi "$address" >>"$SANDBOX_FILES/said" 2>&1
    did "undrained" collector_is "$address" used
}
collector_is() {
    xdpmirror pools --json | jq -e --arg address "$1" --arg state "$2" \
        'any(.. | objects | select(.address? == $address); .state | startswith($state))' >/dev/null
}

# Both ways work.
pin_and_unpin() {
    xdpmirror egress pin ingress out "egress$((1 - generation % 2))"
    did "pinned" uses_way out "egress$((1 - generation % 2))"
    load_goes_on 2000
    xdpmirror egress unpin ingress out
    did "unpinned" uses_way out "egress$((generation % 2))"
}

# The way that nothing uses.
standby_down_and_up() {
    local standby=egress$((1 - generation % 2))
    ip -n node link set "$standby" down
    did "the standby is down" way_works "$standby" false
    load_goes_on 2000
    ip -n node link set "$standby" up
    did "the standby is up" way_works "$standby" true
}
way_works() { [[ $(run_file "[.ways[] | select(.egress == \"out\" and .interface == \"$1\").usable] | .[0]" || :) == "$2" ]]; }
