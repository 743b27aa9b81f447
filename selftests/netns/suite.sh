# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What every netns test starts with: the parts of the lab, expectations that are counted, a skip with
# its reason. A test sources this file, calls suite_enter, runs its cases, and ends with suite_done.

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
for part in "$HERE"/../support/{environment,say,wait,sandbox}.sh \
    "$HERE"/{lab,mirror,exporters,collectors,capture,books,strays,datagrams,daemon,profiles,syslog}.sh; do
    source "$part"
done

XDPMIRROR=${XDPMIRROR:-$ROOT/build/dev/loader/xdpmirror}
export XDPMIRROR_CONFIG_DIR=$ROOT/config
suite_failed=0 suite_checked=0

# suite_enter NEEDED_COMMANDS -- ARGUMENTS...: continues inside the sandbox.
suite_enter() {
    local needed=$1
    shift 2
    sandbox_inside || suite_needs "$needed"
    sandbox_enter "$@"
    say_where_it_stops
}

suite_needs() {
    local command
    ((EUID == 0)) || skip "needs root"
    [[ -x $XDPMIRROR ]] || die "no binary at $XDPMIRROR: set XDPMIRROR"
    for command in $1; do
        command -v "$command" >/dev/null || skip "needs the command '$command'"
    done
}

# ctest knows 77 as a skip.
skip() {
    say "SKIP: $*"
    exit 77
}

# expect WHAT COMMAND...: counts, and goes on after a failure.
expect() {
    local what=$1
    shift
    suite_checked=$((suite_checked + 1))
    if "$@"; then
        say_pass "$what"
    else
        say_fail "$what"
        say_note "was: $*"
        suite_failed=$((suite_failed + 1))
    fi
}

equal() {
    local first=$1 value
    for value in "$@"; do [[ $value == "$first" ]] || return 1; done
}

not() { ! "$@"; }

# assert_conservation INTERFACE: the books add up, now.
assert_conservation() {
    local books
    books=$(books_read "$1")
    expect "conservation: received $(books_received "$books") + copied $(books_copied "$books") = delivered $(books_delivered "$books") + dropped $(books_dropped "$books")" \
        books_conserved "$books"
}

# nothing_left [PROGRAMS]: no pin, and no XDP program but so many of others, on the node.
nothing_left() {
    [[ -z $(find /sys/fs/bpf -mindepth 2) ]] &&
        [[ $(ip -n node -d link show | grep -c prog/xdp) == "${1:-0}" ]]
}

suite_done() {
    ((suite_checked)) || die "checked nothing"
    say "$((suite_checked - suite_failed)) of $suite_checked expectations held"
    ((suite_failed == 0)) || exit 1
    exit 0
}

# attach_lab [ENVIRONMENT=VALUE...]: the lab profile on the node's ingress, or the end of the test.
attach_lab() {
    node env "$@" "$XDPMIRROR" attach ingress --profile lab >"$SANDBOX_FILES/attach.out" \
        2>"$SANDBOX_FILES/attach.err" || die "attach failed: $(cat "$SANDBOX_FILES/attach.err")"
}

# occupy HOST DEVICE [MODE]: somebody else's XDP program that passes everything, put there by netlink
# as `ip` does it. XM_OCCUPANT is its object file. vacate HOST DEVICE [MODE]: takes it off.
occupy() { ip -n "$1" link set dev "$2" "${3:-xdpdrv}" object "${XM_OCCUPANT:?}" section xdp; }
vacate() { ip -n "$1" link set dev "$2" "${3:-xdpdrv}" off; }

# send HOST DEVICE EXPRESSION...: frames built by scapy, see send.py.
send() {
    local host=$1 device=$2
    shift 2
    NODE_MAC=$(lab_mac node ingress) on "$host" /usr/bin/python3 "$HERE/send.py" "$device" "$@"
}
