#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Runs one guest test: test_guest.sh KERNEL forward|jumbo-works|jumbo-refused|doctor-tells|doctor-silent|shared-works|shared-refused|tunnels|tunnels-ip|ipsec|ipsec-policy|chain|gateway|copies|next-hop-bond|next-hop-vlan|next-hop-vlan-on-bond
# XDPMIRROR is the binary, XM_BPF_DIR where the BPF objects were built.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kernel=$1 what=$2
[[ -e /dev/net/tun || -d /usr/lib/qemu ]] || { echo "no qemu: install qemu-system-x86" && exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" # the one directory that the guest may write

if [[ $what == chain || $what == gateway || $what == next-hop-* ]]; then
	for tool in softflowd nfcapd nfdump ethtool wg swanctl charon-systemd; do
		command -v "$tool" >/dev/null || { echo "no $tool: install softflowd nfdump ethtool wireguard-tools strongswan-swanctl charon-systemd" && exit 77; }
	done
fi
/usr/bin/python3 "$here/forward_packets.py" make 52:54:00:78:6d:00 sent.pcap
case $what in
forward) command=("$here/guest_forward.sh" "$XDPMIRROR" sent.pcap received.pcap plain) ;;
jumbo-*) command=("$here/guest_jumbo.sh" "$XDPMIRROR" "${what#jumbo-}") ;;
tunnels) command=("$here/guest_tunnels.py" "$XDPMIRROR" wireguard gre handshake) ;;
tunnels-ip) command=("$here/guest_tunnels.py" "$XDPMIRROR" ipip sit ip6tnl) ;;
chain) command=("$here/guest_chain.py" "$XDPMIRROR" "$(realpath "$here/../../config")") ;;
gateway) command=("$here/guest_gateway.py" "$XDPMIRROR" "$(realpath "$here/../../config")"
	"$XM_BPF_DIR/stub/stub.bpf.o") ;;
ipsec) command=("$here/guest_tunnels.py" "$XDPMIRROR" vti xfrm) ;;
ipsec-policy) command=("$here/guest_tunnels.py" "$XDPMIRROR" policy oversize) ;;
next-hop-*) command=(env "XDPMIRROR=$XDPMIRROR" XM_PATIENCE=4
	bash "$here/../netns/test_next_hop_devices.sh" "${what#next-hop-}") ;;
copies) command=("$here/guest_copies.sh" "$XDPMIRROR" sent.pcap received.pcap) ;;
doctor-*) command=("$here/guest_doctor.sh" "$XDPMIRROR" "${what#doctor-}") ;;
shared-*) command=("$here/guest_dispatcher.sh" "${what#shared-}" "$XM_BPF_DIR/stub/stub.bpf.o"
	"$XDPMIRROR" sent.pcap received.pcap) ;;
*) echo "test_guest.sh: unknown test '$what'" >&2 && exit 2 ;;
esac
TIMEOUT=540 "$here/vmrun.sh" --lab "$kernel" -- "$here/guest_lab.sh" "${command[@]}"
if [[ $what == copies ]]; then
	/usr/bin/python3 "$here/forward_packets.py" check-copies sent.pcap received.pcap
	exit
fi
[[ $what == shared-refused || $what == jumbo-* || $what == doctor-* || $what == tunnels* || $what == ipsec* || $what == chain || $what == gateway || $what == next-hop-* ]] || /usr/bin/python3 "$here/forward_packets.py" check sent.pcap received.pcap
