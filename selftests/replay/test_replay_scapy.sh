#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A packet for every reason and note that explain can reach, each with the words that were written beside
# it by hand; then damaged ones, of which only the model knows what must become.
# Environment: XM_SEEDS, how many captures of damaged packets; XM_FIRST_SEED.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../netns/suite.sh"
source "$(dirname "${BASH_SOURCE[0]}")/replay.sh"
replay_needs_scapy
suite_enter "ip jq" -- "$@"

FILES=$SANDBOX_FILES

words_of_binary() {
    node "$XDPMIRROR" explain --profile "$REPLAY/$1.yaml" --pcap "$FILES/$1.pcap" --json 2>/dev/null |
        jq -r '.[] | if .verdict == "forward" then "sent" else "\(.verdict) \(.reason)" end'
}

same_words() { diff <(cut -f 1 "$FILES/$1.words") <(words_of_binary "$1") >"$FILES/$1.diff"; }

lab_host node
replay_way wide0 9000
replay_way narrow0 600
replay_way tight0 576
python "$REPLAY/write_catalog.py" "$FILES"
for profile in everything udp_only; do
    expect "$profile: model and binary agree on $(wc -l <"$FILES/$profile.words") packets" \
        replay_as_expected "$profile" "$FILES/$profile.pcap"
    expect "$profile: so do the words written by hand" same_words "$profile"
    head -n 20 "$FILES/$profile.diff"
done
expect "every label was seen" python "$REPLAY/check_labels.py" "$ROOT/maps/drop_reasons.h" \
    "$FILES"/{everything,udp_only}.tally
for ((seed = ${XM_FIRST_SEED:-1}; seed < ${XM_FIRST_SEED:-1} + ${XM_SEEDS:-8}; seed++)); do
    python "$REPLAY/write_catalog.py" "$FILES" "$seed" 300
    for profile in everything udp_only; do
        expect "$profile: damaged packets of seed $seed" \
            replay_as_expected "$profile" "$FILES/$profile.$seed.pcap"
    done
done
suite_done
