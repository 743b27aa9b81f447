# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Another exporter: the probes of pmacct. nfprobe says its templates with every 18th message only, where softflowd
# says them with every batch; sfprobe samples every packet for sFlow. Sourced, after lab.sh and wait.sh.

# pmacctd_start NUMBER VERSION HOST:PORT; version 9 is NetFlow v9, 10 is IPFIX, sflow is sFlow v5. Its process id
# is in `spawned`.
pmacctd_start() {
    {
        printf '%s\n' "daemonize: false" "pcap_interface: lan" "aggregate: src_host, dst_host, src_port, dst_port, proto"
        if [[ $2 == sflow ]]; then
            printf '%s\n' "plugins: sfprobe" "sfprobe_receiver: $3" "sfprobe_agentip: $(lab_exporter4 "$1")" "sampling_rate: 1"
        else
            printf '%s\n' "plugins: nfprobe" "nfprobe_receiver: $3" "nfprobe_version: $2" \
                "nfprobe_timeouts: maxlife=1:expint=1:general=1:udp=1"
        fi
    } >"$SANDBOX_FILES/pmacctd$1.conf"
    spawn "exporter$1" pmacctd -f "$SANDBOX_FILES/pmacctd$1.conf" >"$SANDBOX_FILES/pmacctd$1.log" 2>&1
    wait_until 20 pmacctd_listens "$1" "$2" || die "pmacctd of exporter$1 does not start"
}

# It has a packet socket, and where to send to; sfprobe has that only when it has something to send.
pmacctd_listens() { [[ -n $(on "exporter$1" ss -H0n) && ($2 == sflow || -n $(on "exporter$1" ss -Hun)) ]]; }

# pmacctd_port NUMBER: that it sends from.
pmacctd_port() { on "exporter$1" ss -Hun | awk '{ for (i = 1; i <= NF; i++) if ($i ~ /:[0-9]+$/) { sub(".*:", "", $i); print $i; exit } }'; }

# sflow_relay NUMBER ADDRESS PORT: what the probe sends to 127.0.0.1 goes on to that IPv6 address, since sfprobe
# 1.7.7 opens no socket for IPv6.
sflow_relay() {
    spawn "exporter$1" /usr/bin/python3 -c 'import socket, sys
here = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
here.bind(("127.0.0.1", int(sys.argv[2])))
there = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
while True:
    there.sendto(here.recv(65535), (sys.argv[1], int(sys.argv[2])))' "$2" "$3"
    wait_until 20 collector_listens "exporter$1" "$3" 127.0.0.1 || die "the relay of exporter$1 does not start"
}
