# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What flows through a fleet, what is done to it and when, and what a judge finds in the records of the collectors.
# Sourced by fleet.sh.

FLEET_EXPORTERS=120
FLEET_PACE=1800
FLEET_MARKS=$SANDBOX_FILES/marks

fleet_stream_start() {
    spawn vpc /usr/bin/python3 "$HERE/fleet_traffic.py" send fabric "$(lab_mac balancer mirror)" "$FLEET_PACE" \
        "$FLEET_EXPORTERS" >"$SANDBOX_FILES/sent"
    fleet_sender=$spawned
    fleet_round
}

# Waits until every flow of every exporter has been seen again.
fleet_round() {
    wait_until 30 fleet_last_is $(($(fleet_last) + 5 * FLEET_EXPORTERS)) || die "the stream does not arrive"
}
# The highest number that a collector has.
fleet_last() { tail -qn 1 "$SANDBOX_FILES"/collector*.records | awk '$1 > n { n = $1 } END { print n + 0 }'; }
fleet_last_is() { (($(fleet_last) >= $1)); }
now_ns() { /usr/bin/python3 -c 'import time; print(time.monotonic_ns())'; }

# phase NAME VIEW...: from now on, until the next: the view at its beginning, others that some node has
# meanwhile, and that at its end, or '-' where nodes still differ then. Each has a whole round after what is done.
phase() {
    fleet_round
    (IFS=$'\t' && echo "phase"$'\t'"$(now_ns)"$'\t'"$*") >>"$FLEET_MARKS"
}
# dead COLLECTOR, alive COLLECTOR: said before it dies, and when it is back.
dead() { printf 'dead\t%s\t%s\n' "$(now_ns)" "$1" >>"$FLEET_MARKS"; }
alive() { printf 'alive\t%s\t%s\n' "$(now_ns)" "$1" >>"$FLEET_MARKS"; }

fleet_stream_stop() {
    fleet_round
    kill -TERM "$fleet_sender"
    wait "$fleet_sender" || :
    wait_until 20 fleet_quiet || say_note "not all of what was sent has arrived"
    local one
    for one in "${!fleet_recorder[@]}"; do
        kill -0 "${fleet_recorder[$one]}" || die "the recorder of collector$one has ended"
    done
}
# Everything that was sent is there, but for what is known to be lost.
fleet_quiet() { (($(cat "$SANDBOX_FILES"/collector*.records | wc -l) + fleet_lost == $(cat "$SANDBOX_FILES/sent"))); }

# fleet_judge: figures of every phase in $SANDBOX_FILES/judged.
fleet_judge() {
    /usr/bin/python3 "$HERE/fleet_judge.py" "$FLEET_MARKS" "$FLEET_EXPORTERS" "$(cat "$SANDBOX_FILES/sent")" \
        "$SANDBOX_FILES"/collector*.records >"$SANDBOX_FILES/judged"
}
# fleet_figure NAME FIGURE: of a phase.
fleet_figure() { jq -r --arg name "$1" --arg figure "$2" '.phases[] | select(.name == $name)[$figure]' "$SANDBOX_FILES/judged"; }
