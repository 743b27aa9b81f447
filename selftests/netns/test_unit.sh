#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The unit's sandbox is wide enough: a daemon that uses every kind of way out, of health check and of listener runs as
# a user of its own with the unit's capabilities, and each system call that it makes is in the unit's filter.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
source "$HERE/failover.sh"
suite_enter "ethtool jq python3 setpriv strace systemd-analyze curl" -- "$@"

UNIT=$ROOT/systemd/xdpmirror@.service.in
CALLS=$SANDBOX_FILES/calls
PROFILE=$SANDBOX_FILES/unit.yaml

write_profile() {
    cat >"$PROFILE" <<YAML
version: 1
sources: [{name: mirror, vxlan: {vni: 4242}, from: [$LAB_FABRIC4/32]}]
rules:
  - {name: flows, match: {port: 31756}, send: [{to: fdi, port: 8081}, {to: tunnel}, {to: kernel}, {to: far}]}
pools:
  fdi:
    collectors: [{address: $LAB_FDI4}, {address: 100.76.10.12}]
    health: {http: {port: 8080}, every: 500ms, timeout: 500ms}
    templates: all
    via: main
  far: {collectors: [{address: 100.76.10.13}], health: {icmp: {}, every: 500ms, timeout: 500ms}, via: main}
  tunnel: {collectors: [{address: 100.77.0.1}], health: {udp: {port: 8081}, every: 500ms, timeout: 500ms}, via: tunnel}
  kernel: {collectors: [{address: 100.78.0.1}], health: {tcp: {port: 8080}, every: 500ms, timeout: 500ms}, via: kernel}
egress:
  main:
    interface: egress0
    standby: {interface: egress1}
    probe: 10.1.0.2
    failover: {hold_down: 1s, fall: 1, rise: 1}
  tunnel: {interface: tun0}
  kernel: {interface: egress1, path: kernel, mark: 7, table: 100}
ready: {http: "127.0.0.1:9436", tcp: "127.0.0.1:9437", pools: [fdi]}
YAML
}

world() {
    lab_up 1
    second_link
    lab_route fdi default via 100.76.10.1
    on node ip tuntap add tun0 mode tun
    on node ip address add 10.9.0.1/24 dev tun0
    on node ip link set tun0 up
    lab_route node 100.77.0.0/16 dev tun0
    lab_route node 100.78.0.0/16 via 10.2.0.2
    lab_route node 100.78.0.0/16 via 10.2.0.2 table 100
    on node bash -c 'echo 1 >/proc/sys/net/ipv4/fwmark_reflect; echo 1 >/proc/sys/net/ipv6/fwmark_reflect'
}

# Values of a setting of the unit, all lines of it.
setting() { sed -n "s/^$1=//p" "$UNIT"; }

# System calls that the filter lets through, whatever the groups in it hold.
allowed_calls() {
    local word pending
    pending="@default $(setting SystemCallFilter | tr '\n' ' ')"
    while [[ -n ${pending// /} ]]; do
        for word in $pending; do
            [[ $word == @* ]] || echo "$word"
        done
        pending=$(for word in $pending; do
            [[ $word != @* ]] || systemd-analyze syscall-filter "$word" | sed -n 's/^ \+\([@a-z0-9_]\+\).*/\1/p'
        done | tr '\n' ' ')
    done
}

# As the unit does, but for mounts and the filter: a filter that is too narrow is seen better by what is missing in it.
CAPABILITIES=$(setting CapabilityBoundingSet | sed 's/CAP_/+/g; s/ /,/g' | tr '[:upper:]' '[:lower:]')
CONFINED=(setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs --securebits=+no_setuid_fixup
    --inh-caps="-all,$CAPABILITIES" --ambient-caps="-all,$CAPABILITIES" --bounding-set="-all,$CAPABILITIES")
# Names of system calls, of all threads and children, go to the file that follows.
TRACE=(strace -f -qq -c -S name -U name -o)

watching_pid() { xdpmirror status ingress --json 2>/dev/null | jq -r '.watched_by.pid // empty'; }
watched() { [[ -n $(watching_pid) ]]; }
log_has() { grep -q "$1" "$SANDBOX_FILES/daemon.log"; }
healthy() { [[ $(on node curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:9436/readyz) == 200 ]]; }

# run_confined NAME
run_confined() {
    on node "${CONFINED[@]}" "${TRACE[@]}" "$CALLS.$1" "$XDPMIRROR" run ingress --profile "$PROFILE" \
        2>>"$SANDBOX_FILES/daemon.log" &
    tracer=$!
    wait_until 30 watched || die "the daemon does not start: $(tail -n 3 "$SANDBOX_FILES/daemon.log")"
}

end_run() {
    kill -TERM "$(watching_pid)"
    wait "$tracer" || die "the daemon ends with $?: $(tail -n 3 "$SANDBOX_FILES/daemon.log")"
}

busy_life() {
    run_confined run
    expect "a confined daemon is ready" wait_until 20 healthy
    ip -n node link set egress0 down
    expect "and moves traffic to a standby" wait_until 20 uses_way main egress1
    ip -n node link set egress0 up
    lab_route node 100.76.0.0/16 via 10.1.0.2
    expect "and back" wait_until 20 uses_way main egress0
    xdpmirror egress pin ingress main egress1
    expect "and where an operator pins it" wait_until 20 uses_way main egress1
    xdpmirror egress unpin ingress main
    xdpmirror pools drain fdi 100.76.10.12
    xdpmirror pools undrain fdi 100.76.10.12
    kill -HUP "$(watching_pid)"
    expect "and reloads by itself" wait_until 20 reloaded
    end_run
}
reloaded() { (($(jq .reloads /run/xdpmirror/ingress.run) > 0)); }

takes_over() {
    xdpmirror detach ingress
    on node "${TRACE[@]}" "$CALLS.attach" "$XDPMIRROR" attach ingress --profile "$PROFILE" >/dev/null
    run_confined again
    expect "a confined daemon takes over what root has attached" wait_until 20 healthy
    if "$XDPMIRROR" --help | grep -q '^  reload '; then
        on node "${TRACE[@]}" "$CALLS.reload" "$XDPMIRROR" reload ingress --profile "$PROFILE" >/dev/null
    fi
    end_run
    on node "${TRACE[@]}" "$CALLS.detach" "$XDPMIRROR" detach ingress
}

nothing_was_refused() {
    local said
    said=$(grep -iE 'not permitted|denied' "$SANDBOX_FILES/daemon.log" || :)
    [[ -z $said ]] || { say_note "$said" && return 1; }
}

filter_holds() {
    local made missing
    allowed_calls | sort -u >"$SANDBOX_FILES/allowed"
    made=$(cat "$CALLS".* | awk '$1 ~ /^[a-z][a-z0-9_]+$/ && $1 != "syscall" && $1 != "total" { print $1 }' | sort -u)
    expect "many calls are seen, and many forbidden" test "$(wc -l <<<"$made")" -gt 40 -a "$(wc -l <"$SANDBOX_FILES/allowed")" -lt 300
    missing=$(comm -23 <(echo "$made") "$SANDBOX_FILES/allowed" | tr '\n' ' ')
    expect "the unit allows each of $(wc -l <<<"$made") system calls, but for: ${missing:-none}" test -z "$missing"
    for call in ptrace mount setns kexec_load init_module; do
        expect "and forbids $call" not grep -qx $call "$SANDBOX_FILES/allowed"
    done
}

world
write_profile
spawn fdi /usr/bin/python3 -m http.server 8080 >/dev/null 2>&1
server=$spawned
wait_until 20 on fdi curl -s -o /dev/null http://127.0.0.1:8080/
busy_life
takes_over
expect "the sandbox has refused nothing" nothing_was_refused
filter_holds
finish "$server"
suite_done
