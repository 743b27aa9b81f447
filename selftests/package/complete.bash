# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# complete.bash FILE: answers of the completion in FILE to the command lines on standard input, as
# "LINE<tab>WORD". As bash does it: the last word is the one to complete, '=' is a word of its own.
source "$1"

complete -p xdpmirror >/dev/null || exit 1
while IFS= read -r line; do
    read -ra COMP_WORDS <<<"${line//=/ = }"
    [[ $line != *' ' ]] || COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _xdpmirror
    for word in "${COMPREPLY[@]}"; do
        printf '%s\t%s\n' "$line" "$word"
    done
done
