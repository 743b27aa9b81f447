# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What both replay tests share: a host `node` whose interfaces the profiles here name, and the harness on
# it. Sourced, after suite.sh.

REPLAY=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PYTHONDONTWRITEBYTECODE=1

# replay_way INTERFACE MTU: a way out of the node, whose next hop nobody needs.
replay_way() {
    ip link add name "$1" netns node type veth peer name "$1-far" netns node
    ip -n node link set dev "$1" mtu "$2" up
}

python() { on node /usr/bin/python3 "$@"; }

# replay PROFILE CAPTURE...: on the node; mismatches go to standard output.
replay() {
    local profile=$1
    shift
    python "$REPLAY/replay.py" --xdpmirror "$XDPMIRROR" --profile "$REPLAY/$profile.yaml" --tally "$@"
}

# replay_as_expected PROFILE CAPTURE...: for expect; prints what is wrong, keeps the tally.
replay_as_expected() {
    local tally=$SANDBOX_FILES/$1.tally status=0
    replay "$@" >"$SANDBOX_FILES/replayed" || status=$?
    grep -E '^(drop|pass|note|forward) ' "$SANDBOX_FILES/replayed" >>"$tally" || :
    if ((status)); then
        grep -vE '^(drop|pass|note|forward) ' "$SANDBOX_FILES/replayed" | head -n 30
    else
        say_note "$(tail -n 1 "$SANDBOX_FILES/replayed")"
    fi
    return "$status"
}

# scapy and the tools are the test; without them there is none.
replay_needs_scapy() {
    sandbox_inside || /usr/bin/python3 -c 'import scapy' 2>/dev/null ||
        skip "needs the Python module 'scapy': apt install python3-scapy"
}
