# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What xdpmirror says about itself, on the node. Sourced, after lab.sh; XDPMIRROR is the binary and
# XDPMIRROR_CONFIG_DIR the directory of profiles.

node() { on node "$@"; }
xdpmirror() { on node "$XDPMIRROR" "$@"; }

# books_read INTERFACE: every counter, as one JSON text, to read several figures of one moment.
books_read() { xdpmirror drops "$1" --json; }

# books_figure JSON FILTER: one number.
books_figure() { jq -r "($2) // 0" <<<"$1"; }

books_received() { books_figure "$1" .received.packets; }
books_delivered() { books_figure "$1" .delivered.packets; }
books_passed() { books_figure "$1" .passed.packets; }
books_dropped() { books_figure "$1" '[.drops[].packets] | add'; }

# books_drop JSON REASON
books_drop() { books_figure "$1" "[.drops[] | select(.reason == \"$2\").packets] | add"; }

# "reason count" for each reason that has dropped something.
books_drops() { jq -r '.drops[] | select(.packets > 0) | "\(.reason) \(.packets)"' <<<"$1"; }

# Beyond the first of a packet's sends.
books_copied() { books_figure "$1" .copied.packets; }

# books_conserved JSON: received + copied = delivered + sum(drops).
books_conserved() {
    (($(books_received "$1") + $(books_copied "$1") == $(books_delivered "$1") + $(books_dropped "$1")))
}

# books_received_is INTERFACE COUNT: for waiting.
books_received_is() { (($(books_received "$(books_read "$1")") == $2)); }
books_delivered_is() { (($(books_delivered "$(books_read "$1")") == $2)); }
