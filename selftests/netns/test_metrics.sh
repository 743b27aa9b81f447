#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The numbers as Prometheus and a node exporter read them: the same as in the books, of a form that promtool likes,
# over HTTP and in a file, with and without a daemon; and each cause of an alert seen through a real Prometheus.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
source "$HERE/servers.sh"
suite_enter "curl ethtool jq promtool prometheus prometheus-node-exporter python3" -- "$@"

PROFILE=$SANDBOX_FILES/metrics.yaml
DIRECTORY=$SANDBOX_FILES/node-exporter/
FILE=${DIRECTORY}xdpmirror_ingress.prom
A=100.76.10.11 B=100.76.10.12
PORT=9435
mkdir -p "$DIRECTORY"

# profile [METRICS]
profile() {
    cat >"$PROFILE" <<YAML
version: 1
sources:
  - {name: core, vxlan: {vni: 4242}, from: [10.0.0.0/24], exporters: [192.168.1.0/24]}
rules:
  - {name: flows, match: {port: 31756}, send: {to: fdi, port: 8081}}
  - {name: others, match: {port: 4739}, send: {to: lab, port: 8082}}
pools:
  fdi:
    collectors: [{address: $A}]
    health: {tcp: {port: 8080}, every: 500ms, timeout: 500ms, rise: 1, fall: 2}
    via: out
  lab: {collectors: [{address: $B}], via: out}
egress:
  out: {interface: egress0, failover: {hold_down: 1s}}
metrics: {${1-"textfile: $DIRECTORY, every: 1s, listen: ['127.0.0.1:$PORT', '[::1]:$PORT']"}}
YAML
}

ask() { node curl -s -m 5 "http://127.0.0.1:$PORT$1" "${@:2}"; }
# value METRIC [LABELS]: of one series with these labels, without ingress; nothing if there is none. From stdin.
value() { /usr/bin/python3 "$HERE/metric_value.py" "$@"; }
# sum METRIC [LABELS]: over all series that have them.
sum() { /usr/bin/python3 "$HERE/metric_value.py" --sum "$@"; }
says() { [[ $(ask /metrics | value "${@:2}") == "$1" ]]; }

# frames PORT [FROM]
frames() { echo "[mirrored(IP(src='${2:-192.168.1}.%d' % i, dst='172.16.0.10')/UDP(sport=i, dport=$1)/b'flow') for i in range(1, 21)]"; }

# The books once more: what is in the text is what `drops` and the others say, and sums are totals.
agree() {
    local text=$2 books
    books=$(books_read ingress)
    expect "$1: received" equal "$(books_received "$books")" "$(value xdpmirror_received_packets_total <<<"$text")"
    expect "$1: delivered" equal "$(books_delivered "$books")" "$(value xdpmirror_delivered_packets_total <<<"$text")"
    expect "$1: by reason" equal "$(books_drop "$books" no_rule)" \
        "$(value xdpmirror_dropped_packets_total reason=no_rule <<<"$text")"
    expect "$1: received + copied = delivered + dropped" equal \
        "$(($(value xdpmirror_received_packets_total <<<"$text") + $(value xdpmirror_copied_packets_total <<<"$text")))" \
        "$(($(value xdpmirror_delivered_packets_total <<<"$text") + $(sum xdpmirror_dropped_packets_total <<<"$text")))"
    expect "$1: bytes" equal "$(jq -r '"\(.received.bytes) \(.delivered.bytes) \([.drops[].bytes] | add)"' <<<"$books")" \
        "$(value xdpmirror_received_bytes_total <<<"$text") $(value xdpmirror_delivered_bytes_total <<<"$text") $(sum xdpmirror_dropped_bytes_total <<<"$text")"
    expect "$1: collectors' packets are the delivered ones" equal "$(value xdpmirror_delivered_packets_total <<<"$text")" \
        "$(sum xdpmirror_collector_sent_packets_total <<<"$text")"
    expect "$1: rules' packets, too" equal "$(value xdpmirror_delivered_packets_total <<<"$text")" \
        "$(sum xdpmirror_rule_matched_packets_total <<<"$text")"
    expect "$1: sources' packets are all but those without a source" equal \
        "$(sum xdpmirror_source_received_packets_total <<<"$text")" \
        "$(($(value xdpmirror_received_packets_total <<<"$text") - $(value xdpmirror_dropped_packets_total reason=vni_unknown <<<"$text")))"
    expect "$1: of a source, all went somewhere" equal "$(value xdpmirror_source_received_packets_total source=core <<<"$text")" \
        "$(($(value xdpmirror_source_forwarded_packets_total source=core <<<"$text") + $(value xdpmirror_source_dropped_packets_total source=core <<<"$text")))"
}

traffic() {
    send vpc fabric "$(frames 31756)" "$(frames 4739)" "$(frames 9)" "$(frames 31756 192.168.7)"
    send vpc fabric "mirrored(IP(src='192.168.1.1', dst='172.16.0.10')/UDP(sport=1, dport=31756)/b'flow', vni=7)"
    wait_until 20 books_received_is ingress 81
}

without_a_daemon() {
    local text
    profile
    expect "metrics of nothing: the version alone" equal 1 "$(xdpmirror metrics | grep -vc '^#')"
    refused 1 "nothing is attached to ingress; attach it with" xdpmirror metrics ingress
    xdpmirror attach ingress --profile "$PROFILE" >/dev/null
    traffic
    text=$(xdpmirror metrics ingress)
    expect "promtool has nothing to say" equal "" "$(promtool check metrics <<<"$text" 2>&1)"
    agree "without a daemon" "$text"
    expect "nobody watches" equal 0 "$(value xdpmirror_daemon_up <<<"$text")"
    expect "and nobody knows whether collectors are well" equal "" "$(value xdpmirror_collector_usable collector=$A <<<"$text")"
    expect "the attach was done" equal 1 "$(value xdpmirror_last_change_success command=attach <<<"$text")"
    expect "a driver's counters of XDP" test "$(sum xdpmirror_nic_events_total counter=rx_queue_xdp_packets device=ingress <<<"$text")" -gt 0
    expect "into a file" xdpmirror metrics --textfile "${DIRECTORY}all.prom"
    expect "that everybody may read" equal 644 "$(stat -c %a "${DIRECTORY}all.prom")"
    expect "with the same in it" equal "$(value xdpmirror_received_packets_total <<<"$text")" \
        "$(value xdpmirror_received_packets_total <"${DIRECTORY}all.prom")"
    rm "${DIRECTORY}all.prom"
    refused 2 "'all.prom' is read by no node exporter" xdpmirror metrics --textfile all.prom
    refused 1 'make its directory: install -d /nowhere' xdpmirror metrics --textfile /nowhere/x.prom
    xdpmirror detach ingress
}

with_a_daemon() {
    server_start "$A"
    daemon_start "$PROFILE"
    traffic
    expect "HTTP" wait_until 20 says 81 xdpmirror_received_packets_total
    agree "HTTP" "$(ask /metrics)"
    expect "promtool has nothing to say" equal "" "$(ask /metrics | promtool check metrics 2>&1)"
    expect "of Prometheus' type" grep -qi '^Content-Type: text/plain; version=0.0.4' <(ask /metrics -i)
    expect "IPv6" test -n "$(node curl -s -m 5 "http://[::1]:$PORT/metrics" | value xdpmirror_attached)"
    expect "however many ask, it reads once a second" wait_until 20 twice_the_same
    expect "/healthz" equal true "$(ask /healthz | jq .alive)"
    expect "/readyz" wait_until 20 ready_is true
    expect "the daemon" says 1 xdpmirror_daemon_up
    expect "ready" wait_until 20 says 1 xdpmirror_ready
    expect "a collector" says 1 xdpmirror_collector_usable pool=fdi collector=$A
    expect "a way out" says 1 xdpmirror_way_usable egress=out way=egress0
    expect "the file" wait_until 20 file_says 81 xdpmirror_received_packets_total
    agree "the file" "$(cat "$FILE")"
    expect "that everybody may read" equal 644 "$(stat -c %a "$FILE")"
    expect "nothing passing is left beside it" equal 1 "$(find "$DIRECTORY" -type f | wc -l)"
}
twice_the_same() { equal "$(ask /metrics | value xdpmirror_metrics_timestamp_seconds)" "$(ask /metrics | value xdpmirror_metrics_timestamp_seconds)"; }
ready_is() { [[ $(ask /readyz | jq .ready) == "$1" ]]; }
file_says() { [[ $(value "${@:2}" <"$FILE") == "$1" ]]; }

# Whoever else reads it.
judges() {
    cp "$ROOT/config/prometheus/xdpmirror.rules.yaml" "$SANDBOX_FILES/rules.yaml"
    # minutes are too long to wait for; that they are waited for is in rules_test.yaml
    sed -i -E 's/^( +for:) .*/\1 0s/; s/\[5m\]/[10s]/; s/> 120$/> 3/' "$SANDBOX_FILES/rules.yaml"
    cat >"$SANDBOX_FILES/prometheus.yaml" <<YAML
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [$SANDBOX_FILES/rules.yaml]
scrape_configs:
  - {job_name: xdpmirror, static_configs: [{targets: ["127.0.0.1:$PORT"]}]}
  - {job_name: node, static_configs: [{targets: ["127.0.0.1:9100"]}]}
YAML
    spawn node prometheus-node-exporter --collector.disable-defaults --collector.textfile \
        --collector.textfile.directory "$DIRECTORY" --web.listen-address 127.0.0.1:9100 2>"$SANDBOX_FILES/node-exporter.log"
    spawn node prometheus --config.file "$SANDBOX_FILES/prometheus.yaml" --storage.tsdb.path "$SANDBOX_FILES/tsdb" \
        --web.listen-address 127.0.0.1:9090 2>"$SANDBOX_FILES/prometheus.log"
    expect "a real node exporter reads the file" wait_until 30 exporter_says 81 xdpmirror_received_packets_total
    expect "without an error" equal 0 "$(from_exporter | value node_textfile_scrape_error)"
    expect "a real Prometheus scrapes both" wait_until 60 query_is 2 'count(xdpmirror_received_packets_total == 81)'
    expect "and has no alert but those of a silent lab" wait_until 60 quiet
}
# The dashboard's queries, with its variables as a browser would set them.
dashboard() {
    local query count=0
    while read -r query; do
        query=${query//\$instance/.*} query=${query//\$interface/.*} query=${query//\$__rate_interval/10s}
        expect "the dashboard asks: $query" equal success \
            "$(node curl -s -m 5 http://127.0.0.1:9090/api/v1/query --data-urlencode "query=$query" | jq -r .status)"
        count=$((count + 1))
    done < <(jq -r '.. | .expr? // empty' "$ROOT/config/grafana/xdpmirror.json")
    expect "the dashboard has queries" test "$count" -gt 20
    expect "and no metric that is not there" equal "" "$(comm -23 \
        <(grep -oE 'xdpmirror_[a-z_]+' "$ROOT/config/grafana/xdpmirror.json" | sort -u) \
        <(sed -n 's/^| `\(xdpmirror_[a-z_]*\)`.*/\1/p' "$ROOT/docs/metrics.md" | sort))"
}
from_exporter() { node curl -s -m 5 http://127.0.0.1:9100/metrics; }
exporter_says() { [[ $(from_exporter | value "${@:2}") == "$1" ]]; }
query() { node curl -s -m 5 http://127.0.0.1:9090/api/v1/query --data-urlencode "query=$1" | jq -r '.data.result[].value[1]'; }
query_is() { [[ $(query "$2") == "$1" ]]; }
# The names of those that fire, in order, each followed by a blank.
alerts() { node curl -s -m 5 http://127.0.0.1:9090/api/v1/alerts | jq -r '[.data.alerts[] | select(.state == "firing").labels.alertname] | unique | map(. + " ") | join("")'; }
# Where packets come now and then, each pause is a silence; and this kernel may have warnings of its own.
quiet() {
    local now
    now=$(alerts)
    [[ ! $(xdpmirror status ingress --json | jq '.warnings[]') ]] || now=${now/XdpmirrorWarnings /}
    now=${now/XdpmirrorSourceSilent /}
    [[ -z $now ]] || { quiet_but=$now && return 1; }
}
fires() { [[ " $(alerts)" == *" $1 "* ]]; }

calms_down() { wait_until 60 quiet || { say_note "still: $quiet_but" && return 1; }; }
# causes WHAT ALERT: it fires; the test goes on.
causes() { expect "$1: $2" wait_until 60 fires "$2"; }

alerting() {
    server_stop "$A"
    causes "the only collector dies" XdpmirrorCollectorDown
    causes "the only collector dies" XdpmirrorPoolDown
    causes "the only collector dies" XdpmirrorNotReady
    server_start "$A"
    expect "it is back: no alert" calms_down
    ip -n tunnel link set inside down
    causes "the tunnel goes down" XdpmirrorTunnelDown
    ip -n tunnel link set inside up
    ip -n node route replace 100.76.0.0/16 via 10.1.0.2 dev egress0
    expect "it is back: no alert" calms_down
    sed -i 's/egress0/egress9/' "$PROFILE"
    refused 1 "egress9" xdpmirror reload ingress
    causes "a reload fails" XdpmirrorChangeFailed
    profile
    xdpmirror reload ingress >/dev/null
    expect "the next one does not: no alert" calms_down
    causes "nothing comes" XdpmirrorSourceSilent
    send vpc fabric "$(frames 9)" "$(frames 31756 192.168.7)"
    causes "packets that no rule takes" XdpmirrorDrops
    causes "exporters whose addresses somebody has translated" XdpmirrorSourceNotPreserved
    expect "it passes: no alert" calms_down
    [[ ! $(xdpmirror status ingress --json | jq '.warnings[]') ]] || causes "a warning of status" XdpmirrorWarnings
    kill -KILL "$daemon_pid"
    causes "the daemon is killed" XdpmirrorMetricsStale
    causes "the daemon is killed" XdpmirrorNodeDown
    daemon_start "$PROFILE"
    expect "it is back: no alert" calms_down
}

# A wrong outlet changes nothing where there is something, and attaches nothing where there is not.
refusals() {
    daemon_stop
    expect "the file stays when the daemon ends: nobody must take it for the present" test -e "$FILE"
    xdpmirror detach ingress
    profile "listen: '127.0.0.1:9090'"
    refused 1 "cannot listen on 127.0.0.1:9090: another process has the port; .* take another port in 'metrics.listen'" \
        xdpmirror run ingress --profile "$PROFILE"
    profile "textfile: /nowhere/x.prom"
    refused 1 "metrics cannot be written to /nowhere/x.prom; make its directory: install -d /nowhere" \
        xdpmirror run ingress --profile "$PROFILE"
    expect "nothing was attached" nothing_left
}

no_room() {
    local small=$SANDBOX_FILES/small
    mkdir "$small"
    mount -t tmpfs -o size=16k none "$small"
    profile "textfile: $small/x.prom, every: 1s"
    daemon_start "$PROFILE"
    expect "a full disk: one line" wait_until 20 grep -q "metrics are not written to $small/x.prom: .*make room there" "$SANDBOX_FILES/daemon.log"
    expect "packets do not notice" arrives
    expect "nothing passing is left" equal 0 "$(find "$small" -name '*.new' | wc -l)"
    mount -o remount,size=10m "$small"
    expect "room again: the file is there" wait_until 20 test -s "$small/x.prom"
    mount -o remount,ro "$small"
    expect "read-only: one line" wait_until 20 grep -q "metrics are not written to $small/x.prom: .*ReadWritePaths=" "$SANDBOX_FILES/daemon.log"
    expect "said once" equal 1 "$(grep -c "ReadWritePaths=" "$SANDBOX_FILES/daemon.log")"
    mount -o remount,rw "$small"
    refused 1 "another process of xdpmirror writes metrics to $small/x.prom; .*textfile: $small/" \
        xdpmirror metrics --textfile "$small/x.prom"
    xdpmirror detach ingress
    expect "detached: the file goes" wait_until 20 test ! -e "$small/x.prom"
    wait "$daemon_pid" || :
    expect "nothing is left" nothing_left
}
arrives() {
    local before
    before=$(books_delivered "$(books_read ingress)")
    send vpc fabric "$(frames 31756)"
    wait_until 20 books_delivered_is ingress $((before + 20))
}

# What the metrics say follows a reload, as the daemon does.
reloaded() {
    profile "listen: '127.0.0.1:$PORT'"
    daemon_start "$PROFILE"
    expect "before" wait_until 20 says 0 xdpmirror_rule_matched_packets_total rule=others
    sed -i 's/name: others/name: renamed/' "$PROFILE"
    xdpmirror reload ingress >/dev/null
    expect "reloaded: the new rule" wait_until 20 says 0 xdpmirror_rule_matched_packets_total rule=renamed
    expect "and no more the old one" says "" xdpmirror_rule_matched_packets_total rule=others
    expect "the reload was done" says 1 xdpmirror_last_change_success command=reload
    profile "listen: '127.0.0.1:9444'"
    xdpmirror reload ingress >/dev/null
    PORT=9444
    expect "another port" wait_until 20 says 1 xdpmirror_attached
    spawn node /usr/bin/python3 -m http.server --bind 127.0.0.1 9445 >/dev/null 2>&1
    expect "somebody has a third" wait_until 20 taken 9445
    profile
    sed -i "s/^metrics:.*/ready: {http: '127.0.0.1:9445'}/" "$PROFILE"
    xdpmirror reload ingress >/dev/null
    expect "a port for ready that somebody has: one line" wait_until 20 grep -q "cannot listen on 127.0.0.1:9445: .*in 'ready'" "$SANDBOX_FILES/daemon.log"
    profile "listen: '127.0.0.1:9445'"
    xdpmirror reload ingress >/dev/null
    expect "a port for metrics likewise" wait_until 20 grep -q "cannot listen on 127.0.0.1:9445: .*in 'metrics.listen'" "$SANDBOX_FILES/daemon.log"
    finish "$spawned"
    PORT=9445
    expect "it is free: ours" wait_until 20 says 1 xdpmirror_attached
    expect "said once each" equal 2 "$(grep -c 'cannot listen on 127.0.0.1:9445' "$SANDBOX_FILES/daemon.log")"
    daemon_stop
}
taken() { [[ -n $(node ss -Hltn "sport = :$1") ]]; }

# Somebody has moved the node exporter's directory away while nobody watched.
watched_all_the_same() {
    profile "textfile: $SANDBOX_FILES/moved/, every: 1s"
    mkdir "$SANDBOX_FILES/moved"
    xdpmirror reload ingress >/dev/null
    rmdir "$SANDBOX_FILES/moved"
    daemon_start "$PROFILE"
    expect "attached, without the directory: watched, and one line" wait_until 20 \
        grep -q "metrics cannot be written to $SANDBOX_FILES/moved/xdpmirror_ingress.prom; make its directory" "$SANDBOX_FILES/daemon.log"
    mkdir "$SANDBOX_FILES/moved"
    expect "it is there again: the file, too" wait_until 20 test -s "$SANDBOX_FILES/moved/xdpmirror_ingress.prom"
    daemon_stop
    xdpmirror detach ingress
    expect "nothing is kept of the last changes" test ! -e /run/xdpmirror/ingress.changes
    not xdpmirror reload ingress --profile "$PROFILE" 2>/dev/null
    not xdpmirror reload nowhere --profile "$PROFILE" 2>/dev/null
    expect "nor of commands for what is not attached" equal "" "$(find /run/xdpmirror -name '*.changes*')"
}

lab_up 1
ip -n fdi address add $B/32 dev eth0
ip -n fdi route add 10.1.0.0/24 via 100.76.10.1
without_a_daemon
with_a_daemon
judges
dashboard
alerting
refusals
no_room
reloaded
watched_all_the_same
suite_done
