# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The ledger of flow records: how many each exporter sent by its own word, how many were on which link and for
# whom, by tshark, and how many each collector has read by its own word. Sourced, after capture.sh.

# ledger_decode CAPTURE 4|6: a line for each export packet into CAPTURE.tsv: time, exporter, collector, flow records
# or samples, sequence number, that of its last sample.
ledger_decode() {
    local ip=ip
    [[ $2 == 4 ]] || ip=ipv6
    tshark -r "$(capture_file "$1")" -d udp.port==31756,cflow -d udp.port==8081,cflow -d udp.port==6343,sflow \
        -d udp.port==8082,sflow -Y 'cflow || sflow' -T fields -e frame.time_epoch -e $ip.src -e $ip.dst \
        -e cflow.octets -e cflow.sequence -e sflow_245.sequence_number -e sflow.flow_sample.sequence_number 2>/dev/null |
        awk -F'\t' -v OFS='\t' '{
            split($2, from, ","); split($3, to, ",")
            flows = split($4, _, ","); samples = split($7, sample, ",")
            print $1, from[1], to[1], flows + samples, $5 $6, samples ? sample[samples] : 0
        }' >"$(ledger_file "$1")"
}
ledger_file() { echo "$SANDBOX_FILES/$1.tsv"; }

# ledger_sum CAPTURE packets|records [EXPORTER]
ledger_sum() {
    awk -F'\t' -v what="$2" -v who="${3:-}" '!who || $2 == who { n += what == "packets" ? 1 : $4 }
        END { print n + 0 }' "$(ledger_file "$1")"
}

# ledger_last CAPTURE EXPORTER: of its last packet, sequence number, records, and the number of its last sample.
ledger_last() { awk -F'\t' -v who="$2" '$2 == who { last = $5 " " $4 " " $6 } END { print last }' "$(ledger_file "$1")"; }

# A time in which nobody was there to read: ledger_dies COLLECTOR, ledger_lives COLLECTOR. Nothing may be on its way
# to that collector at either moment.
ledger_dies() { dead_since[$1]=$EPOCHREALTIME; }
ledger_lives() {
    ledger_dead_times >"$SANDBOX_FILES/dead.new"
    mv "$SANDBOX_FILES/dead.new" "$SANDBOX_FILES/dead"
    unset "dead_since[$1]"
}
# Also those that have not ended.
ledger_dead_times() {
    local who
    cat "$SANDBOX_FILES/dead" 2>/dev/null || :
    for who in "${!dead_since[@]}"; do printf '%s\t%s\t%s\n' "$who" "${dead_since[$who]}" "$EPOCHREALTIME"; done
}
declare -A dead_since=()

# ledger_read CAPTURE alive|dead: "exporter collector records" of those that came to somebody who was there to read
# them, or to nobody.
ledger_read() {
    ledger_dead_times >"$SANDBOX_FILES/dead.now"
    awk -F'\t' -v want="$2" '
        FILENAME ~ /dead.now$/ { n++; whose[n] = $1; from[n] = $2; to[n] = $3; next }
        {
            dead = 0
            for (i = 1; i <= n; i++) if ($3 == whose[i] && $1 >= from[i] && $1 <= to[i]) dead = 1
            if (dead == (want == "dead")) records[$2 " " $3] += $4
        }
        END { for (pair in records) if (records[pair]) print pair, records[pair] }' \
        "$SANDBOX_FILES/dead.now" "$(ledger_file "$1")" | sort -V
}

# ledger_less CAPTURE LATER missing|unread [FROM TO]: packets that the later capture does not have, or whose records
# cannot be read there for want of a template, but those of between these times.
ledger_less() {
    awk -F'\t' -v want="$3" -v from="${4:-0}" -v to="${5:-0}" '
        { key = $2 " " $5 " " $6 }
        NR == FNR { came[key] = 1; if ($4 > read[key]) read[key] = $4; next }
        ($1 < from || $1 > to) && (want == "missing" ? !(key in came) : key in came && read[key] < $4)' \
        "$(ledger_file "$2")" "$(ledger_file "$1")"
}
