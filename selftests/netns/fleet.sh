# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A fleet: mirrored datagrams of many exporters for one address, a router that spreads them over nodes by a hash
# of the outer addresses and ports, as a load balancer does, and collectors that all nodes share. Each node has
# its own bpffs, /run/xdpmirror and /var/lib/xdpmirror, and knows nothing of the others. Sourced, after suite.sh.
#
#   vpc           balancer          node1..N               core           collector1..K
#   fabric --- mirror | toN --- ingress (xdpmirror) egress0 --- inN | outK --- eth0
#
# Numbers stand for nodes and collectors. A view is what a node holds of the collectors: "1 2! 3*2" are three,
# of which the second is not usable and the third has weight 2.

source "$HERE/fleet_stream.sh"

# Two seconds of silence until a collector is down: a machine that is busy takes none for dead.
FLEET_HEALTH="every: 500ms, timeout: 500ms, rise: 1, fall: 4"
FLEET_VIRTUAL=10.0.100.1 # also in fleet_traffic.py

declare -A fleet_mounts=() fleet_daemon=() fleet_target=() fleet_recorder=()
fleet_received=0 fleet_delivered=0 fleet_dropped=0 fleet_lost=0 fleet_balanced=''

fleet_v4() { echo "100.76.$1.11"; }
fleet_v6() { echo "fd00:100:76:$1::11"; }

# fleet_up NODES COLLECTORS
fleet_up() {
    local i
    for i in vpc balancer core; do lab_host "$i"; done
    lab_link vpc fabric 10.0.0.1/24 fd00:10::1/64 balancer mirror 10.0.0.2/24 fd00:10::2/64
    on balancer bash -c 'echo 1 >/proc/sys/net/ipv4/fib_multipath_hash_policy'
    for ((i = 1; i <= $2; i++)); do fleet_collector "$i"; done
    for ((i = 1; i <= $1; i++)); do fleet_node "$i"; done
}

fleet_collector() {
    lab_host "collector$1"
    lab_link core "out$1" "100.76.$1.1/24" "fd00:100:76:$1::1/64" \
        "collector$1" eth0 "$(fleet_v4 "$1")/24" "$(fleet_v6 "$1")/64"
    lab_route "collector$1" default via "100.76.$1.1"
    lab_route "collector$1" ::/0 via "fd00:100:76:$1::1"
    spawn "collector$1" /usr/bin/python3 "$HERE/fleet_traffic.py" receive "$(fleet_records "$1")" "$FLEET_EXPORTERS"
    fleet_recorder[$1]=$spawned
    wait_until 20 collector_listens "collector$1" 8081
    fleet_target_up "$1"
}

fleet_records() { echo "$SANDBOX_FILES/collector$1.records"; }

# The health target of a collector is the collector that lives and dies; who records its packets always lives,
# so that what was sent to a dead one is known.
fleet_target_up() {
    spawn "collector$1" /usr/bin/python3 "$HERE/http_status.py" :: 8080 200
    fleet_target[$1]=$spawned
    wait_until 20 fleet_target_answers "$1"
}
fleet_target_answers() { on "collector$1" bash -c "exec 3<>/dev/tcp/$(fleet_v4 "$1")/8080" 2>/dev/null; }
fleet_target_down() {
    kill -KILL "${fleet_target[$1]}"
    wait "${fleet_target[$1]}" 2>/dev/null || :
}

fleet_node() {
    lab_host "node$1"
    lab_link balancer "to$1" "10.0.$1.1/24" "fd00:10:0:$1::1/64" "node$1" ingress "10.0.$1.2/24" "fd00:10:0:$1::2/64"
    lab_link "node$1" egress0 "10.1.$1.1/24" "fd00:10:1:$1::1/64" core "in$1" "10.1.$1.2/24" "fd00:10:1:$1::2/64"
    lab_receives_redirects core "in$1"
    ip -n "node$1" address add $FLEET_VIRTUAL/32 dev ingress
    lab_route "node$1" 10.0.0.0/24 via "10.0.$1.1"
    lab_route "node$1" 100.76.0.0/16 via "10.1.$1.2"
    lab_route "node$1" fd00:100:76::/48 via "fd00:10:1:$1::2"
    ip -n balancer neighbour add "10.0.$1.2" lladdr "$(lab_mac "node$1" ingress)" dev "to$1"
    ip -n balancer nexthop add id "$1" via "10.0.$1.2" dev "to$1"
    fleet_node_mounts "$1"
}

# A process that holds the node's mounts.
fleet_node_mounts() {
    mkdir -p /run/xdpmirror /var/lib/xdpmirror
    spawn "node$1" unshare --mount --propagation private bash -c 'mount -t tmpfs tmpfs /run/xdpmirror
        mount -t tmpfs tmpfs /var/lib/xdpmirror && mount -t bpf bpf /sys/fs/bpf && touch "$1" && exec sleep infinity' \
        mounts "$SANDBOX_FILES/node$1.mounted"
    fleet_mounts[$1]=$spawned
    wait_until 20 test -e "$SANDBOX_FILES/node$1.mounted" || die "node$1 has no mounts of its own"
}

# fleet_on NODE COMMAND...
fleet_on() {
    local holder=${fleet_mounts[$1]}
    shift
    nsenter --target "$holder" --net --mount -- "$@"
}
fleet_asks() { fleet_on "$1" "$XDPMIRROR" "${@:2}"; }

# fleet_balance NODE...: over whom the balancer spreads from now on, in one step.
fleet_balance() {
    local group="$*"
    ip -n balancer nexthop replace id 100 group "${group// //}"
    ip -n balancer route replace $FLEET_VIRTUAL/32 nhid 100
    fleet_balanced=$*
}

# fleet_dies NODE: what the balancer sends it is lost, until it is told. fleet_forgets: it has been told.
fleet_dies() {
    on balancer nft "add table inet dead
        add chain inet dead forward { type filter hook forward priority 0; }
        add rule inet dead forward oifname to$1 counter drop"
}
fleet_forgets() {
    fleet_lost=$((fleet_lost + $(on balancer nft -j list table inet dead | jq '[.. | .counter? // empty | .packets] | add')))
    on balancer nft delete table inet dead
}

# fleet_profile FILE COLLECTOR[*WEIGHT]...
fleet_profile() {
    local file=$1 four='' six='' one weight
    shift
    for one in "$@"; do
        weight=1
        [[ $one != *\** ]] || weight=${one#*\*}
        four+="{address: $(fleet_v4 "${one%\**}"), weight: $weight}, "
        six+="{address: \"$(fleet_v6 "${one%\**}")\", weight: $weight}, "
    done
    cat >"$file" <<YAML
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, from: [10.0.0.0/24]}
rules:
  - {name: six, match: {from: fd00:192:168::/48, port: 31756}, send: {to: six, port: 8081}}
  - {name: four, match: {from: 192.168.0.0/16, port: 31756}, send: {to: four, port: 8081}}
pools:
  four: {collectors: [${four%, }], health: {http: {port: 8080}, $FLEET_HEALTH}, via: out}
  six: {collectors: [${six%, }], health: {http: {port: 8080}, $FLEET_HEALTH}, via: out}
egress:
  out: {interface: egress0}
YAML
}

# fleet_run NODE PROFILE: the daemon; returns when it watches and has an opinion of every collector.
fleet_run() {
    nsenter --target "${fleet_mounts[$1]}" --net --mount -- "$XDPMIRROR" run ingress --profile "$2" \
        2>>"$SANDBOX_FILES/daemon$1.log" &
    fleet_daemon[$1]=$!
    wait_until 30 fleet_watches "$1" || die "node$1 does not start: $(tail -n 3 "$SANDBOX_FILES/daemon$1.log")"
    wait_until 30 fleet_knows "$1" || die "node$1 does not know its collectors"
}
fleet_watches() {
    [[ $(fleet_asks "$1" status ingress --json 2>/dev/null | jq -r .watched_by.pid) == "${fleet_daemon[$1]}" ]]
}
fleet_knows() { fleet_documented "$1" unknown >/dev/null; }

# fleet_documented NODE WORD: runs the command of docs/fleet.md that has this word, there for eth0.
fleet_documented() {
    local command
    command=$(grep -m 1 "^ *xdpmirror pools eth0 --json.*$2" "$ROOT/docs/fleet.md") || die "docs/fleet.md has no command with '$2'"
    fleet_on "$1" bash -o pipefail -c "${command/xdpmirror pools eth0/"$XDPMIRROR" pools ingress}"
}

# fleet_halt NODE [SIGNAL]: the daemon only.
fleet_halt() {
    kill "-${2:-TERM}" "${fleet_daemon[$1]}"
    wait "${fleet_daemon[$1]}" 2>/dev/null || :
}

# fleet_take_off NODE: the daemon ends, the attachment too; its books are added to those of the fleet.
fleet_take_off() {
    fleet_halt "$1"
    fleet_count "$1"
    fleet_asks "$1" detach ingress >/dev/null
}

fleet_count() {
    local books
    books=$(fleet_asks "$1" drops ingress --json)
    fleet_received=$((fleet_received + $(books_received "$books")))
    fleet_delivered=$((fleet_delivered + $(books_delivered "$books")))
    fleet_dropped=$((fleet_dropped + $(books_dropped "$books")))
    books_conserved "$books" || die "the books of node$1 do not add up"
}

# fleet_replace NODE PROFILE [new]: out of the balancer, another profile, back into it: loses nothing. A new node
# knows of nothing that was done by hand.
fleet_replace() {
    local all others
    read -ra all <<<"$fleet_balanced"
    read -ra others <<<"$(tr ' ' '\n' <<<"$fleet_balanced" | grep -vx "$1" | xargs)"
    fleet_balance "${others[@]}"
    fleet_round
    fleet_take_off "$1"
    [[ ${3:-} != new ]] || fleet_on "$1" rm -f /var/lib/xdpmirror/ingress.pools
    fleet_run "$1" "$2"
    fleet_balance "${all[@]}"
}

# fleet_holds NODE COLLECTOR STATE: what the node's pools say of it.
fleet_holds() {
    fleet_asks "$1" pools ingress --json | jq -e --arg four "$(fleet_v4 "$2")" --arg six "$(fleet_v6 "$2")" --arg state "$3" \
        '[.pools[].collectors[] | select(.address == $four or .address == $six).state] | . == [$state, $state]' >/dev/null
}

# fleet_agree COLLECTOR STATE NODE...: waits until they all hold it.
fleet_agree() {
    local one
    for one in "${@:3}"; do
        wait_until 60 fleet_holds "$one" "$1" "$2" || die "collector$1 is not '$2' for node$one"
    done
}

# fleet_weigh COLLECTOR WEIGHT SHARE NODE...: one node after the other, and waits until it has that share, per mille.
fleet_weigh() {
    local one
    for one in "${@:4}"; do fleet_pools "$one" weight "$1" "$2"; done
    for one in "${@:4}"; do
        wait_until 30 fleet_has_share "$one" "$1" "$3" || die "collector$1 has not $3 per mille on node$one"
    done
}
fleet_has_share() {
    fleet_asks "$1" pools ingress --json | jq -e --arg four "$(fleet_v4 "$2")" --arg six "$(fleet_v6 "$2")" --argjson share "$3" \
        '[.pools[].collectors[] | select(.address == $four or .address == $six).share * 1000 | round] | . == [$share, $share]' >/dev/null
}

# fleet_pools NODE COMMAND COLLECTOR [VALUE]: on both pools.
fleet_pools() {
    fleet_asks "$1" pools "$2" four "$(fleet_v4 "$3")" "${@:4}" >/dev/null
    fleet_asks "$1" pools "$2" six "$(fleet_v6 "$3")" "${@:4}" >/dev/null
}

# fleet_hide NODE COLLECTOR: the node's health checks of it are lost on the way, its packets are not.
fleet_hide() {
    on core nft "add table inet hide
        add chain inet hide forward { type filter hook forward priority 0; }
        add rule inet hide forward iifname in$1 oifname out$2 tcp dport 8080 drop"
}
fleet_show() { on core nft delete table inet hide; }
