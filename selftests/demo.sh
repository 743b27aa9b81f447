#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The main job, live: installs what is missing, builds, and runs routers, a mirror, xdpmirror and a
# collector in a lab that leaves nothing behind. Exit status 0 only if everything arrived, proven from
# the collector's own files.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(dirname "$HERE")
for part in support/{environment,say,wait,deps,build,sandbox}.sh \
    netns/{lab,mirror,exporters,collectors,capture,books,strays,demo_screen,demo_verdict}.sh; do
    # shellcheck source=/dev/null
    source "$HERE/$part"
done

XDPMIRROR=$ROOT/build/release/loader/xdpmirror
export XDPMIRROR_CONFIG_DIR=$ROOT/config
EXPORTERS=6  # the first half speaks NetFlow v9, the second IPFIX
SECONDS_LIVE=15
FLOWS_EACH=180  # flows a second that each router sees in its own network
BUILD=yes

usage() {
    cat <<'USAGE'
usage: selftests/demo.sh [--seconds N] [--xdpmirror PATH] [--no-build]
  --seconds N       how long the routers export (default 15)
  --xdpmirror PATH  use this binary, build nothing
  --no-build        use build/release as it is
USAGE
}

parse_options() {
    while (($#)); do
        case $1 in
        --seconds) SECONDS_LIVE=${2:?--seconds needs a number} && shift ;;
        --xdpmirror) XDPMIRROR=$(realpath "${2:?--xdpmirror needs a path}") && BUILD=no && shift ;;
        --no-build) BUILD=no ;;
        -h | --help) usage && exit 0 ;;
        *) die "unknown option '$1'; see --help" ;;
        esac
        shift
    done
    [[ $SECONDS_LIVE =~ ^[1-9][0-9]*$ ]] || die "--seconds needs a number, not '$SECONDS_LIVE'"
}

prepare() {
    if [[ $BUILD == yes ]]; then
        deps_install build demo
        build_preset release
    else
        deps_install demo
    fi
    [[ -x $XDPMIRROR ]] || die "no binary at $XDPMIRROR; run without --no-build"
}

exporter_version() { (($1 <= EXPORTERS / 2)) && echo 9 || echo 10; }
exporter_protocol() { (($1 <= EXPORTERS / 2)) && echo 'NetFlow v9' || echo IPFIX; }
exporter_port() { (($1 <= EXPORTERS / 2)) && echo 31756 || echo 4739; }

start_lab() {
    local i
    say_step "the lab: $EXPORTERS routers, a mirror, the node, a tunnel, a collector (network namespaces)"
    lab_up "$EXPORTERS"
    mirror_up vx-a vpc 4242 "$LAB_FABRIC4" "$LAB_NODE4"
    mirror_up vx-b vpc 4343 "$LAB_FABRIC4" "$LAB_NODE4"
    for ((i = 1; i <= EXPORTERS; i++)); do
        mirror_session "eni$i" "$([[ $(exporter_version "$i") == 9 ]] && echo vx-a || echo vx-b)"
    done
    strays_up
    say_note "routers send to $LAB_OFFICE4, UDP 31756 (NetFlow v9) and UDP 4739 (IPFIX), as they always did"
    say_note "the mirror copies that into VXLAN (VNI 4242 and 4343) to the node; nfcapd waits on $LAB_FDI4, UDP 8081"
}

start_collectors() {
    collector_start office-v9 vpc 31756
    collector_start office-ipfix vpc 4739
    collector_start fdi fdi 8081
    capture_start arrivals fdi eth0 udp port 8081
}

start_xdpmirror() {
    say_step "on the node: xdpmirror attach ingress --profile lab"
    xdpmirror attach ingress --profile lab | sed 's/^/    /'
}

start_exporters() {
    local i
    for ((i = 1; i <= EXPORTERS; i++)); do
        exporter_start "$i" "$(exporter_version "$i")" "$LAB_OFFICE4:$(exporter_port "$i")"
    done
}

# One second of the routers' own traffic, from which they make records.
one_second() {
    local i end=$((${EPOCHREALTIME/./} + 1000000))
    for ((i = 1; i <= EXPORTERS; i++)); do exporter_traffic "$i" "$FLOWS_EACH"; done
    while ((${EPOCHREALTIME/./} < end)); do sleep 0.05; done
}

# The strays' reasons are collected, to be compared with the books at the end.
send_strays() {
    strays_send >>"$SANDBOX_FILES/strays"
    if strays_refused vpc "$LAB_NODE4"; then echo yes; else echo no; fi >>"$SANDBOX_FILES/not-ours"
}

live() {
    local second
    say_step "live, for $SECONDS_LIVE seconds"
    screen_head
    for ((second = 1; second <= SECONDS_LIVE; second++)); do
        ((second % 5 != 3)) || send_strays
        one_second
        screen_line "$second"
    done
    screen_exporters
}

# Everything that was sent has arrived or is known not to come.
settle() {
    local i
    for ((i = 1; i <= EXPORTERS; i++)); do exporter_finish "$i"; done
    wait_until 20 books_received_is ingress "$(verdict_mirrored)" || :
    wait_until 20 capture_reached arrivals "$(books_delivered "$(books_read ingress)")" || :
    wait_until 20 collector_took fdi 4 "$(capture_count arrivals)" || :
    wait_until 20 collector_took vpc 4 "$(capture_count arrivals)" || :
    collector_stop office-v9
    collector_stop office-ipfix
    collector_stop fdi
    capture_stop arrivals
}

main() {
    parse_options "$@"
    sandbox_inside || prepare
    sandbox_enter "$@"
    say_where_it_stops
    local started=$SECONDS status=0
    start_lab
    start_collectors
    start_xdpmirror
    start_exporters
    live
    settle
    verdict || status=1
    say_note "$((SECONDS - started)) seconds; nothing is left behind"
    exit "$status"
}

main "$@"
