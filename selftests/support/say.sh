# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Words for a human reader; colours only where standard output is a terminal, so logs stay plain.
# Sourced.

say_bold='' say_red='' say_green='' say_dim='' say_plain=''
if [[ -t 1 && ${TERM:-dumb} != dumb && -z ${NO_COLOR:-} ]]; then
    say_bold=$'\e[1m' say_red=$'\e[31m' say_green=$'\e[32m' say_dim=$'\e[2m' say_plain=$'\e[0m'
fi

say() { printf '%s\n' "$*"; }
say_step() { printf '%s==> %s%s\n' "$say_bold" "$*" "$say_plain"; }
say_note() { printf '%s    %s%s\n' "$say_dim" "$*" "$say_plain"; }
say_pass() { printf '  %sok%s   %s\n' "$say_green" "$say_plain" "$*"; }
say_fail() { printf '  %sFAIL%s %s\n' "$say_red" "$say_plain" "$*"; }

# One line on standard error, then out. Never returns.
die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# A command that nobody expected to fail ends the script; say which. For scripts with `set -e`.
say_where_it_stops() {
    set -o errtrace
    trap '((BASH_SUBSHELL)) || say_fail "stopped in ${BASH_SOURCE[0]##*/}, line $LINENO: $BASH_COMMAND" >&2' ERR
}
