#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Every command and option that --help tells is in the man page and offered by bash, zsh and fish; the pages are
# without a warning.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for part in ../support/environment ../support/say command_line; do
    source "$HERE/$part.sh"
done
ROOT=$(cd "$HERE/../.." && pwd)
XM_BUILD_DIR=${XM_BUILD_DIR:-$ROOT/build/dev}
XDPMIRROR=${XDPMIRROR:-$XM_BUILD_DIR/loader/xdpmirror}
PAGES=$XM_BUILD_DIR/loader/pages
for tool in man mandoc zsh fish shellcheck; do
    command -v $tool >/dev/null || { say "SKIP: needs $tool" && exit 77; }
done
files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
mkdir "$files/profiles"
touch "$files/profiles/"{north,south}.yaml
export XDPMIRROR_CONFIG_DIR=$files/profiles

check_page() {
    local said
    said=$(man --warnings --no-hyphenation -l "$1" 2>&1 >"$files/${1##*/}.txt") || die "$1: $said"
    [[ -z $said ]] || die "$1: $said"
    said=$(mandoc -Tlint -W warning "$1") || die "$said"
    say_pass "${1##*/} has $(wc -l <"$files/${1##*/}.txt") lines and no warning"
}

# The page of a command is what stands between its heading and the next one.
page_of() {
    awk -v wanted="$1" '/^\.S[SH] / { gsub(/\\/, ""); on = (wanted == "" ? /^\.SH OPTIONS/ : $0 == ".SS " wanted) } on' \
        "$PAGES/xdpmirror.8" | sed 's/\\-/-/g'
}

check_commands_in_page() {
    local path word count=0
    while IFS='|' read -r path word; do
        if [[ $word != -* ]]; then
            # one that only stands before others has no section
            grep -qE "^\.SS ${path:+$path }$word( |$)" "$PAGES/xdpmirror.8" ||
                die "xdpmirror.8 has no section '${path:+$path }$word'"
        elif [[ $word != --help || -z $path ]]; then
            [[ -n $path && -z $(page_of "$path") ]] ||
                page_of "$path" | grep -qF -e "\\fB$word\\fR" || die "xdpmirror.8: '$path' lacks $word"
        fi
        count=$((count + 1))
    done <"$files/command_line"
    ((count > 60)) || die "--help tells only $count words"
    say_pass "xdpmirror.8 has all $count commands and options"
}

# The lines that a user would stop at, each with the answers that must be among those given.
requests() {
    local path word
    while IFS='|' read -r path word; do
        if [[ $word == -* ]]; then
            printf 'xdpmirror %s--\t%s\n' "${path:+$path }" "$word"
        else
            printf 'xdpmirror %s\t%s\n' "${path:+$path }" "$word"
        fi
    done <"$files/command_line"
    printf '%s\t%s\n' \
        'xdpmirror attach lo --mode ' generic \
        'xdpmirror attach --profile ' north \
        'xdpmirror attach --profile no' north \
        'xdpmirror config check ' south \
        'xdpmirror attach ' lo \
        'xdpmirror attach --profile north ' lo \
        'xdpmirror pools ' lo \
        'xdpmirror egress pin lo gcp ' lo \
        'xdpmirror pools drain fdi 10.0.0.1 --interface ' lo
}

# What must not be offered: the second word of a command that takes one, a command as an option's value.
strangers() {
    printf '%s\t%s\n' \
        'xdpmirror attach lo ' lo \
        'xdpmirror attach --profile no' south \
        'xdpmirror attach --profile ' lo \
        'xdpmirror config ' attach \
        'xdpmirror ' lo \
        'xdpmirror ' confirm-watch
}

# check_shell NAME COMMAND...
check_shell() {
    local missing wrong name=$1
    shift
    cut -f 1 "$files/wanted" "$files/unwanted" | sort -u | "$@" | sort -u >"$files/answers" || die "$name: no answer"
    missing=$(comm -23 "$files/wanted" "$files/answers")
    [[ -z $missing ]] || die "$name does not complete: $(head -n 3 <<<"$missing" | tr '\t\n' '>;')"
    wrong=$(comm -12 "$files/unwanted" "$files/answers")
    [[ -z $wrong ]] || die "$name completes: $(head -n 3 <<<"$wrong" | tr '\t\n' '>;')"
    say_pass "$name: $(wc -l <"$files/wanted") answers wanted and given"
}

check_page "$PAGES/xdpmirror.8"
check_page "$PAGES/xdpmirror-profile.5"
command_line '' >"$files/command_line"
check_commands_in_page
requests | sort -u >"$files/wanted"
strangers | sort -u >"$files/unwanted"
shellcheck -s bash "$PAGES/xdpmirror.bash" || die "shellcheck does not like xdpmirror.bash"
check_shell bash bash "$HERE/complete.bash" "$PAGES/xdpmirror.bash"
check_shell fish env HOME="$files" fish --no-config "$HERE/complete.fish" "$PAGES/xdpmirror.fish"
check_shell zsh env HOME="$files" timeout 60 zsh -f "$HERE/complete.zsh" "$PAGES/_xdpmirror"
