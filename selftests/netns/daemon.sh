# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The daemon on the node. Sourced, after lab.sh, wait.sh and books.sh.

# daemon_start PROFILE [COMMAND...]: under that command, if any; returns when it watches.
daemon_start() {
    spawn node "${@:2}" "$XDPMIRROR" run ingress --profile "$1" 2>>"$SANDBOX_FILES/daemon.log"
    daemon_pid=$spawned
    wait_until 20 daemon_watches || die "the daemon does not start: $(tail -n 3 "$SANDBOX_FILES/daemon.log")"
}

daemon_watches() { [[ $(xdpmirror status ingress --json 2>/dev/null | jq -r '.watched_by.pid') == "$daemon_pid" ]]; }

# daemon_stop [SIGNAL]
daemon_stop() {
    kill "-${1:-TERM}" "$daemon_pid"
    wait "$daemon_pid" 2>/dev/null || daemon_status=$?
    daemon_status=${daemon_status:-0}
}

daemon_log() { cat "$SANDBOX_FILES/daemon.log"; }

# way_in_use EGRESS: the interface.
way_in_use() { xdpmirror status ingress --json | jq -r ".egress[] | select(.name == \"$1\").interface"; }
uses_way() { [[ $(way_in_use "$1") == "$2" ]]; }
# why_not INTERFACE: what the daemon says is wrong with that way.
why_not() { xdpmirror status ingress --json | jq -r ".egress[].ways[]? | select(.interface == \"$1\").why_not // \"\""; }
