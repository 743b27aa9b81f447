# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The demo's live display: one line a second, from xdpmirror's counters and the collector's files.
# Sourced, after books.sh and collectors.sh.

screen_drops=''

screen_head() {
    printf '    %s%4s %9s %13s %10s %10s %8s   %s%s\n' "$say_bold" sec 'VXLAN in' decapsulated \
        rewritten delivered dropped 'at the collector' "$say_plain"
}

# screen_line SECOND
screen_line() {
    local status seen
    status=$(xdpmirror status ingress --json)
    seen=$(collector_exporters fdi | awk '{ n += $2 } END { print n + 0, "records of", NR, "exporters" }')
    printf '    %4d %9d %13d %10d %10d %8d   %s\n' "$1" "$(books_received "$status")" \
        "$(books_figure "$status" '[.sources[].received.packets] | add')" \
        "$(books_figure "$status" '[.rules[].packets] | add')" \
        "$(books_delivered "$status")" "$(books_dropped "$status")" "$seen"
    screen_new_drops "$status"
}

# The reasons, whenever they have changed.
screen_new_drops() {
    local drops
    drops=$(jq -r '[.drops[] | select(.packets > 0) | "\(.reason) \(.packets)"] | join(", ")' <<<"$1")
    [[ $drops != "$screen_drops" ]] || return 0
    screen_drops=$drops
    say_note "     dropped by reason: $drops"
}

screen_exporters() {
    say_note "exporters in the collector's files so far (nfdump):"
    collector_exporters fdi | while read -r who records; do
        say_note "  $(printf '%-16s %6d records' "$who" "$records")"
    done
}
