# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What people do to captures before they show them: other formats, stamps and link types, cut packets,
# files that ended early. Sourced.

# shellcheck disable=SC2034  # for the scripts that source this
CONVERSIONS_NEED="editcap mergecap tshark tcpdump"

# conversions_make FILE DIRECTORY: everything of FILE, an Ethernet capture, that is whole.
conversions_make() {
    local from=$1 to=$2
    mkdir -p "$to"
    editcap -F pcapng "$from" "$to/editcap.pcapng"
    editcap -F nsecpcap "$from" "$to/nanoseconds.pcap"
    editcap -F pcap -s 100 "$from" "$to/snap100.pcap"
    editcap -F pcapng -s 60 "$from" "$to/snap60.pcapng"
    editcap -F pcap -s 13 "$from" "$to/snap13.pcap"
    editcap -F pcap -C 14 -L -T rawip "$from" "$to/rawip.pcap"
    editcap -F pcap -t -1700000000.000001 "$from" "$to/long-ago.pcap"
    tshark -r "$from" -F pcapng -w "$to/tshark.pcapng" 2>/dev/null
    tcpdump -r "$from" --time-stamp-precision nano -w "$to/tcpdump.pcap" 2>/dev/null
    mergecap -a -F pcapng -w "$to/merged.pcapng" "$from" "$to/nanoseconds.pcap"
    cat "$to/editcap.pcapng" "$to/tshark.pcapng" >"$to/sections.pcapng"
}

# conversions_break FILE DIRECTORY: the file ended early, in several places of a record.
conversions_break() {
    local from=$1 to=$2 size at
    mkdir -p "$to"
    size=$(stat -c %s "$from")
    for at in $((size - 1)) $((size - 13)) $((size * 2 / 3)) $((size / 2)) 400; do
        head -c "$at" "$from" >"$to/${from##*/}.$at"
    done
}
