# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The exporters: softflowd on each router, watching the router's own network and sending real flow
# records to the collector it knows. What softflowd says that it sent is the truth that everything
# else is measured against. Sourced, after lab.sh and wait.sh.

# exporter_start NUMBER VERSION HOST:PORT [LIFE]; version 9 is NetFlow v9, 10 is IPFIX. Flows are exported after
# LIFE seconds, without it after one.
# Full packets are captured because libpcap hands them over by the block: more bytes, fuller blocks.
exporter_start() {
    spawn "exporter$1" softflowd -d -i lan -C 1500 -n "$3" -v "$2" -t maxlife="${4:-1}" -t expint=1 \
        -c "$(exporter_socket "$1")" -p "$SANDBOX_FILES/softflowd$1.pid" \
        >"$SANDBOX_FILES/softflowd$1.log" 2>&1
    wait_until 20 test -S "$(exporter_socket "$1")" || die "softflowd of exporter$1 does not start"
}

exporter_socket() { echo "$SANDBOX_FILES/softflowd$1.ctl"; }
exporter_ask() { softflowctl -c "$(exporter_socket "$1")" "$2"; }

# Sends COUNT datagrams of COUNT flows into the exporter's own network.
exporter_traffic() {
    on "exporter$1" bash -c 'printf -v payload "%1300s" x
        for ((port = 1024; port < 1024 + $2; port++)); do
            echo "$payload" >"/dev/udp/$1/$port"
        done' traffic "$(lab_lan_host "$1")" "$2"
}

# exporter_keeps_sending NUMBER FLOWS PACKETS: four times a second so many new flows of so many packets, until it
# is ended. Its process id is in `spawned`.
exporter_keeps_sending() {
    spawn "exporter$1" /usr/bin/python3 -c 'import socket, sys, time
while True:
    flows = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(int(sys.argv[2]))]
    for _ in range(int(sys.argv[3])):
        for port, flow in enumerate(flows, 1024):
            flow.sendto(bytes(1300), (sys.argv[1], port))
    time.sleep(0.25)' "$(lab_lan_host "$1")" "$2" "$3"
}

# exporter_finish NUMBER: no new flows, and everything that is known goes out.
exporter_finish() {
    exporter_ask "$1" stop-gather >/dev/null
    exporter_ask "$1" expire-all >/dev/null
}

# How many flow records, or packets, the exporter has sent.
exporter_records() { exporter_figure "$1" 's/^Flows exported: .*(\([0-9]*\) records).*/\1/p'; }
exporter_packets() { exporter_figure "$1" 's/^Flows exported: .* in \([0-9]*\) packets.*/\1/p'; }
exporter_figure() { exporter_ask "$1" statistics | sed -n "$2"; }
