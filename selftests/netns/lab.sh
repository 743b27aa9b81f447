# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The lab: hosts (network namespaces) and links (veth pairs) between a router that exports flow
# records and the collector that must get them. Runs inside the sandbox, which removes it.
#
#   exporter1..N   vpc            node            tunnel          fdi
#   uplink - eniI |    | fabric --- ingress |      |                  |
#                 |    |        (xdpmirror)  egress0 --- inside |  | outside --- eth0
#                 |    | lo: the old collector        (forwards)        (the new collector)
#
# Every link has IPv4 and IPv6 addresses. Sourced, after say.sh.

LAB_OFFICE4=172.16.0.10      # where the exporters send: the collector they know
LAB_OFFICE6=fd00:172:16::10
LAB_FDI4=100.76.10.11        # where the records must arrive
LAB_FDI6=fd00:100:76::11
LAB_FABRIC4=10.0.0.1 LAB_FABRIC6=fd00:10::1
LAB_NODE4=10.0.0.2 LAB_NODE6=fd00:10::2

lab_exporter4() { echo "192.168.$1.1"; }
lab_exporter6() { echo "fd00:192:168:$1::1"; }

# on HOST COMMAND...: runs the command on that host. Not `ip netns exec`, which hides bpffs.
on() {
    local host=$1
    shift
    nsenter --net="/run/netns/$host" -- "$@"
}

# spawn HOST COMMAND...: the same in the background; its process id is in `spawned`.
spawn() {
    local host=$1
    shift
    nsenter --net="/run/netns/$host" -- "$@" &
    spawned=$!
}

# finish PID: asks the process to end, and waits until it has.
finish() {
    kill -TERM "$1" 2>/dev/null || :
    wait "$1" 2>/dev/null || :
}

# signal_tree SIGNAL PID...: to each of them and to its children.
signal_tree() {
    local pid children
    for pid in "${@:2}"; do
        read -ra children <"/proc/$pid/task/$pid/children" || :
        kill "-$1" "$pid" "${children[@]}"
    done
}

# lab_up EXPORTERS
lab_up() {
    local i host
    for host in vpc node tunnel fdi; do lab_host "$host"; done
    lab_link vpc fabric "$LAB_FABRIC4/24" "$LAB_FABRIC6/64" node ingress "$LAB_NODE4/24" "$LAB_NODE6/64"
    lab_link node egress0 10.1.0.1/24 fd00:10:1::1/64 tunnel inside 10.1.0.2/24 fd00:10:1::2/64
    lab_link tunnel outside 100.76.10.1/24 fd00:100:76::1/64 fdi eth0 "$LAB_FDI4/24" "$LAB_FDI6/64"
    lab_route node 100.76.0.0/16 via 10.1.0.2
    lab_route node fd00:100:76::/48 via fd00:10:1::2
    lab_receives_redirects tunnel inside
    lab_receives_redirects vpc fabric
    ip -n vpc address add "$LAB_OFFICE4/32" dev lo
    ip -n vpc address add "$LAB_OFFICE6/128" dev lo
    for ((i = 1; i <= $1; i++)); do lab_exporter "$i"; done
}

lab_host() {
    ip netns add "$1"
    on "$1" bash -c '
        for family in ipv4 ipv6; do
            echo 1 >/proc/sys/net/$family/conf/all/forwarding
        done
        for scope in all default; do
            echo 0 >/proc/sys/net/ipv4/conf/$scope/rp_filter
            echo 0 >/proc/sys/net/ipv6/conf/$scope/accept_dad
            echo 0 >/proc/sys/net/ipv6/conf/$scope/accept_ra
        done'
    ip -n "$1" link set lo up
}

# lab_link HOST DEVICE ADDRESS4 ADDRESS6 HOST DEVICE ADDRESS4 ADDRESS6
lab_link() {
    ip link add name "$2" netns "$1" type veth peer name "$6" netns "$5"
    lab_end "$1" "$2" "$3" "$4"
    lab_end "$5" "$6" "$7" "$8"
}

# A sender that leaves checksums to its NIC would leave them unfinished in a mirrored copy.
lab_end() {
    on "$1" ethtool -K "$2" tx off >/dev/null 2>&1 || die "cannot switch off checksum offload on $2"
    ip -n "$1" address add "$3" dev "$2"
    ip -n "$1" address add "$4" dev "$2" nodad
    ip -n "$1" link set "$2" up
}

lab_route() {
    local host=$1
    shift
    ip -n "$host" route add "$@"
}

# veth takes redirected frames only if its peer polls for them: GRO makes it.
lab_receives_redirects() { on "$1" ethtool -K "$2" gro on; }

# A router that will export: its uplink to the vpc, and a network of its own to report about.
lab_exporter() {
    lab_host "exporter$1"
    lab_link "exporter$1" uplink "$(lab_exporter4 "$1")/24" "$(lab_exporter6 "$1")/64" \
        vpc "eni$1" "192.168.$1.254/24" "fd00:192:168:$1::254/64"
    lab_route "exporter$1" default via "192.168.$1.254"
    lab_route "exporter$1" ::/0 via "fd00:192:168:$1::254"
    lab_lan "exporter$1" "$1"
}

# A network with one silent host; what is sent to that host is seen on `lan` and goes nowhere.
lab_lan() {
    lab_link "$1" lan "10.20.$2.1/24" "fd00:10:20:$2::1/64" "$1" silent "10.21.$2.1/24" "fd00:10:21:$2::1/64"
    ip -n "$1" neighbour add "$(lab_lan_host "$2")" lladdr 02:00:00:00:00:09 dev lan
}

# lab_lan_quiet NUMBER: seen there is only what is sent to the silent host, nothing that IPv6 says by itself.
lab_lan_quiet() {
    on "exporter$1" bash -c 'for device in lan silent; do echo 1 >/proc/sys/net/ipv6/conf/$device/disable_ipv6; done'
}

lab_lan_host() { echo "10.20.$1.9"; }

# lab_count HOST DEVICE STATISTIC: a counter of a device, for example rx_packets.
lab_count() { on "$1" ip -j -s link show dev "$2" | jq ".[0].stats64.${3%%_*}.${3#*_}"; }

lab_mac() { on "$1" ip -j link show dev "$2" | jq -r '.[0].address'; }
