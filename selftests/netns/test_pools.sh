#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A pool of three collectors: every exporter has one, the one that docs/balance.md says, and keeps it when
# others are drained, weighed, or cannot be reached. Counted on the collectors' link.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
source "$HERE/pools.sh"
suite_enter "jq python3 tcpdump" -- "$@"

attaches() { xdpmirror attach ingress --profile "$PROFILE" >"$SANDBOX_FILES/attach.out" 2>&1; }

by_exporter() {
    three
    expect "attaches" attaches
    balanced "three collectors" "$A" "$B" "$C"
    expect "all of them have some" equal 3 "$(cut -d' ' -f2 "$SANDBOX_FILES/seen" | sort -u | wc -l)"
    expect "shares are thirds" equal "333 333 333" "$(share "$A") $(share "$B") $(share "$C")"
    cp "$SANDBOX_FILES/judged" "$SANDBOX_FILES/home"
}

# drained COLLECTOR WATCHER
moves_only_what_was() {
    expect "$2: only exporters of $1 have moved" \
        equal "" "$(diff "$SANDBOX_FILES/home" "$SANDBOX_FILES/judged" | grep '^<' | grep -v " $1\$" || :)"
}

drain() {
    expect "drain" xdpmirror pools drain fdi "$B"
    expect "drain: pools says so" wait_until 20 state_is "$B" drained
    expect "drain: the others share" wait_until 20 equal_shares
    balanced "$1, one drained" "$A" "$B"! "$C"
    moves_only_what_was "$B" "$1, one drained"
}
equal_shares() { [[ "$(share "$A") $(share "$B") $(share "$C")" == "500 0 500" ]]; }

undrain() {
    expect "undrain" xdpmirror pools undrain fdi "$B"
    expect "undrain: pools says so" wait_until 20 state_is "$B" used
    balanced "$1, undrained: as it was" "$A" "$B" "$C"
}

kept_over_attachments() {
    drain "nobody watches"
    xdpmirror detach ingress
    expect "attach: still drained, and said" attaches
    expect "attach: said" grep -q "collector fdi/$B is drained, and not used" "$SANDBOX_FILES/attach.out"
    balanced "attached anew" "$A" "$B"! "$C"
    undrain "nobody watches"
}

weighs() {
    expect "weight" xdpmirror pools weight fdi "$A" 3
    balanced "another weight" "$A*3" "$B" "$C"
    expect "weight: its share" equal "600 200 200" "$(share "$A") $(share "$B") $(share "$C")"
    expect "weight of the profile again" xdpmirror pools weight fdi "$A" 1
    balanced "weight of the profile" "$A" "$B" "$C"
}

refusals() {
    xdpmirror pools drain fdi "$A"
    xdpmirror pools drain fdi "$C" >/dev/null
    refused 1 "pool 'fdi' would be left without a collector.*pools undrain fdi" xdpmirror pools drain fdi "$B"
    refused 1 "pool 'fdi' would be left without a collector" xdpmirror pools weight fdi "$B" 0
    balanced "refused: as before" "$A"! "$B" "$C"!
    for one in $A $C; do xdpmirror pools undrain fdi "$one" >/dev/null; done
    refused 2 "no pool 'fdj' is attached; did you mean 'fdi'" xdpmirror pools drain fdj "$A"
    refused 2 "pool 'fdi' has no collector '10.9.9.9'.*$A" xdpmirror pools drain fdi 10.9.9.9
    refused 2 "pool 'fdi' has no collector 'x'" xdpmirror pools drain fdi x
    refused 2 "weight" xdpmirror pools weight fdi "$A" 1001
    refused 2 "collector" xdpmirror pools drain fdi
    refused 2 "unknown argument 'fdi'; 'pools' has the commands drain, undrain, weight" xdpmirror pools drian fdi "$A"
    refused 2 "a command is missing; 'egress' has the commands pin, unpin" xdpmirror egress
    refused 1 "nothing is attached to egress0" xdpmirror pools drain fdi "$A" --interface egress0
    xdpmirror detach ingress
    refused 1 "nothing is attached; attach with" xdpmirror pools drain fdi "$A"
}

has_nothing() { [[ $(share "$1") == 0 ]]; }
told() { daemon_log | grep -q "$1"; }

watched() {
    three
    daemon_start "$PROFILE"
    balanced "a daemon watches" "$A" "$B" "$C"
    drain "a daemon watches"
    expect "drained: idle after a while" wait_until 30 state_is "$B" "drained, idle"
    daemon_stop KILL
    balanced "the daemon is killed" "$A" "$B"! "$C"
    xdpmirror pools undrain fdi "$B" >/dev/null
    balanced "undrained without a daemon" "$A" "$B" "$C"
    daemon_start "$PROFILE"
    drain "a new daemon"
    undrain "a new daemon"
    xdpmirror pools drain fdi "$A" >/dev/null
    expect "drained" wait_until 20 has_nothing "$A"
    echo nonsense >/var/lib/xdpmirror/ingress.pools
    expect "a file that says nothing sensible: told" wait_until 20 told "ingress.pools is not what"
    expect "what was drained stays so" equal 0 "$(share "$A")"
    rm /var/lib/xdpmirror/ingress.pools
    expect "the file is gone: all are used" wait_until 20 state_is "$A" used
    expect "told once, and not ten times a second" equal 1 "$(daemon_log | grep -c "ingress.pools is not what")"
    expect "the journal tells" grep -q "collector fdi/$B is not used any more, .* slots moved: drained" <(daemon_log)
    daemon_stop TERM
    xdpmirror detach ingress
}

# One collector stands on the node's own link, where only its neighbour entry says whether it lives.
on_link() {
    local d=10.1.0.77
    pool "{address: $A}, {address: $d}"
    expect "a collector that does not answer: attaches all the same" attaches
    expect "and says so" grep -q "collector fdi/$d is not used: .*10.1.0.77" "$SANDBOX_FILES/attach.out"
    expect "and it has no share" equal 0 "$(share $d)"
    daemon_start "$PROFILE"
    expect "status says why" wait_until 20 why_is $d "10.1.0.77 does not answer"
    ip -n tunnel address add $d/32 dev inside
    expect "it comes, and is used" wait_until 20 state_is $d used
    ip -n tunnel address del $d/32 dev inside
    ip -n node neighbour flush dev egress0
    expect "it goes, and is not used" wait_until 30 state_is $d "not used"
    daemon_stop TERM
    xdpmirror detach ingress
    pool "{address: $d}, {address: 10.1.0.78}"
    refused 1 "10.1.0.77" xdpmirror attach ingress --profile "$PROFILE"
    expect "none that answers: nothing is left" nothing_left
}

all_drained_before() {
    three
    attaches
    xdpmirror pools drain fdi "$A" >/dev/null
    xdpmirror detach ingress
    pool "{address: $A}"
    refused 1 "no collector of pool 'fdi' is left.*take one back: xdpmirror pools undrain fdi $A$" \
        xdpmirror attach ingress --profile "$PROFILE"
    expect "the cure works without an attachment" xdpmirror pools undrain fdi "$A"
    expect "and attach after it" attaches
    expect "it has everything" equal 1000 "$(share "$A")"
    xdpmirror detach ingress
    echo nonsense >/var/lib/xdpmirror/ingress.pools
    refused 1 "/var/lib/xdpmirror/ingress.pools is not what xdpmirror has written" \
        xdpmirror attach ingress --profile "$PROFILE"
    rm /var/lib/xdpmirror/ingress.pools
}

lab_up 0
for address in $B $C; do ip -n fdi address add "$address"/32 dev eth0; done
by_exporter
kept_over_attachments
weighs
assert_conservation ingress
refusals
watched
on_link
all_drained_before
suite_done
