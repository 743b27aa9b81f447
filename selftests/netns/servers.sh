# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The HTTP servers beside the collectors, which health checks ask. Sourced, after lab.sh and wait.sh.

declare -A server=()

# server_start ADDRESS [STATUS [DELAY]]: HTTP on port 8080 that answers every GET with that status, after so many
# seconds.
server_start() {
    spawn fdi /usr/bin/python3 "$HERE/http_status.py" "$1" 8080 "${2:-200}" "${3:-0}"
    server[$1]=$spawned
    wait_until 20 server_answers "$1"
}
server_answers() { on fdi bash -c "exec 3<>/dev/tcp/$1/8080" 2>/dev/null; }
server_stop() {
    finish "${server[$1]}"
    unset "server[$1]"
}
server_kill() {
    kill -KILL "${server[$1]}"
    wait "${server[$1]}" 2>/dev/null || :
    unset "server[$1]"
}
