# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# complete.fish FILE: see complete.bash.
source $argv[1]
while read -l line
    for answer in (complete --do-complete="$line")
        printf '%s\t%s\n' "$line" (string split -f 1 \t -- $answer)
    end
end
