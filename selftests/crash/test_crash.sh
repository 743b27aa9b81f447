#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The loader is killed at its system calls, of attach, reload, upgrade and detach in turn: packets are handled by one
# whole configuration or by none, and the next command ends in what an undisturbed run ends in, with nothing more.
# Arguments are those of crash.py; without any it kills at some of the calls that change something. The seed is
# printed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../netns/suite.sh"
suite_enter "ethtool jq python3 tc" -- "$@"

export XM_KILL_AT=${XM_KILL_AT:-$ROOT/build/dev/selftests/crash/xm_kill_at}
[[ -x $XM_KILL_AT ]] || die "no binary at $XM_KILL_AT: set XM_KILL_AT"
[[ -x ${XM_OTHER_VERSION:-} ]] || export XM_OTHER_VERSION=

# profile NAME EGRESS: `flows` go to the collector by that egress.
profile() {
    cat >"$SANDBOX_FILES/$1.yaml" <<YAML
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, from: [10.0.0.0/24]}
$2
YAML
}

profiles() {
    profile redirect "rules:
  - {name: flows, match: {port: 31756}, send: {to: fdi, port: 8081}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: out}
egress:
  out: {interface: egress0}"
    profile handover "rules:
  - {name: flows, match: {port: 31756}, send: {to: fdi, port: 8082}}
  - {name: routed, match: {port: 31757}, send: {to: routed, port: 8083}}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: out}
  routed: {collectors: [{address: 100.76.10.11}], via: policy}
egress:
  out: {interface: egress1, next_hop: 10.2.0.2}
  policy: {interface: egress1, path: kernel, mark: 0x77, table: 100}"
    profile copies "rules:
  - {name: flows, match: {port: 31756}, send: [{to: fdi, port: 8084}, {to: again, port: 8085}, {to: routed, port: 8086}]}
pools:
  fdi: {collectors: [{address: 100.76.10.11}], via: out}
  again: {collectors: [{address: 100.76.10.11}], via: second}
  routed: {collectors: [{address: 100.76.10.11}], via: policy}
egress:
  out: {interface: egress0}
  second: {interface: egress1, next_hop: 10.2.0.2}
  policy: {interface: egress0, path: kernel, mark: 0x78, table: 101}"
}

lab_up 1
lab_link node egress1 10.2.0.1/24 fd00:10:2::1/64 tunnel inside1 10.2.0.2/24 fd00:10:2::2/64
lab_receives_redirects tunnel inside1
lab_route node 100.76.0.0/16 via 10.2.0.2 table 100
lab_route node 100.76.0.0/16 via 10.1.0.2 table 101
for table in 100 101; do
    lab_route node 192.168.0.0/16 via "$LAB_FABRIC4" table $table
done
on node bash -c 'echo 1 >/proc/sys/net/ipv4/fwmark_reflect; echo 1 >/proc/sys/net/ipv6/fwmark_reflect'
profiles
NODE_MAC=$(lab_mac node ingress)
export NODE_MAC SANDBOX_FILES
on node /usr/bin/python3 "$ROOT/selftests/crash/crash.py" "$@"
