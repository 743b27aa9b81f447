# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Bonds and VLANs between the node and the tunnel host, collectors behind a gateway and on the link itself,
# IPv4 and IPv6, and a steady stream to all four. Sourced, after suite.sh.
#
#   node                                        tunnel
#   bond0 --+-- member0 ------------ port0 --+-- br0          fdi: the collector behind the gateway
#           +-- member1 ------------ port1 --+   10.3.0.2     tunnel: the one on the link
#   egress0.30 (on egress0) -------- inside.30 (on inside)

PROFILE=$SANDBOX_FILES/devices.yaml
ARRIVED=$SANDBOX_FILES/arrived
readonly TAG=30
GATEWAY4=10.3.0.2 GATEWAY6=fd00:10:3::2
# Slow, since guests under emulation run this.
readonly PACE=40 PATIENCE=60

# kernel_has KIND: devices of that kind can be made here.
kernel_has() { ip link add name "xm-$1" type "$1" 2>/dev/null && ip link del "xm-$1"; }
has_vlans() {
    ip link add name xm-parent type veth peer name xm-child || return 1
    local status=0
    ip link add link xm-parent name xm-tagged type vlan id 9 2>/dev/null || status=1
    ip link del xm-parent
    return $status
}

# profile FIELDS: of the egress.
profile() {
    cat >"$PROFILE" <<YAML
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, from: [10.0.0.0/24]}
rules:
  - {name: gateway6, match: {from: "fd00:192:168::/48", port: 31756}, send: {to: gateway6, port: 8081}}
  - {name: link6, match: {from: "fd00:192:168::/48", port: 31757}, send: {to: link6, port: 8081}}
  - {name: gateway4, match: {port: 31756}, send: {to: gateway4, port: 8081}}
  - {name: link4, match: {port: 31757}, send: {to: link4, port: 8081}}
pools:
  gateway4: {collectors: [{address: $LAB_FDI4}], via: out}
  gateway6: {collectors: [{address: "$LAB_FDI6"}], via: out}
  link4: {collectors: [{address: $GATEWAY4}], via: out}
  link6: {collectors: [{address: "$GATEWAY6"}], via: out}
egress:
  out: {$1}
YAML
}

# near_end DEVICE, far_end DEVICE: addresses, and on the node the routes by it.
near_end() {
    find_neighbours_quickly "$1"
    ip -n node address add 10.3.0.1/24 dev "$1"
    ip -n node address add fd00:10:3::1/64 dev "$1" nodad
    ip -n node link set "$1" up
    ip -n node route replace 100.76.0.0/16 via "$GATEWAY4" dev "$1"
    ip -n node route replace fd00:100:76::/48 via "$GATEWAY6" dev "$1"
}
# By tc the kernel finds the neighbour, and believes an old MAC for up to a minute: here for some seconds.
find_neighbours_quickly() {
    on node bash -c 'for family in ipv4 ipv6; do
        echo 3000 >/proc/sys/net/$family/neigh/$1/base_reachable_time_ms
        echo 1 >/proc/sys/net/$family/neigh/$1/delay_first_probe_time
    done' settings "$1"
}
far_end() {
    ip -n tunnel address add "$GATEWAY4/24" dev "$1"
    ip -n tunnel address add "$GATEWAY6/64" dev "$1" nodad
    ip -n tunnel link set "$1" up
}

# bond_up: the node's end, from the veths that are there.
bond_up() {
    ip -n node link add bond0 type bond mode active-backup miimon 50
    for device in member0 member1; do
        ip -n node link set $device down
        ip -n node link set $device master bond0
    done
}

bond_links() {
    local i
    # a MAC of its own: those of its ports are good for the bridge, too, also after a change
    ip -n tunnel link add br0 address 02:00:00:00:33:00 type bridge
    for i in 0 1; do
        ip link add name member$i netns node type veth peer name port$i netns tunnel
        lab_receives_redirects tunnel port$i
        ip -n tunnel link set port$i master br0 up
    done
    far_end br0
}

bond_gone() {
    ip -n node link del bond0
    ip -n node link del member0
    ip -n node link del member1
    ip -n tunnel link del br0
}

# vlan HOST PARENT
vlan() { ip -n "$1" link add link "$2" name "$2.$TAG" type vlan id "$TAG"; }

member_is() { [[ $(ip -n node -j -d link show bond0 | jq -r '.[0].linkinfo.info_data.active_slave') == "$1" ]]; }

receivers_start() {
    : >"$ARRIVED"
    local host
    receivers=()
    for host in fdi tunnel; do
        spawn $host /usr/bin/python3 "$HERE/steady.py" receive "$ARRIVED"
        receivers+=("$spawned")
        wait_until "$PATIENCE" collector_listens $host 8081 || die "no receiver on $host"
    done
}

receivers_stop() {
    local pid
    for pid in "${receivers[@]}"; do
        kill -TERM "$pid"
        wait "$pid" 2>/dev/null || :
    done
}

# steady COUNT: so many, and it returns when they are sent. stream_start, stream_stop: until told.
steady() { on vpc /usr/bin/python3 "$HERE/steady.py" send fabric "$NODE_MAC" "$PACE" "$1" >/dev/null; }
stream_start() {
    spawn vpc /usr/bin/python3 "$HERE/steady.py" send fabric "$NODE_MAC" "$PACE" >"$SANDBOX_FILES/sent"
    sender=$spawned
}
stream_stop() {
    kill -TERM "$sender"
    wait "$sender" || :
}

now() { echo "${EPOCHREALTIME/./}"; }
# kinds_since MICROSECONDS [LEAST]: how many of the four kinds have arrived, sent after that, so often.
kinds_since() {
    awk -v from="$1" -v least="${2:-1}" 'NF == 2 && $2 > from { n[$1 % 4]++ }
        END { for (kind in n) all += n[kind] >= least; print all + 0 }' "$ARRIVED"
}
all_since() { (($(kinds_since "$@") == 4)); }
# flows: packets of all four kinds that were sent after this moment arrive.
flows() {
    wait_until "$PATIENCE" all_since "$(now)" 3
}
arrived_are() { (($(awk '{ print $1 }' "$ARRIVED" | sort -u | wc -l) == $1)); }

# cause WHAT COMMAND...: does it, and expects all four back.
cause() {
    local what=$1
    shift
    "$@"
    expect "$what: all four go on" flows
}

# on_the_wire WHAT DEVICE FILTER: of what arrives there for a collector, everything matches, and something does.
on_the_wire() {
    local all right
    capture_start wire tunnel "$2" -s 256 # small frames, so that many fit into its buffer
    flows || :
    capture_stop wire
    all=$(($(capture_count wire "udp dst port 8081") + $(capture_count wire "vlan and udp dst port 8081")))
    right=$(capture_count wire "$3 and udp dst port 8081")
    expect "$1: $right of $all frames on $2 are '$3'" test "$right" -ge 12 -a "$right" -eq "$all"
}
