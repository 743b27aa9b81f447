# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC2004 # collector_pid is an associative array of collectors.sh
# Collectors of another kind, of pmacct: nfacctd, which reads NetFlow and IPFIX, and sfacctd, which reads sFlow.
# Sourced, after collectors.sh.

# nfacctd_start NAME HOST PORT ADDRESS [PROGRAM]: nfacctd (default) or sfacctd.
nfacctd_start() {
    local name=$1 host=$2 port=$3 address=$4 program=${5:-nfacctd}
    mkdir -p "$(collector_dir "$name")"
    cat >"$(collector_dir "$name")/$program.conf" <<CONF
daemonize: false
${program}_ip: $address
${program}_port: $port
plugins: print
aggregate: peer_src_ip, dst_host, src_port, dst_port, flows
${program}_pipe_size: 4000000
print_output: json
print_output_file: $(collector_dir "$name")/flows
print_output_file_append: true
print_refresh_time: 1
CONF
    spawn "$host" "$program" -f "$(collector_dir "$name")/$program.conf" >"$SANDBOX_FILES/$name.log" 2>&1
    collector_pid[$name]=$spawned
    wait_until 20 collector_listens "$host" "$port" "$address" || die "$program does not bind $address"
}

# nfacctd_flows NAME EXPORTER: flows, or samples, that it has read from the exporter so far.
nfacctd_flows() {
    [[ -e $(collector_dir "$1")/flows ]] || { echo 0 && return; }
    jq -s --arg who "$2" '[.[] | select(.peer_ip_src == $who).flows] | add // 0' "$(collector_dir "$1")/flows"
}

# Ends it, after it has written what it knows.
nfacctd_stop() {
    kill -INT "${collector_pid[$1]}"
    wait "${collector_pid[$1]}" 2>/dev/null || :
    unset "collector_pid[$1]"
}
