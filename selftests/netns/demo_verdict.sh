# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The demo's verdict: what the exporters say they sent, what the old and the new collector have in
# their files, and what xdpmirror's books say, held against each other. Sourced, after books.sh,
# collectors.sh, exporters.sh, capture.sh.

verdict_failed=0

# check WHAT COMMAND...: one line, and the memory of a failure.
check() {
    local what=$1
    shift
    if "$@"; then
        say_pass "$what"
    else
        say_fail "$what"
        verdict_failed=1
    fi
}

equal() {
    local first=$1
    for value in "$@"; do [[ $value == "$first" ]] || return 1; done
}

# Frames that the VXLAN devices have sent to the node.
verdict_mirrored() {
    echo $(($(mirror_packets vpc vx-a) + $(mirror_packets vpc vx-b) +
        $(mirror_packets vpc vx-unknown) + $(mirror_packets stranger vx-stranger)))
}

verdict() {
    local books
    books=$(books_read ingress)
    say_step "verdict, from the collectors' own files and the kernel's counters"
    verdict_exporters
    verdict_packets "$books"
    verdict_drops "$books"
    verdict_detach
    verdict_last_line "$books"
}

verdict_exporters() {
    local i who sent old new
    printf '    %s%-14s %-11s %12s %14s %14s%s\n' "$say_bold" exporter protocol 'records sent' \
        'old collector' 'new collector' "$say_plain"
    for ((i = 1; i <= EXPORTERS; i++)); do
        who=$(lab_exporter4 "$i")
        sent=$(exporter_records "$i")
        old=$(collector_records "office-$([[ $(exporter_version "$i") == 9 ]] && echo v9 || echo ipfix)" "$who")
        new=$(collector_records fdi "$who")
        printf '    %-14s %-11s %12d %14d %14d\n' "$who" "$(exporter_protocol "$i")" "$sent" "$old" "$new"
        ((sent > 0)) && equal "$sent" "$old" "$new" || verdict_failed=1
    done
    check "every exporter is seen under its own address, with every record that it sent" \
        test "$verdict_failed" = 0
    check "the new collector has seen no other exporter" \
        equal "$EXPORTERS" "$(collector_exporters fdi | wc -l)"
    verdict_sequences
}

# nfcapd finds gaps in softflowd's IPFIX numbers with nothing lost, so the old collector is the measure.
verdict_sequences() {
    local old new
    old=$(($(collector_sequence_errors office-v9) + $(collector_sequence_errors office-ipfix)))
    new=$(collector_sequence_errors fdi)
    check "the new collector counts as many sequence gaps as the old one ($new and $old)" \
        equal "$old" "$new"
}

verdict_packets() {
    local received delivered dropped mirrored arrived sent=0 i
    received=$(books_received "$1")
    delivered=$(books_delivered "$1")
    dropped=$(books_dropped "$1")
    mirrored=$(verdict_mirrored)
    arrived=$(capture_count arrivals)
    for ((i = 1; i <= EXPORTERS; i++)); do sent=$((sent + $(exporter_packets "$i"))); done
    check "mirrored $mirrored = received $received" equal "$mirrored" "$received"
    check "received $received = delivered $delivered + dropped $dropped" books_conserved "$1"
    check "exported $sent = delivered $delivered = $arrived on the collector's link" \
        equal "$sent" "$delivered" "$arrived"
    check "the collector's kernel took all of them, and found no wrong checksum" \
        equal "$arrived/0/0" \
        "$(udp_figure fdi 4 InDatagrams)/$(udp_figure fdi 4 InCsumErrors)/$(udp_figure fdi 4 NoPorts)"
}

verdict_drops() {
    local want got
    want=$(sort "$SANDBOX_FILES/strays" | uniq -c | awk '{ print $2, $1 }')
    got=$(books_drops "$1" | sort)
    check "dropped exactly what had to be, each for its reason: ${got//$'\n'/, }" equal "$want" "$got"
    check "the node itself answered while attached: what is not ours passes" \
        equal "yes" "$(sort -u "$SANDBOX_FILES/not-ours")"
}

verdict_detach() {
    xdpmirror detach ingress || verdict_failed=1
    check "after detach: no XDP program, no pin" verdict_nothing_left
}

verdict_nothing_left() {
    [[ -z $(find /sys/fs/bpf -mindepth 2) ]] && ! on node ip -d link show | grep -q 'prog/xdp'
}

verdict_last_line() {
    if ((verdict_failed)); then
        say "${say_red}NOT PROVEN: see the lines marked FAIL$say_plain"
    else
        say "${say_green}PROVEN: $(collector_records fdi) flow records of $EXPORTERS exporters arrived from their own addresses on UDP 8081$say_plain"
    fi
    return "$verdict_failed"
}
