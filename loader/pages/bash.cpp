// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Completion for bash: tables by command path, and one function that walks the words typed so far.
// Needs nothing of the bash-completion package but being loaded by it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "loader/pages/pages.h"

namespace xdpmirror::pages {
namespace {

constexpr const char* kHead = R"sh(# bash completion for xdpmirror; written by xdpmirror_pages
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

# What may stand for a value: a kind, or the choices themselves.
_xdpmirror_offer() {
    local file
    case $1 in
    @nothing) ;;
    @interfaces) for file in /sys/class/net/*; do
        [[ ! -d $file ]] || printf '%s\n' "${file##*/}"
    done ;;
    @profiles) for file in "${XDPMIRROR_CONFIG_DIR:-/etc/xdpmirror}"/*.yaml; do
        [[ ! -e $file ]] || basename "$file" .yaml
    done ;;
    *) printf '%s\n' "${1// /$'\n'}" ;;
    esac
}

# Those of standard input that begin like the word.
_xdpmirror_take() {
    local one
    while IFS= read -r one; do
        [[ -z $one || $one != "$1"* ]] || COMPREPLY+=("$one")
    done
}

_xdpmirror() {
    local -A commands options values
)sh";

constexpr const char* kTail = R"sh(
    local path='' pending='' place=0 index word
    for ((index = 1; index < COMP_CWORD; ++index)); do
        word=${COMP_WORDS[index]}
        [[ $word != '=' ]] || continue
        if [[ -n $pending ]]; then
            pending=''
        elif [[ $word == -* ]]; then
            [[ -z ${values["$path|$word"]:-} ]] || pending=$path'|'$word
        else
            if [[ " ${commands[$path|]:-} " == *" $word "* ]]; then
                path=${path:+$path }$word place=0
            else
                ((++place))
            fi
        fi
    done

    word=${COMP_WORDS[COMP_CWORD]}
    [[ $word != '=' ]] || word=''
    COMPREPLY=()
    local offered='' names
    if [[ -n $pending ]]; then
        offered=${values[$pending]}
    elif [[ $word == -* ]]; then
        _xdpmirror_take "$word" <<<"${options[$path|]// /$'\n'}"
        return
    else
        names=${commands[$path|]:-}
        _xdpmirror_take "$word" <<<"${names// /$'\n'}"
        offered=${values["$path|$place"]:-@nothing}
    fi
    _xdpmirror_take "$word" < <(_xdpmirror_offer "$offered")
    if [[ $offered == @files || ($offered == @profiles && $word == *[./]*) ]]; then
        compopt -o filenames 2>/dev/null
        _xdpmirror_take "$word" < <(compgen -f -- "$word")
    fi
}

complete -F _xdpmirror xdpmirror
)sh";

std::string offered(const Option& option) {
    switch (option.offer) {
        case Offer::nothing:
            return "@nothing";
        case Offer::interfaces:
            return "@interfaces";
        case Offer::profiles:
            return "@profiles";
        case Offer::files:
            return "@files";
        case Offer::choices:
            break;
    }
    return fmt::format("{}", fmt::join(option.choices, " "));
}

// The bar keeps the key of the program itself from being empty, which bash refuses.
std::string row(const char* table, const std::string& key, const std::string& value) {
    return fmt::format("    {}['{}']='{}'\n", table, key, value);
}

}  // namespace

std::string bash_completion(const Command& program) {
    std::string out = kHead;
    for (const auto* command : all_commands(program)) {
        std::string names, words;
        for (const auto& sub : command->commands) words += (words.empty() ? "" : " ") + sub.name();
        for (const auto& option : command->options) {
            for (const auto& name : option.names) {
                names += (names.empty() ? "" : " ") + name;
                if (!option.is_flag())
                    out += row("values", command->path + "|" + name, offered(option));
            }
        }
        std::size_t place = 0;
        for (const auto& positional : command->positionals)
            out += row("values", fmt::format("{}|{}", command->path, place++), offered(positional));
        out += row("options", command->path + "|", names);
        if (!words.empty()) out += row("commands", command->path + "|", words);
    }
    return out + kTail;
}

}  // namespace xdpmirror::pages
