# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Waiting for things that announce themselves to nobody: a condition is asked again until it holds.
# Never a fixed pause: every wait ends as soon as its condition does. Sourced.

# wait_until SECONDS COMMAND...: true as soon as COMMAND is, false when the time is over, which is
# XM_PATIENCE times as long where that is set: guests under emulation run at any speed, and what is asked
# less often leaves them more of it.
wait_until() {
    local pause=${XM_PATIENCE:+0.3} end=$((${EPOCHREALTIME/./} + $1 * ${XM_PATIENCE:-1} * 1000000))
    shift
    until "$@"; do
        ((${EPOCHREALTIME/./} < end)) || return 1
        sleep "${pause:-0.05}"
    done
}
