# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Another exporter: the nfprobe of pmacct, which says its templates with every 18th message only, where softflowd
# says them with every batch. Sourced, after lab.sh and wait.sh.

# pmacctd_start NUMBER VERSION HOST:PORT; version 9 is NetFlow v9, 10 is IPFIX. Its process id is in `spawned`.
pmacctd_start() {
    cat >"$SANDBOX_FILES/pmacctd$1.conf" <<CONF
daemonize: false
pcap_interface: lan
plugins: nfprobe
aggregate: src_host, dst_host, src_port, dst_port, proto
nfprobe_receiver: $3
nfprobe_version: $2
nfprobe_timeouts: maxlife=1:expint=1:general=1:udp=1
CONF
    spawn "exporter$1" pmacctd -f "$SANDBOX_FILES/pmacctd$1.conf" >"$SANDBOX_FILES/pmacctd$1.log" 2>&1
    wait_until 20 pmacctd_listens "$1" || die "pmacctd of exporter$1 does not start"
}

# It has a packet socket, and where to send to.
pmacctd_listens() { [[ -n $(on "exporter$1" ss -H0n) && -n $(on "exporter$1" ss -Hun) ]]; }

# pmacctd_port NUMBER: that it sends from.
pmacctd_port() { on "exporter$1" ss -Hun | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /:[0-9]+$/) { sub(".*:", "", $i); print $i; exit } }'; }
