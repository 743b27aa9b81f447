# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Captures: what was really on a link, by tcpdump. A capture that could not see every packet is an
# error, never a shorter list. Sourced, after lab.sh and wait.sh.

declare -A capture_pid=()

capture_file() { echo "$SANDBOX_FILES/$1.pcap"; }

# capture_start NAME HOST DEVICE [FILTER...]: returns when the capture sees packets.
capture_start() {
    local name=$1 host=$2 device=$3
    shift 3
    spawn "$host" tcpdump -Z root -n -U -B 16384 --immediate-mode -i "$device" \
        -w "$(capture_file "$name")" "$@" 2>"$SANDBOX_FILES/$name.err"
    capture_pid[$name]=$spawned
    wait_until 20 grep -q 'listening on' "$SANDBOX_FILES/$name.err" ||
        die "tcpdump on $host $device does not start: $(cat "$SANDBOX_FILES/$name.err")"
}

capture_stop() {
    finish "${capture_pid[$1]}"
    unset "capture_pid[$1]"
    grep -q '^0 packets dropped by kernel' "$SANDBOX_FILES/$1.err" ||
        die "the capture '$1' lost packets: $(tr '\n' ' ' <"$SANDBOX_FILES/$1.err")"
}

# capture_count NAME [FILTER...]: packets in the file.
capture_count() {
    local name=$1
    shift
    tcpdump -n --count -r "$(capture_file "$name")" "$@" 2>/dev/null | awk '/packet/ { print $1 }'
}

capture_reached() { (($(capture_count "$1") >= $2)); }
