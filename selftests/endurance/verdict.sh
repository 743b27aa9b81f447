# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What is held against what at the end of an endurance test, and figures for bench/endurance.sh. Sourced, after
# load.sh.

# figure NAME VALUE: a number, or JSON; a line of it goes to the file $XM_FIGURES, if that is set.
figure() {
    say_note "$1: $2"
    [[ -z ${XM_FIGURES:-} ]] || jq -nc --arg name "$1" --argjson value "$2" '{($name): $value}' >>"$XM_FIGURES"
}

# spread NAME FILE: median and maximum of the numbers in it.
spread() {
    figure "$1" "$(sort -n "$2" | jq -cs '{times: length, median: .[length / 2 | floor], max: .[-1]}')"
}

# ms_since MICROSECONDS: of EPOCHREALTIME without its point.
ms_since() { echo "$(((${EPOCHREALTIME/./} - $1) / 1000))"; }

# judge_load [OVERTAKING]: it is stopped, and nothing was lost, mixed, stale or dropped, and the books say the same.
# With "overtaking" a packet may come out after one of a newer generation.
judge_load() {
    local books overtaking=${1:-}
    load stop
    books=$(books_read ingress)
    expect "sent $(load_figure .sent) = seen $(load_figure .seen)" equal "$(load_figure .sent)" "$(load_figure .seen)"
    expect "mixed 0" equal 0 "$(load_figure .mixed)"
    [[ $overtaking == overtaking ]] || expect "stale 0" equal 0 "$(load_figure .stale)"
    expect "drops: none$(books_drops "$books")" equal "" "$(books_drops "$books")"
    expect "books: received = delivered = sent" equal "$(load_figure .sent)" "$(books_received "$books")" "$(books_delivered "$books")"
    figure sent "$(load_figure .sent)"
    figure lost "$(($(load_figure .sent) - $(load_figure .seen)))"
    figure mixed "$(load_figure .mixed)"
    figure stale "$(load_figure .stale)"
    figure dropped "$(books_dropped "$books")"
}

# sample_counters SERIES: what the books say now.
sample_counters() {
    xdpmirror drops ingress --json | jq -c '[.received.packets, .delivered.packets, .copied.packets,
        .passed.packets, (.drops[] | .packets)]' >>"$SANDBOX_FILES/books.$1"
    xdpmirror rules ingress --json | jq -c '.rules | map({key: .name, value: .packets}) | from_entries' >>"$SANDBOX_FILES/rules.$1"
}

# watch_counters: a sample after another from now on, until judge_counters.
watch_counters() {
    (
        set +e
        not_urgent "$BASHPID"
        until [[ -e $SANDBOX_FILES/enough ]]; do sample_counters all_the_time; done
    ) 2>"$SANDBOX_FILES/samples.err" &
    counters_pid=$!
}

# Sums and each drop reason from sample to sample of a series, and each rule as long as it has its name.
judge_counters() {
    local series count
    touch "$SANDBOX_FILES/enough"
    wait "$counters_pid"
    for series in "$SANDBOX_FILES"/books.*; do
        series=${series##*.} count=$(wc -l <"$SANDBOX_FILES/books.${series##*.}")
        expect "$count samples ($series): no counter went backwards" never_backwards "$series"
        expect "$count samples ($series): no rule's counter went backwards" rules_never_backwards "$series"
        figure "samples_$series" "$count"
    done
    expect "the books could always be read" test ! -s "$SANDBOX_FILES/samples.err"
    sort "$SANDBOX_FILES/samples.err" | uniq -c | head -n 5
}
never_backwards() {
    jq -es 'length > 1 and ([range(1; length) as $i | range(.[0] | length) as $c | .[$i][$c] >= .[$i - 1][$c]] | all)' \
        "$SANDBOX_FILES/books.$1" >/dev/null
}
rules_never_backwards() {
    jq -es 'reduce .[] as $now ({most: {}, good: (length > 1)};
            .most as $most | .good = (.good and ([$now | to_entries[] | .value >= ($most[.key] // 0)] | all)) |
            .most += $now) | .good' "$SANDBOX_FILES/rules.$1" >/dev/null
}
