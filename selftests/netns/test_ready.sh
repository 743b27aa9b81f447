#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What load balancers are told, judged by curl and by TCP connections from the other side of the interface that
# XDP is on: links and neighbours that go, collectors that die or are drained, ports that others have, clients
# that never finish.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
source "$HERE/servers.sh"
suite_enter "curl jq python3 ss setpriv" -- "$@"

PROFILE=$SANDBOX_FILES/ready.yaml
A=100.76.10.11 B=100.76.10.12 DEAD=100.76.10.13
HTTP=9436 TCP=9437
BOTH="http: ['0.0.0.0:$HTTP', '[::]:$HTTP'], tcp: ['0.0.0.0:$TCP', '[::]:$TCP']"
FAST="health: {tcp: {port: 8080}, every: 500ms, timeout: 500ms, rise: 1, fall: 3}"

# profile READY [SOURCE] [MATCH]: two pools with one collector each, and one that never answers.
profile() {
    cat >"$PROFILE" <<YAML
version: 1
sources:
  - {name: core, ${2:-"vxlan: {vni: 4242}, from: [10.0.0.0/24]"}}
rules:
  - {name: flows, match: {${3:-port: 31756}}, send: {to: fdi, port: 8081}}
  - {name: others, match: {port: 4739}, send: {to: lab, port: 8082}}
pools:
  fdi: {collectors: [{address: $A}, {address: $DEAD}], $FAST, via: out}
  lab: {collectors: [{address: $B}], $FAST, via: out}
egress:
  out: {interface: egress0, failover: {hold_down: 1s}}
ready: {$1}
YAML
}

# As a load balancer does, through the interface that XDP is on. ask PATH [CURL OPTIONS]: the body, and the
# status in a last line.
ask() { on vpc curl -s -m 5 -w '\n%{http_code}\n' "${@:2}" "http://$LAB_NODE4:$HTTP$1"; }
status_of() { ask "$@" | tail -n 1; }
says() { [[ $(status_of /readyz) == "$1" ]]; }
# condition NAME FIELD
condition() { ask /readyz | head -n -1 | jq -r ".conditions.$1.$2"; }
takes() { takes_at "$LAB_NODE4"; }
takes_at() { on vpc bash -c "exec 3<>/dev/tcp/$1/$TCP" 2>/dev/null; }
refuses() { [[ $(on vpc bash -c "exec 3<>/dev/tcp/$LAB_NODE4/$TCP" 2>&1 || :) == *"Connection refused"* ]]; }
# What the daemon's own words are: status PATTERN
status_says() { xdpmirror status ingress | grep -qE "$1"; }
program() { xdpmirror status ingress --json | jq .program.id; }

# ready_now WHAT: at both ports, and by `status`.
ready_now() {
    expect "$1: /readyz says 200" wait_until 20 says 200
    expect "$1: TCP is taken" takes
    expect "$1: status" status_says "^  ready to be sent packets"
}
# not_ready WHAT CONDITION PATTERN: for that reason.
not_ready() {
    expect "$1: /readyz says 503" wait_until 20 says 503
    expect "$1: why" wait_until 20 for_that_reason "$2" "$3"
    say_note "$(condition "$2" why_not)"
    expect "$1: TCP is refused" wait_until 20 refuses
    expect "$1: status" status_says "NOT READY to be sent packets: .*"
    expect "$1: and for scripts" equal false "$(xdpmirror status ingress --json | jq .ready.ready)"
}

for_that_reason() { condition "$1" why_not | grep -qE "$2"; }

done_watching() {
    daemon_stop TERM
    xdpmirror detach ingress
}

answers() {
    profile "$BOTH"
    daemon_start "$PROFILE"
    ready_now "all is well"
    expect "the process answers for itself" equal 200 "$(status_of /healthz)"
    expect "and says which it is" equal "$daemon_pid" "$(ask /healthz | head -n -1 | jq .pid)"
    expect "each condition is named" equal "attached egress next_hop collectors" \
        "$(ask /readyz | head -n -1 | jq -r '.conditions | keys_unsorted | join(" ")')"
    expect "HEAD, without a body" equal 200 "$(status_of /readyz --head | tail -n 1)"
    expect "POST is not for us" equal 405 "$(status_of /readyz -d x)"
    expect "and is told what is" grep -qi '^Allow: GET, HEAD' <(ask /readyz -d x -i)
    expect "a path that nobody knows" equal 404 "$(status_of /metric)"
    expect "not HTTP" equal 400 "$(on vpc bash -c "exec 3<>/dev/tcp/$LAB_NODE4/$HTTP; printf 'hello there\r\n\r\n' >&3; head -n 1 <&3" | cut -d' ' -f2)"
    expect "IPv6: HTTP" equal 200 "$(on vpc curl -s -o /dev/null -w '%{http_code}' "http://[$LAB_NODE6]:$HTTP/readyz")"
    expect "IPv6: TCP" takes_at "$LAB_NODE6"
    expect "nothing of it was claimed" equal 0 "$(books_received "$(books_read ingress)")"
}

ways() {
    ip -n tunnel link set inside down
    not_ready "egress down" egress "egress 'out' by 'egress0': it has no carrier"
    ip -n tunnel link set inside up
    ip -n node route replace 100.76.0.0/16 via 10.1.0.2 dev egress0
    ready_now "egress up"
    ip -n tunnel address del 10.1.0.2/24 dev inside
    not_ready "neighbour gone" next_hop "egress 'out' by 'egress0': next hop 10.1.0.2 does not answer"
    expect "neighbour gone: the egress is up" equal true "$(condition egress met)"
    ip -n tunnel address add 10.1.0.2/24 dev inside
    ready_now "neighbour back"
    ip -n node route del 100.76.0.0/16
    not_ready "no route" next_hop "egress 'out' by 'egress0': .*100.76.10.1[12]"
    ip -n node route add 100.76.0.0/16 via 10.1.0.2
    ready_now "a route again"
    ip -n vpc link set fabric down
    expect "ingress down: status" wait_until 20 status_says "NOT READY to be sent packets: ingress 'ingress' has no carrier"
    ip -n vpc link set fabric up
    ip -n vpc address add "$LAB_FABRIC6/64" dev fabric nodad
    ready_now "ingress up"
}

collectors() {
    server_stop "$B"
    not_ready "one of two pools" collectors "pool 'lab' has no usable collector: $B \(connection refused\)"
    server_stop "$A"
    not_ready "both pools" collectors "$A \(connection refused\); $DEAD \(.*\); pool 'lab' has no usable collector: $B"
    server_start "$A"
    server_start "$B"
    ready_now "collectors are back"
    xdpmirror pools drain fdi "$A"
    not_ready "drained" collectors "pool 'fdi' has no usable collector: $A \(drained\); $DEAD \(.*\)"
    xdpmirror pools undrain fdi "$A"
    ready_now "undrained"
    expect "the journal says why" grep -q " not ready to be sent packets: pool 'fdi' .*drained" <(daemon_log)
    expect "and when it is over" grep -q " ready to be sent packets$" <(tail -n 2 <(daemon_log))
}

# What counts may change while packets flow: the attachment stays.
what_counts() {
    local before
    before=$(program)
    daemon_stop TERM
    expect "the daemon has ended: TCP is refused" refuses
    expect "the daemon has ended: HTTP, too" equal 000 "$(status_of /readyz || :)"
    expect "the daemon has ended: status" status_says "NOT READY to be sent packets: no daemon watches"
    server_stop "$B"
    profile "$BOTH, pools: [fdi]"
    daemon_start "$PROFILE"
    ready_now "a pool that does not count"
    daemon_stop KILL
    expect "the daemon was killed: TCP is refused" refuses
    profile "$BOTH"
    : >"$SANDBOX_FILES/daemon.log"
    daemon_start "$PROFILE"
    not_ready "a collector that is down when the daemon starts" collectors "pool 'lab' .*refused"
    expect "it was not taken for one that is up" not grep -q " ready to be sent packets$" <(daemon_log | grep -v " not ready")
    daemon_stop TERM
    profile "$BOTH, needs: [egress, next_hop]"
    daemon_start "$PROFILE"
    ready_now "collectors do not count"
    expect "and it is said that they do not" equal false "$(condition collectors needed)"
    expect "and that one is missing" wait_until 20 for_that_reason collectors "pool 'lab' .*refused"
    expect "which changes nothing" says 200
    expect "the attachment is the same" equal "$before" "$(program)"
    server_start "$B"
    done_watching
}

# somebody ADDRESS PORT: has the port. With SO_REUSEADDR, as every server.
somebody() {
    spawn node /usr/bin/python3 -c 'import socket, sys, time
one = socket.create_server((sys.argv[1], int(sys.argv[2])))
time.sleep(1000)' "$1" "$2"
    somebody=$spawned
    wait_until 20 listens_on "$2"
}
listens_on() { [[ -n $(on node ss -Hltn "sport = :$1") ]]; }
not_listening() { xdpmirror status ingress --json | jq -r '.ready.not_listening // "nothing"' | grep -q "$1"; }
hostile() { grep -c "cannot listen on 0.0.0.0:$TCP" <(daemon_log); }

occupied() {
    local before
    profile "$BOTH"
    somebody 0.0.0.0 $HTTP
    refused 1 "cannot listen on 0.0.0.0:$HTTP: another process has the port; see which by: ss -ltnp sport = :$HTTP" \
        xdpmirror run ingress --profile "$PROFILE"
    expect "occupied: nothing is attached" nothing_left
    xdpmirror attach ingress --profile "$PROFILE" >/dev/null
    before=$(program)
    refused 1 "cannot listen on 0.0.0.0:$HTTP" xdpmirror run ingress --profile "$PROFILE"
    expect "occupied: what is attached stays" equal "$before" "$(program)"
    finish "$somebody"
    ip -n tunnel link set inside down
    : >"$SANDBOX_FILES/daemon.log"
    daemon_start "$PROFILE"
    expect "not ready at first" wait_until 20 says 503
    somebody 0.0.0.0 $TCP
    ip -n tunnel link set inside up
    ip -n node route replace 100.76.0.0/16 via 10.1.0.2 dev egress0
    expect "occupied meanwhile: /readyz says 200" wait_until 20 says 200
    expect "occupied meanwhile: the other address is taken" wait_until 20 takes_at "$LAB_NODE6"
    expect "occupied meanwhile: status" wait_until 20 not_listening "cannot listen on 0.0.0.0:$TCP: another process has the port"
    finish "$somebody"
    expect "free again: TCP is taken" wait_until 20 takes
    expect "free again: status" not_listening nothing
    expect "occupied meanwhile: said once" equal 1 "$(hostile)"
    done_watching
}

descriptors() { on node bash -c "ls /proc/$daemon_pid/fd | wc -l"; }

slow_clients() {
    local i answered=0 before
    profile "http: '0.0.0.0:$HTTP', tcp: '0.0.0.0:$TCP'"
    daemon_start "$PROFILE"
    ready_now "before the slow ones"
    spawn vpc /usr/bin/python3 "$HERE/slow_clients.py" "$LAB_NODE4" $HTTP 300 >"$SANDBOX_FILES/slow"
    slow=$spawned
    expect "300 slow clients" wait_until 20 grep -q open "$SANDBOX_FILES/slow"
    for i in {1..20}; do says 200 && answered=$((answered + 1)); done
    expect "slow clients: everybody else is answered" equal 20 "$answered"
    expect "slow clients: descriptors are bounded: $(descriptors)" test "$(descriptors)" -lt 120
    ip -n tunnel link set inside down
    expect "slow clients: the daemon does its work" wait_until 20 says 503
    expect "slow clients: TCP is refused" refuses
    expect "slow clients: all are ended" wait_until 30 grep -q ended "$SANDBOX_FILES/slow"
    wait "$slow"
    # a client that was there and is gone without a word
    on vpc nft "add table ip gone; add chain ip gone out { type filter hook output priority 0; }"
    spawn vpc /usr/bin/python3 -c "import socket, time
one = socket.create_connection(('$LAB_NODE4', $HTTP)); print('open', flush=True); time.sleep(1000)" >"$SANDBOX_FILES/slow"
    wait_until 20 grep -q open "$SANDBOX_FILES/slow"
    on vpc nft add rule ip gone out tcp dport $HTTP drop
    finish "$spawned"
    expect "a dead client: it is forgotten" wait_until 20 nobody_connected
    on vpc nft delete table ip gone
    ip -n tunnel link set inside up
    ip -n node route replace 100.76.0.0/16 via 10.1.0.2 dev egress0
    ready_now "after the slow ones"
    before=$(descriptors)
    for i in {1..50}; do
        status_of /readyz >/dev/null || :
        takes || :
    done
    expect "no descriptor is lost" wait_until 20 eval '[[ $(descriptors) -le '"$before"' ]]'
    done_watching
}
# By the daemon: what the kernel still tries to send is its own matter.
nobody_connected() { ! on node ss -Htnp "sport = :$HTTP" | grep -q "pid=$daemon_pid,"; }

# The node's own address as the destination of plain packets: what is asked there is still ours to answer, but
# for a rule that takes TCP as well, of which `config check` warns.
beside_plain_packets() {
    profile "$BOTH" "plain: {to: $LAB_NODE4}" "port: 31756"
    expect "plain: no warning" not grep -q "nobody is answered" <(xdpmirror config check --profile "$PROFILE")
    daemon_start "$PROFILE"
    ready_now "plain packets to the node itself"
    done_watching
    profile "$BOTH" "plain: {to: $LAB_NODE4}" "protocol: tcp"
    expect "plain: a rule for TCP: warned of" \
        grep -q "rule 'flows' takes TCP to port $HTTP .* nobody is answered" <(xdpmirror config check --profile "$PROFILE" 2>&1)
    daemon_start "$PROFILE"
    expect "plain: a rule for TCP: nobody is answered" equal 000 "$(status_of /readyz -m 1 || :)"
    done_watching
}

bad_input() {
    profile "http: '10.99.0.1:$HTTP'"
    refused 1 "cannot listen on 10.99.0.1:$HTTP: this node has no such address" xdpmirror run ingress --profile "$PROFILE"
    profile "tcp: '0.0.0.0:80'"
    refused 1 "cannot listen on 0.0.0.0:80: ports below 1024 need CAP_NET_BIND_SERVICE" \
        node setpriv --bounding-set=-net_bind_service --inh-caps=-net_bind_service "$XDPMIRROR" run ingress --profile "$PROFILE"
    profile "$BOTH, pools: [fid]"
    refused 2 "ready.yaml:12:[0-9]+: no pool 'fid' for ready.pools\[0\]; did you mean 'fdi'" \
        xdpmirror run ingress --profile "$PROFILE"
    expect "and nothing is attached" nothing_left
}

lab_up 0
for one in $B $DEAD; do ip -n fdi address add "$one"/32 dev eth0; done
ip -n fdi route add 10.1.0.0/24 via 100.76.10.1
for one in $A $B; do server_start "$one"; done
answers
ways
collectors
what_counts
occupied
slow_clients
beside_plain_packets
bad_input
suite_done
