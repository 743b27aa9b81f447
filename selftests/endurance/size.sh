# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# How much memory the daemon and the tables take. Sourced, after netns/suite.sh.

rss_kb() { awk '/^VmRSS:/ { print $2 }' "/proc/$1/status"; }
# Its own, not of files: what is private of those hangs on who else runs the same program.
anonymous_kb() { awk '/^RssAnon:/ { print $2 }' "/proc/$1/status"; }
descriptors() { find "/proc/$1/fd" -mindepth 1 | wc -l; }

# A line: process, RSS, anonymous memory, descriptors.
sample_daemon() {
    echo "$daemon_pid $(rss_kb "$daemon_pid") $(anonymous_kb "$daemon_pid") $(descriptors "$daemon_pid")" >>"$SANDBOX_FILES/sizes"
}

# memlock_of_pins BUT: bytes of all maps that are pinned, each once, but of that name.
memlock_of_pins() {
    local pin but=$1
    find /sys/fs/bpf -type f | while read -r pin; do
        node bpftool -j map show pinned "$pin" 2>/dev/null || :
    done | jq -s --arg but "$but" 'map(select(.bytes_memlock and .name != $but)) | unique_by(.id) | map(.bytes_memlock) | add'
}
