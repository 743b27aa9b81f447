# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Datagrams that prove themselves, from a real sender's kernel to a real receiver's, which puts their
# fragments together and verifies their checksums (forge.py). Sourced, after lab.sh and wait.sh.

# receiver_start HOST PORT COUNT: in the background, until COUNT datagrams or 10 seconds of silence.
receiver_start() {
    : >"$SANDBOX_FILES/received"
    spawn "$1" /usr/bin/python3 "$HERE/forge.py" receive "$2" "$3" 10 >"$SANDBOX_FILES/received"
    receiver_pid=$spawned
    wait_until 20 collector_listens "$1" "$2" || die "no receiver on $1 port $2"
}

receiver_stop() { finish "$receiver_pid"; }

# datagrams_send HOST ADDRESS PORT SIZE COUNT
datagrams_send() { on "$1" /usr/bin/python3 "$HERE/forge.py" send "${@:2}"; }

# proving NUMBER SIZE: the same payload in the words of send.py.
proving() {
    echo "($1).to_bytes(4, 'big') + __import__('random').Random($1).randbytes($2 - 4)"
}

# received_whole SOURCE COUNT SIZE: for waiting; that many distinct ones, unharmed, from that source.
received_whole() {
    (($(awk -v source="$1" -v size="$3" '$1 == source && $3 == size && $4 == "ok" { print $2 }' \
        "$SANDBOX_FILES/received" | sort -u | wc -l) == $2))
}
