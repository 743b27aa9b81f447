#!/usr/bin/zsh -f
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# complete.zsh FILE: see complete.bash. zsh completes only in its line editor, and that only on a terminal: an
# interactive zsh on a pseudo terminal gets the lines, and writes down what would be added.
zmodload zsh/zpty
work=$(mktemp -d)
trap 'rm -rf $work' EXIT
cat >$work/lines
cat >$work/rc <<RC
fpath=(${1:A:h} \$fpath)
autoload -Uz compinit && compinit -u -D
compadd() {
    if [[ " \${(@)argv[1,(i)(-|--)]} " == *' '-[a-zA-Z]#[OAD]' '* ]]; then
        builtin compadd "\$@"
        return
    fi
    local -a hits
    builtin compadd -A hits "\$@"
    for hit in \$hits; do print -r -- "\$LINE_ASKED"\$'\t'"\$hit" >>$work/answers; done
    builtin compadd "\$@"
}
ask() {
    while IFS= read -r LINE_ASKED; do
        BUFFER=\$LINE_ASKED CURSOR=\$#LINE_ASKED
        zle list-choices
    done <$work/lines
    : >$work/done
}
zle -N ask
bindkey '^X' ask
: >$work/ready
RC
: >$work/answers
zpty inner "LISTMAX=10000 zsh -f -i"
zpty -w inner "source $work/rc"

# await FILE: reads on, so that the terminal's buffer does not fill up, until it is there or the shell has ended.
await() {
    local some
    while [[ ! -e $1 ]] && zpty -t inner; do zpty -rt inner some || sleep 0.05; done
    [[ -e $1 ]]
}
await $work/ready || exit 1
zpty -w -n inner $'\C-x'
await $work/done || exit 1
sort -u $work/answers
