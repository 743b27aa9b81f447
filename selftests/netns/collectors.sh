# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The collectors: nfcapd, and what its files say. Nothing here believes what xdpmirror says about
# itself. Sourced, after lab.sh and wait.sh.

declare -A collector_pid=()

# collector_start NAME HOST PORT [4|6] [ADDRESS]: bound to that address only, if one is given.
collector_start() {
    local name=$1 host=$2 port=$3
    mkdir -p "$(collector_dir "$name")"
    spawn "$host" nfcapd "-${4:-4}" ${5:+-b "$5"} -p "$port" -t 2 -B 4000000 -w "$(collector_dir "$name")" \
        >"$SANDBOX_FILES/$name.log" 2>&1
    collector_pid[$name]=$spawned
    wait_until 20 collector_listens "$host" "$port" "${5:-}" || die "nfcapd on $host does not bind port $port: $(tail -n 3 "$SANDBOX_FILES/$name.log" | tr "\n" " ")"
}

collector_dir() { echo "$SANDBOX_FILES/$1"; }
collector_listens() { [[ -n $(on "$1" ss -Hlun "sport = :$2 ${3:+and src [$3]}") ]]; }

# collector_deaf HOST PORT ADDRESS...: takes datagrams and reads none. Its process id is in `spawned`.
collector_deaf() {
    spawn "$1" /usr/bin/python3 -c 'import socket, sys, time
held = [socket.socket(socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_DGRAM) for one in sys.argv[2:]]
for one, address in zip(held, sys.argv[2:]):
    one.bind((address, int(sys.argv[1])))
time.sleep(1000)' "${@:2}"
    wait_until 20 collector_listens "$1" "$2" "${@: -1}" || die "nobody takes port $2 on $1"
}

# Ends it, so that its last file is complete.
collector_stop() {
    finish "${collector_pid[$1]}"
    unset "collector_pid[$1]"
}

# One line for each exporter: address and number of records, by address. The file that nfcapd is
# writing at the moment is not read.
collector_exporters() {
    nfdump -6 -q -R "$(collector_dir "$1")" -o 'fmt:%ra' 2>/dev/null |
        awk '/^ *[0-9a-f]+[.:]/ { count[$1]++ } END { for (who in count) print who, count[who] }' | sort -V
}

# collector_records NAME [ADDRESS]: records in all, or of one exporter.
collector_records() {
    collector_exporters "$1" | awk -v who="${2:-}" '!who || $1 == who { n += $2 } END { print n + 0 }'
}

# Gaps in the exporters' sequence numbers, as counted by nfcapd in its files. Only after the stop.
collector_sequence_errors() {
    nfdump -R "$(collector_dir "$1")" -I | awk '/^Sequence failures:/ { n += $3 } END { print n + 0 }'
}

# UDP datagrams that the host's kernel received for anyone, and those it refused for their checksum.
# udp_figure HOST 4|6 InDatagrams|InCsumErrors|NoPorts
udp_figure() {
    if [[ $2 == 6 ]]; then
        on "$1" awk -v key="Udp6$3" '$1 == key { print $2 }' /proc/net/snmp6
    else
        on "$1" awk -v key="$3" '$1 == "Udp:" && !n { for (i = 2; i <= NF; i++) if ($i == key) n = i; next }
            $1 == "Udp:" { print $n }' /proc/net/snmp
    fi
}

# collector_took HOST FAMILY COUNT: for waiting.
collector_took() { (($(udp_figure "$1" "$2" InDatagrams) >= $3)); }
