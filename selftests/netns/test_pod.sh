#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The container of config/kubernetes as a kubelet would run it: process 1 of its own process namespace, on a root
# that cannot be written, with the capabilities, the environment, the command and the profiles of the manifests
# and nothing else, in the node's network. The data plane outlives it, the next one takes over.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "jq python3" -- "$@"

MANIFESTS=$ROOT/config/kubernetes
POD_FILES=$SANDBOX_FILES/profiles
/usr/bin/python3 -c 'import yaml' 2>/dev/null || skip "needs python3-yaml"

manifests() { /usr/bin/python3 "$ROOT/selftests/kubernetes/manifests.py" "$@"; }
of_container() { jq -r "$1" "$SANDBOX_FILES/container"; }

# in_pod COMMAND...: replaces the shell. What is mounted from the node is where it is on the node.
in_pod() {
    exec nsenter --net=/run/netns/node -- unshare --mount --pid --fork --mount-proc --propagation private bash -c '
        mount --bind "$1" /etc && mkdir -p /etc/xdpmirror && mount -o remount,bind,ro / && mount -o remount,bind,ro /etc || exit 99
        bound=$2 && shift 2
        exec setpriv --no-new-privs --bounding-set="$bound" --inh-caps="$bound" env -i "$@"' \
        pod "$POD_FILES" "$bound" "${environment[@]}" "$@"
}
pod_read() {
    mkdir -p /run/xdpmirror /var/lib/xdpmirror
    bound=$(of_container '"-all" + ([.securityContext.capabilities.add[] | ",+" + ascii_downcase] | add)')
    mapfile -t environment < <(of_container '.env[] | "\(.name)=\(.value)"')
    mapfile -t arguments < <(of_container '.args[]')
    mapfile -t probe < <(of_container '.readinessProbe.exec.command[1:][]')
}

pod_start() {
    (in_pod "$XDPMIRROR" "${arguments[@]}") 2>>"$SANDBOX_FILES/daemon.log" &
    pod=$!
    wait_until 20 pod_is_ready || die "the pod does not get ready: $(tail -n 3 "$SANDBOX_FILES/daemon.log")"
}
pod_probe() { (in_pod "$XDPMIRROR" "${probe[@]}") >/dev/null 2>&1; }
pod_is_ready() { pod_probe && xdpmirror status eth0 --json | jq -e '.watched_by.pid' >/dev/null && all_up; }
all_up() { xdpmirror pools eth0 --json | jq -e 'all(.pools[].collectors[]; .state == "used" and .health.status == "up")' >/dev/null; }

# pod_end SIGNAL: to process 1, which does not hear SIGTERM before it has asked for it; its exit status is in
# pod_status.
pod_end() {
    wait_until 20 pod_gone "$1" || die "the pod does not end at SIG$1"
    pod_status=0
    wait "$pod" || pod_status=$?
}
pod_gone() {
    local first=''
    kill -0 "$pod" 2>/dev/null || return 0
    read -r first _ <"/proc/$pod/task/$pod/children" || :
    [[ -z $first ]] || kill "-$1" "$first" 2>/dev/null || :
    return 1
}

# forwards WHAT: of 60 exporters, each is delivered.
forwards() {
    local before
    before=$(books_delivered "$(books_read eth0)")
    NODE_MAC=$(lab_mac node eth0) on vpc /usr/bin/python3 "$HERE/send.py" fabric "[Ether(dst=NODE)
        / IP(src='192.168.%d.1' % n, dst='100.76.10.11') / UDP(sport=2055, dport=8081) / b'flow' for n in range(1, 61)]"
    expect "$1" wait_until 20 delivered_is $((before + 60))
}
delivered_is() { (($(books_delivered "$(books_read eth0)") == $1)); }

lab_host vpc
lab_host node
lab_link vpc fabric 10.0.0.1/24 fd00:10::1/64 node eth0 10.0.0.2/24 fd00:10::2/64
lab_receives_redirects vpc fabric
lab_route node default via 10.0.0.1
mkdir -p "$POD_FILES/xdpmirror"
manifests profiles "$MANIFESTS" "$POD_FILES/xdpmirror"
manifests container "$MANIFESTS" >"$SANDBOX_FILES/container"
pod_read
for address in 100.76.20.1{1,2,3}; do ip -n vpc address add "$address/32" dev lo; done
spawn vpc /usr/bin/python3 "$HERE/http_status.py" :: 8080 200

expect "before: the probe says no" not pod_probe
pod_start
forwards "a pod runs: every packet is delivered"
pod_end TERM
expect "SIGTERM ends it with 0" equal 0 "$pod_status"
expect "the probe still says yes: what is attached stays" pod_probe
forwards "no pod: every packet is delivered"
: >"$SANDBOX_FILES/daemon.log"
pod_start
expect "the next pod takes over" grep -q 'took over the attachment of eth0' "$SANDBOX_FILES/daemon.log"
pod_end KILL
forwards "killed: every packet is delivered"
pod_start

# Another profile: the pod leaves what is there in force, and the pod that is detached starts with it.
sed -i 's/100.76.20.13}/100.76.20.13, weight: 3}/' "$POD_FILES/xdpmirror/site.yaml"
pod_end TERM
pod_start
expect "another profile: it waits for a reload" grep -q 'says otherwise than what is attached to eth0.*xdpmirror reload eth0' \
    "$SANDBOX_FILES/daemon.log"
pod_end TERM
sed -i 's/100.76.20.13, weight: 3}/100.76.20.13}/' "$POD_FILES/xdpmirror/site.yaml"
pod_start
sed -i 's/100.76.20.13}/100.76.20.13, weight: 3}/' "$POD_FILES/xdpmirror/site.yaml"
expect "detached from inside" eval '(in_pod "$XDPMIRROR" detach eth0)'
expect "the pod ends by itself" wait_until 20 not kill -0 "$pod"
pod_start
forwards "the next one runs with the other profile"
expect "and has its weight" equal 600 \
    "$(xdpmirror pools eth0 --json | jq '.pools[].collectors[] | select(.address == "100.76.20.13").share * 1000 | round')"
assert_conservation eth0
suite_done
