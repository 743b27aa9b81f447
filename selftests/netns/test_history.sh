#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# `xdpmirror history`: lists what was applied, prints a configuration, names what is broken, and refuses with
# one line what it cannot.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "ethtool jq sha256sum" -- "$@"

history_of() { echo "/var/lib/xdpmirror/$1.history"; }

# record INTERFACE NUMBER CONFIGURATION: as the program writes it.
record() {
    local hash
    hash=$(printf %s "$3" | sha256sum | cut -d' ' -f1)
    mkdir -p "$(history_of "$1")"
    jq -n --arg configuration "$3" --arg hash "$hash" --argjson number "$2" '{format: 1, number: $number,
        time_ns: (1795000000000000000 + $number * 1000000000), login: "alice", user: "root", unit: "",
        command: "reload", version: "0.1.0", profile: "lab", path: "/etc/xdpmirror/lab.yaml",
        configuration_id: $number, hash: $hash, configuration: $configuration}' \
        >"$(history_of "$1")/$(printf %08d "$2").json"
}

nothing_yet() {
    refused 1 'there is no history in /var/lib/xdpmirror; it begins with' xdpmirror history
    refused 1 'there is no history in' xdpmirror history ingress
}

lists() {
    record east0 1 '{"version":1}'
    record east0 2 '{"version":1,"rules":[]}'
    record west0 1 '{"version":1}'
    expect "list: the newest first" equal "2 1" "$(xdpmirror history east0 --json | jq -r '[.[].number] | join(" ")')"
    expect "list: who" grep -q 'alice as root' <(xdpmirror history east0)
    expect "list: time" grep -q '2026-11-18T11:06:42Z' <(xdpmirror history east0)
    expect "list: nothing is current where nothing is attached" equal 0 \
        "$(xdpmirror history east0 --json | jq '[.[] | select(.current)] | length')"
    expect "list: all interfaces" equal "east0 east0 west0" \
        "$(xdpmirror history --json | jq -r '[.[].interface] | join(" ")')"
    expect "list: all interfaces, by name" grep -qx west0 <(xdpmirror history)
}

shows() {
    expect "show: as YAML" equal "version: 1" "$(xdpmirror history east0 1 | head -n 1)"
    expect "show: by option" equal "version: 1" "$(xdpmirror history east0 --show 1 | head -n 1)"
    expect "show: as JSON" equal '{"version":1,"rules":[]}' "$(xdpmirror history east0 2 --json)"
}

refusals() {
    refused 1 "no record 7; .*xdpmirror history east0" xdpmirror history east0 7
    refused 1 "no history of 'east1'; did you mean 'east0'" xdpmirror history east1
    refused 2 'Value x not in range 1 to' xdpmirror history east0 x
    refused 2 'Value 0 not in range 1 to' xdpmirror history east0 0
    refused 2 'show requires interface' xdpmirror history --show 1
}

broken() {
    echo '{"format": 1' >"$(history_of east0)/00000003.json"
    jq '.format = 2' "$(history_of east0)/00000002.json" >"$(history_of east0)/00000004.json"
    sed 's/rules/pools/' "$(history_of east0)/00000002.json" >"$(history_of east0)/00000005.json"
    xdpmirror history east0 --json >"$SANDBOX_FILES/list" 2>"$SANDBOX_FILES/said"
    expect "broken: the others are listed" equal "2 1" "$(jq -r '[.[].number] | join(" ")' "$SANDBOX_FILES/list")"
    expect "broken: cut" grep -q '00000003.json is not what xdpmirror has written; it is left alone' "$SANDBOX_FILES/said"
    expect "broken: newer" grep -q '00000004.json is of format 2, and this xdpmirror reads format 1' "$SANDBOX_FILES/said"
    expect "broken: edited" grep -q '00000005.json was changed since it was written' "$SANDBOX_FILES/said"
    expect "broken: one line each" equal 3 "$(wc -l <"$SANDBOX_FILES/said")"
    expect "broken: left alone" equal 5 "$(find "$(history_of east0)" -type f | wc -l)"
}

current() {
    record ingress 1 "$(node "$XDPMIRROR" config show lab --json 2>/dev/null)"
    record ingress 2 '{"version":1}'
    attach_lab
    expect "current: one, with the configuration that is attached" equal \
        "$(jq -r .hash "$(history_of ingress)/00000001.json")" \
        "$(xdpmirror history ingress --json | jq -r '.[] | select(.current).hash')"
    expect "current: said" equal 1 "$(xdpmirror history ingress | grep -c '(current)$')"
    xdpmirror detach ingress
}

lab_up 0
nothing_yet
lists
shows
refusals
broken
current
suite_done
