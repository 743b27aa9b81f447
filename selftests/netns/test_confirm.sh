#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# attach --confirm: confirmed in time it stays, else it is taken off, whatever became of the shell, the
# terminal and the session; a watcher never touches an attachment that is not its own.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "ethtool jq python3 script" -- "$@"

STATE=/sys/fs/bpf/xdpmirror/ingress TRIAL=/run/xdpmirror/ingress.confirm
LOCK=/run/xdpmirror/ingress.lock
pid='' holder=''

attach() { xdpmirror attach ingress --profile lab "$@"; }
on_trial() { attach --confirm "$1" >"$SANDBOX_FILES/out"; }
trial() { xdpmirror status ingress --json | jq -c "$1"; }
watcher() { jq -r .watcher_pid "$TRIAL"; }
attached() { [[ -e $STATE/link ]]; }
undone() { [[ ! -e $STATE ]] && nothing_left; }
# A process that nobody waits for stays in the list of processes as a zombie.
ended() { ! grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status"; }
stopped() { grep -qs '^State:[[:space:]]*T' "/proc/$1/status"; }

# Beside what is written down of every change.
logged() { (($(grep -cv 'command=' "$LOG") == $1)); }

bad_input() {
    local time
    for time in 0 0s '' abc 61m 2h 3601 1.5m 1m30s '60 s'; do
        refused 2 "--confirm: '$time' is not a time from 1s to 1h, such as 60s or 2m" attach --confirm "$time"
    done
    refused 2 "'-5' is not a time" attach --confirm=-5
    refused 2 'confirm' xdpmirror attach ingress --profile lab --confirm
    expect "and nothing is left" nothing_left
    refused 1 'nothing on ingress waits.*nothing is attached.*xdpmirror attach ingress' xdpmirror confirm ingress
    attach >/dev/null
    refused 1 'nothing on ingress waits.*the attachment stays' xdpmirror confirm ingress
    expect "status without --confirm says so" equal null "$(trial .unconfirmed)"
    refused 1 'already attached' attach --confirm 1h
    expect "a refused attach starts no timer" test ! -e "$TRIAL"
    xdpmirror detach ingress
    refused 2 'interface' xdpmirror confirm
}

confirmed() {
    on_trial 1h
    local pid
    pid=$(watcher)
    expect "attach says how to keep it: $(grep unless "$SANDBOX_FILES/out")" \
        grep -qE '^  detaches itself in (3600|3[0-5][0-9]{2}) s unless confirmed: xdpmirror confirm ingress$' "$SANDBOX_FILES/out"
    expect "and so does status" equal "[true,$pid,true]" \
        "$(trial '.unconfirmed | [.watcher_runs, .watcher_pid, .seconds_left > 3000]')"
    expect "the watcher is a session of its own" equal "$pid" "$(ps -o sid= -p "$pid" | tr -d ' ')"
    expect "on no descriptor of ours" equal "/dev/null" "$(readlink "/proc/$pid/fd/"[012] | sort -u)"
    refused 1 'already attached' attach --confirm 1s
    expect "and a second attach leaves the first timer alone" equal "$pid" "$(watcher)"
    expect "confirm" equal "ingress: confirmed, the attachment stays" "$(xdpmirror confirm ingress)"
    expect "the watcher ends" wait_until 20 ended "$pid"
    expect "the attachment stays" attached
    expect "status has no timer any more" equal null "$(trial .unconfirmed)"
    refused 1 'nothing on ingress waits' xdpmirror confirm ingress
    xdpmirror detach ingress
}

# overdue: an attachment whose watcher has its deadline behind it and waits for the lock of the
# interface, which is ours until unlock. Its process id is in `pid`.
overdue() {
    local attached_ns
    on_trial 1h
    attached_ns=$(grep -oP '"attached_ns":\K[0-9]+' "$TRIAL")  # jq would round it
    kill -KILL "$(watcher)"
    spawn node flock "$LOCK" cat "$SANDBOX_FILES/fifo"
    holder=$spawned
    wait_until 20 not flock --nonblock "$LOCK" true || die "nobody holds $LOCK"
    xdpmirror confirm-watch ingress "$attached_ns" 1
    pid=$(watcher)
    wait_until 20 waits_for_lock || die "the watcher does not wait for the lock: $(cat /proc/locks)"
}

waits_for_lock() { grep -qE -- "-> FLOCK .* $pid " /proc/locks; }

unlock() {
    : >"$SANDBOX_FILES/fifo"
    wait "$holder"
}

# overslept: the same, and it does not wake up when the lock is free, but by `kill -CONT $pid`.
overslept() {
    overdue
    kill -STOP "$pid"
    wait_until 20 stopped "$pid" || die "the watcher does not stop"
    unlock
}

lock_is_waited_for() {
    overdue
    expect "while the interface is locked, it stays attached" attached
    expect "status counts to 0" equal 0 "$(trial .unconfirmed.seconds_left)"
    unlock
    expect "then it is taken off" wait_until 20 undone
    expect "the watcher ends" wait_until 20 ended "$pid"
}

# In time means before the watcher had its turn.
confirmed_at_the_last_moment() {
    overslept
    expect "confirm after the deadline" xdpmirror confirm ingress
    kill -CONT "$pid"
    expect "the watcher ends" wait_until 20 ended "$pid"
    expect "the attachment stays" attached
    xdpmirror detach ingress
}

# The shell of a terminal dies by SIGKILL as soon as attach has returned, and the terminal with it.
session_dies() {
    local pid
    : >"$LOG"
    on node script -qec "'$XDPMIRROR' attach ingress --profile lab --confirm 5s >'$SANDBOX_FILES/out'
        ps -o pid=,sid=,tty= -p \$(jq .watcher_pid '$TRIAL') >'$SANDBOX_FILES/watcher'
        echo \$\$ >'$SANDBOX_FILES/shell'; kill -KILL \$\$" /dev/null >/dev/null 2>&1 || :
    read -r pid _ <"$SANDBOX_FILES/watcher"
    expect "the shell is gone" ended "$(cat "$SANDBOX_FILES/shell")"
    expect "the watcher is a session without a terminal" equal "$pid $pid ?" \
        "$(xargs <"$SANDBOX_FILES/watcher")"
    kill -HUP "$pid" 2>/dev/null || :
    expect "not confirmed: it is taken off" wait_until 60 undone
    expect "the watcher ends" wait_until 20 ended "$pid"
    expect "the timer's file is gone" test ! -e "$TRIAL"
    expect "one line in the log: $(cat "$LOG")" wait_until 20 logged 1
    expect "that names interface and reason" \
        grep -qE 'xdpmirror\[[0-9]+\]: ingress: detached, because nobody confirmed' "$LOG"
    refused 1 'nothing is attached to it: its time was over' xdpmirror confirm ingress
}

# attach hangs at its warning, because nobody reads it, until its trial is over.
too_late() {
    local fifo=$SANDBOX_FILES/stderr status=0 attach_pid
    occupy node ingress
    mkfifo "$fifo"
    exec 5<>"$fifo"
    /usr/bin/python3 -c '
import os, sys
fifo = os.open(sys.argv[1], os.O_WRONLY | os.O_NONBLOCK)
for size in (4096, 1):
    try:
        while True:
            os.write(fifo, b"\n" * size)
    except BlockingIOError:
        pass' "$fifo"
    spawn node "$XDPMIRROR" attach ingress --profile lab --force --confirm 1s >/dev/null 2>"$fifo" 5>&-
    attach_pid=$spawned
    expect "it is taken off while attach still speaks" wait_until 30 vacated
    exec 6<"$fifo" 5>&-
    cat <&6 >"$SANDBOX_FILES/err" &
    wait "$attach_pid" || status=$?
    wait "$!"
    exec 6<&-
    expect "attach fails, and says: $(tail -n 1 "$SANDBOX_FILES/err")" equal "1 yes" \
        "$status $(tail -n 1 "$SANDBOX_FILES/err" | grep -q '^xdpmirror: attached to ingress, and detached again: the 1s of' && echo yes)"
}

vacated() { undone && [[ $(ip -n node -j -d link show dev ingress | jq '.[0].xdp.prog.id // 0') == 0 ]]; }

# Where systemd is process 1 of the same namespaces, it is asked for a unit, here by a stand-in.
# beside_systemd STAND-IN: attach for one hour.
beside_systemd() {
    mkdir -p "$SANDBOX_FILES/bin"
    printf '#!/bin/bash\n%s\n' "$1" >"$SANDBOX_FILES/bin/systemd-run"
    chmod +x "$SANDBOX_FILES/bin/systemd-run"
    mkdir -p /run/systemd/system
    on node unshare --mount --propagation unchanged --pid --fork --mount-proc env PATH="$SANDBOX_FILES/bin:$PATH" bash -c \
        '"$0" attach ingress --profile lab --confirm 1h; cat /run/xdpmirror/ingress.confirm' "$XDPMIRROR" >"$SANDBOX_FILES/out" 2>"$SANDBOX_FILES/err"
    rmdir /run/systemd/system
}

systemd_unit() {
    beside_systemd 'printf "%s\n" "$@" >/run/files/unit; while [[ $1 == --* ]]; do shift; done; exec "$@"'
    expect "a unit is asked for" equal "--quiet --collect --service-type=forking" \
        "$(head -n 3 "$SANDBOX_FILES/unit" | xargs)"
    expect "with a name: $(sed -n 4p "$SANDBOX_FILES/unit")" \
        grep -qxE -- '--unit=xdpmirror-confirm-ingress-[0-9]+' "$SANDBOX_FILES/unit"
    expect "for the program itself" equal "$(realpath "$XDPMIRROR") confirm-watch ingress" \
        "$(sed -n 6,8p "$SANDBOX_FILES/unit" | xargs)"
    expect "no warning" equal '' "$(cat "$SANDBOX_FILES/err")"
    expect "and the timer runs" grep -q '"interface":"ingress"' "$SANDBOX_FILES/out"
    xdpmirror detach ingress
    beside_systemd 'echo "Failed to start transient service unit: no" >&2; exit 1'
    expect "systemd refuses: $(cat "$SANDBOX_FILES/err")" \
        grep -q 'warning: the timer of --confirm runs in this session, not as a unit of systemd (Failed to start.*: no)' "$SANDBOX_FILES/err"
    expect "and the timer runs all the same" grep -q '"interface":"ingress"' "$SANDBOX_FILES/out"
    xdpmirror detach ingress
}

detach_by_hand() {
    on_trial 1h
    local pid
    pid=$(watcher)
    xdpmirror detach ingress
    expect "detach by hand ends the watcher" wait_until 20 ended "$pid"
    expect "and its file" test ! -e "$TRIAL"
}

later_attachment() {
    overslept
    xdpmirror detach ingress
    attach >/dev/null
    kill -CONT "$pid"
    expect "the old watcher ends" wait_until 20 ended "$pid"
    expect "the later attachment stays" attached
    xdpmirror detach ingress
}

# The same, but the old attachment was removed by hand, and the old file was kept by somebody.
foreign_attachment() {
    overslept
    mv "$TRIAL" "$TRIAL.kept"
    rm -r "$STATE"
    attach >/dev/null
    mv "$TRIAL.kept" "$TRIAL"
    expect "status does not take the old timer for its own" equal null "$(trial .unconfirmed)"
    refused 1 'nothing on ingress waits' xdpmirror confirm ingress
    kill -CONT "$pid"
    expect "the old watcher ends" wait_until 20 ended "$pid"
    expect "the attachment of somebody else stays" attached
    expect "the old file is gone" test ! -e "$TRIAL"
    xdpmirror detach ingress
}

watcher_killed() {
    on_trial 1h
    local pid
    pid=$(watcher)
    kill -KILL "$pid"
    wait_until 20 ended "$pid" || :
    expect "status: the watcher does not run" equal false "$(trial .unconfirmed.watcher_runs)"
    expect "status: $(xdpmirror status ingress | grep WARNING)" \
        grep -q "process $pid) was ended: nobody will undo.*xdpmirror confirm ingress.*xdpmirror detach ingress" \
        <(xdpmirror status ingress)
    expect "status does not promise to undo it" not grep -q 'detaches itself' <(xdpmirror status ingress)
    expect "confirm clears that, too" xdpmirror confirm ingress
    expect "status is quiet again" equal '[null,0]' "$(trial '[.unconfirmed, (.warnings | length)]')"
    xdpmirror detach ingress
}

watchers() { cat /proc/[0-9]*/comm 2>/dev/null | grep -x xdpmirror || :; }
no_watchers() { [[ -z $(watchers) ]]; }

# Without its timer there is no attachment.
no_watcher() {
    mkdir "$TRIAL"
    refused 1 'start the timer of --confirm: create /run/xdpmirror/ingress\.confirm: ' attach --confirm 60s
    rmdir "$TRIAL"
    expect "and nothing is left" nothing_left
    expect "no watcher either" wait_until 20 no_watchers
}

# What is refused after the timer runs takes the timer along.
hook_refused() {
    ip -n node link add name br0 type bridge
    ip -n node address add 10.99.0.1/24 dev br0
    ip -n node link set br0 up
    refused 1 'br0.*native XDP' xdpmirror attach br0 --profile lab --confirm 1h
    expect "no timer is left" test ! -e /run/xdpmirror/br0.confirm
    expect "and no watcher" wait_until 20 no_watchers
}

mkfifo "$SANDBOX_FILES/fifo"
lab_up 0
syslog_up
bad_input
confirmed
confirmed_at_the_last_moment
session_dies
lock_is_waited_for
too_late
systemd_unit
detach_by_hand
later_attachment
foreign_attachment
watcher_killed
no_watcher
hook_refused
suite_done
