# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The command line as --help tells it: what page and completions are held against. Sourced.

# Lines "PATH|WORD" of a command and everything below it: its options and the names of its commands.
command_line() {
    local path=$1 word
    while read -r word; do
        printf '%s|%s\n' "$path" "$word"
        [[ $word == -* ]] || command_line "${path:+$path }$word"
    done < <(help_words "$path")
}

# The program's own help goes on with examples; the words of a command are not quoted on purpose.
help_words() {
    # shellcheck disable=SC2086
    "$XDPMIRROR" $1 --help | sed '/^Examples:/,$d' | awk '
        /^Options:/ { what = "options"; next }
        /^Subcommands:/ { what = "commands"; next }
        /^[^ ]/ { what = "" }
        what == "options" && match($0, /--[a-z-]+/) { print substr($0, RSTART, RLENGTH) }
        what == "commands" && /^  [a-z]/ { print $1 }'
}
