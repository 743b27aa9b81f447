# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The network of the endurance tests, the load in it, and the profiles of generations. Sourced, after
# netns/suite.sh.
#
#   far (xm_load)              node                           far
#   gen0 -------------> ingress [xdpmirror] egress0..2 ------> sink0..2
#
# One CPU does all of it, from the generator to the sink, a batch of 64 to its end before the next: no queue
# overflows, so that what is lost was lost by xdpmirror.

ENDURANCE=$ROOT/selftests/endurance
XM_LOAD=${XM_LOAD:-$ROOT/build/dev/selftests/endurance/xm_load}
LOAD_INGRESS_MAC=02:00:00:00:01:01 LOAD_INGRESS=10.0.255.1
PROFILES=$SANDBOX_FILES/profiles
PROFILE=$SANDBOX_FILES/now.yaml
load_said='' generation=0

# endurance_enter NEEDED_COMMANDS -- ARGUMENTS...
endurance_enter() {
    sandbox_inside || [[ -x $XM_LOAD ]] || die "no load at $XM_LOAD: set XM_LOAD"
    suite_enter "ethtool jq python3 bpftool $1" "${@:2}"
}

endurance_lab() {
    local i
    lab_host far
    lab_host node
    on far bash -c 'echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
    on node bash -c 'echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
    endurance_wire gen0 02:00:00:00:01:02 ingress $LOAD_INGRESS_MAC
    ip -n node address add $LOAD_INGRESS/16 dev ingress
    for i in 0 1 2; do
        endurance_wire "sink$i" "02:00:00:00:03:0$i" "egress$i" "02:00:00:00:02:0$i"
        ip -n node address add "10.$((i + 1)).0.1/24" dev "egress$i"
    done
    endurance_neighbour 02:78:00:00:00:01
    for i in 85 86; do ip -n node route add "10.$i.0.0/16" via 10.3.0.2 dev egress2; done
    mkdir -p "$PROFILES"
}

# One queue each way: a veth has one for each CPU otherwise.
endurance_wire() { # FAR_DEVICE MAC NODE_DEVICE MAC
    ip link add name "$1" address "$2" netns far numtxqueues 1 numrxqueues 1 type veth \
        peer name "$3" address "$4" netns node numtxqueues 1 numrxqueues 1
    ip -n far link set "$1" promisc on up
    ip -n node link set "$3" up
}

# endurance_neighbour MAC: of those that are reached by egress2.
endurance_neighbour() { ip -n node neighbour replace 10.3.0.2 lladdr "$1" dev egress2 nud permanent; }

# endurance_profiles COUNT SEED [KIND [FIRST]]: of so many generations, from the first on.
endurance_profiles() { /usr/bin/python3 "$ENDURANCE/profiles.py" "$PROFILES" "${4:-1}" "$1" "$2" "${3:-plain}"; }

# next_generation: $PROFILE becomes the next one's, whole at any moment.
next_generation() {
    generation=$((generation + 1))
    cp "$PROFILES/$generation.yaml" "$PROFILE.new"
    mv "$PROFILE.new" "$PROFILE"
}

# not_urgent PROCESS: it does not share in the real-time priority that bench/endurance.sh may have given.
not_urgent() { chrt --other -p 0 "$1"; }

# load_start [OPTIONS]: the load waits for commands.
load_start() {
    coproc LOAD { exec nsenter --net=/run/netns/far -- "$XM_LOAD" --dev gen0 --sink sink0 --sink sink1 --sink sink2 \
        --to-mac "$LOAD_INGRESS_MAC" --to-address "$LOAD_INGRESS" --cpu $(($(nproc) - 1)) "$@"; }
    not_urgent "$LOAD_PID"
    load tally
}

# load COMMAND: what it answers is in load_said. Not in a command substitution, where there is no coprocess.
load() {
    echo "$*" >&"${LOAD[1]}"
    read -r load_said <&"${LOAD[0]}" || die "the load has ended at '$*'"
}

load_figure() { jq -r "$1" <<<"$load_said"; }

load_end() {
    local pid=$LOAD_PID input=${LOAD[1]}
    exec {input}>&-
    wait "$pid"
}

# load_goes_on PACKETS: returns when so many more have been sent.
load_goes_on() {
    load tally
    load_goal=$(($(load_figure .sent) + $1))
    wait_until 60 load_has_sent
}
load_has_sent() {
    load tally
    (($(load_figure .sent) >= load_goal))
}

# Packets of the newest generation come out: to be waited for.
load_sees() {
    load tally
    (($(load_figure .last) == $1))
}
