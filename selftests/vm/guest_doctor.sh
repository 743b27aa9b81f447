#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# In a guest, in the lab of guest_lab.sh: what doctor says of real virtio NICs is what attach does, on a
# kernel that tells its drivers' XDP features and on one that does not; tune moves a real interrupt and
# moves it back. guest_doctor.sh XDPMIRROR tells|silent
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
xdpmirror=$1 features=$2
profile=$here/guest_profile.yaml
report=/tmp/report

fail() {
	echo "FAILED: $*" >&2
	cat "$report" /tmp/err >&2 || :
	exit 1
}

# doctor STATUS [OPTION...]
doctor() {
	local wanted=$1 got=0
	shift
	"$xdpmirror" doctor in0 --profile "$profile" --json "$@" >"$report" 2>/tmp/err || got=$?
	[[ $got == "$wanted" ]] || fail "exit status $got, not $wanted"
}

# says ID SUBJECT LEVEL
says() {
	local got
	got=$(jq -r --arg id "$1" --arg of "$2" '[.findings[] | select(.id == $id and .subject == $of).level] | first' "$report")
	[[ $got == "$3" ]] || fail "$1 of $2 is $got, not $3"
}

attaches() {
	"$xdpmirror" attach in0 --profile "$profile" >/dev/null 2>/tmp/err || return 1
	"$xdpmirror" detach in0
}

doctor 0
says jit kernel ok
says multi_buffer kernel ok
says virtio_offloads in0 ok
says virtio_offloads out0 ok
says next_hop 'collector 198.51.100.2' ok
if [[ $features == tells ]]; then says native_xdp in0 ok; else says native_xdp in0 note; fi
says redirect_target 'egress out (out0)' note
attaches || fail "doctor found no error, and attach refuses: $(cat /tmp/err)"

ip link add link in0 name in0.30 type vlan id 30
doctor 0
says rx_vlan in0 ok # virtio leaves tags in the frame
ip link del in0.30

for device in in0 out0; do ip link set "$device" mtu 9000; done
if [[ $features == tells ]]; then
	doctor 0
	says xdp_mtu in0 ok
	attaches || fail "doctor found no error with jumbo frames, and attach refuses: $(cat /tmp/err)"
else
	doctor 1
	says xdp_mtu in0 error
	says xdp_mtu out0 error
	grep -q 'mtu 3506' "$report" || fail "not the driver's limit"
	! attaches || fail "doctor found an error with jumbo frames, and attach does not"
	for device in in0 out0; do ip link set "$device" mtu 3506; done
	doctor 0
	attaches || fail "attach refuses the MTU that doctor proposes: $(cat /tmp/err)"
fi
for device in in0 out0; do ip link set "$device" mtu 1500; done

echo 0 >/proc/sys/net/core/bpf_jit_enable 2>/dev/null || :
if [[ $(cat /proc/sys/net/core/bpf_jit_enable) == 0 ]]; then
	doctor 0
	says jit kernel warning
	doctor 0 --apply
	says jit kernel ok
	[[ $(cat /proc/sys/net/core/bpf_jit_enable) == 1 ]] || fail "the JIT is still off"
fi

# the interrupt of in0's first queue, on the CPU that tune does not choose
queue=$(basename "$(readlink -f /sys/class/net/in0/device)")-input.0 # virtio2-input.0
irq=$(awk -v name="$queue" '$NF == name { print $1 + 0 }' /proc/interrupts)
affinity=/proc/irq/$irq/smp_affinity_list
[[ -e $affinity ]] || fail "no interrupt is named $queue"
echo 1 >"$affinity" # two CPUs
"$xdpmirror" tune in0 --apply --json >"$report" 2>/tmp/err || fail "tune refused something"
[[ $(cat "$affinity") == 0 ]] || fail "the interrupt has not moved"
"$xdpmirror" tune in0 --revert --json >"$report" 2>/tmp/err || fail "revert refused something"
[[ $(cat "$affinity") == 1 ]] || fail "the interrupt has not moved back"
