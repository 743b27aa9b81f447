#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# In a guest: behind the libxdp dispatcher, beside another program, where the kernel allows it; the
# one-line refusal where not. guest_dispatcher.sh works|refused OTHER_OBJECT XDPMIRROR SENT RECEIVED
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
expected=$1 other=$2 xdpmirror=$3 sent=$4 received=$5

others() { xdp-loader status in0 | grep -c xdpmirror_stub || :; }

xdp-loader load -m native in0 "$other"
[[ $(others) == 1 ]] || { echo "the other program did not load" >&2 && exit 1; }

if [[ $expected == works ]]; then
	"$here/guest_forward.sh" "$xdpmirror" "$sent" "$received" shared
else
	status=0
	said=$("$xdpmirror" attach in0 --profile "$here/guest_profile.yaml" --shared 2>&1) || status=$?
	echo "$said"
	[[ $status == 1 ]] || { echo "exit status $status, 1 was wanted" >&2 && exit 1; }
	[[ $(wc -l <<<"$said") == 1 && $said == *"the XDP dispatcher on 'in0' cannot take the data plane"* ]] ||
		{ echo "not the one line that was wanted" >&2 && exit 1; }
	[[ ! -e /sys/fs/bpf/xdpmirror ]] || { echo "pins are left" >&2 && exit 1; }
	! ip -o link show out0 | grep -q xdp || { echo "the stub is left" >&2 && exit 1; }
fi
[[ $(others) == 1 ]] || { echo "the other program is gone" >&2 && exit 1; }
