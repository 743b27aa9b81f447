# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Somebody who listens to the system's log. Sourced, by suite.sh.

LOG=$SANDBOX_FILES/log

# A /dev of the sandbox's own, with somebody who listens to /dev/log.
syslog_up() {
    local dev=$SANDBOX_FILES/dev name
    mkdir "$dev"
    mount -t tmpfs -o mode=0755 dev "$dev"
    for name in null zero full random urandom tty; do
        : >"$dev/$name"
        mount --bind "/dev/$name" "$dev/$name"
    done
    mkdir "$dev/pts"
    mount -t devpts -o newinstance,ptmxmode=0666 pts "$dev/pts"
    ln -s pts/ptmx "$dev/ptmx"
    ln -s /proc/self/fd "$dev/fd"
    mount --rbind "$dev" /dev
    : >"$LOG"
    python3 -c '
import socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind("/dev/log")
with open(sys.argv[1], "ab", 0) as log:
    while True:
        log.write(listener.recv(4096).rstrip(b"\0\n") + b"\n")' "$LOG" &
    wait_until 20 test -S /dev/log || die "nobody listens to /dev/log"
}
