# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A place that leaves nothing behind: the calling script runs again in mount, process and IPC namespaces
# of its own, with its own empty /run and its own empty /sys/fs/bpf. Every process in it, every network
# namespace it names, every file and every pin ends with it, however it ends: the kernel does the
# cleaning, also after SIGKILL. Sourced, after say.sh and wait.sh.

# The private directory for a script's files; exists only inside.
SANDBOX_FILES=/run/files

sandbox_inside() { [[ ${XM_SANDBOX:-} == inside ]]; }

# Returns only inside; outside it runs the script inside, then exits with its status.
sandbox_enter() {
    if sandbox_inside; then
        unset XM_SANDBOX
        sandbox_furnish
        return
    fi
    ((EUID == 0)) || die "needs root: network namespaces and XDP programs are made with it"
    sandbox_supervise "$@"
}

sandbox_furnish() {
    mount -t tmpfs -o mode=0755 tmpfs /run
    mount -t tmpfs -o mode=0755 tmpfs /var/lib
    mkdir -p /run/netns "$SANDBOX_FILES"
    mount -t bpf -o mode=0700 bpf /sys/fs/bpf || die "cannot mount bpffs: kernel without BPF?"
    exec </dev/null
}

# The dying parent kills unshare, the dying unshare kills the inner script, which is the first
# process of its namespace and takes all others with it.
sandbox_supervise() {
    local runner status=0
    trap 'sandbox_stop 130' INT
    trap 'sandbox_stop 143' TERM
    trap 'sandbox_stop 129' HUP
    XM_SANDBOX=inside setpriv --pdeathsig KILL \
        unshare --mount --ipc --pid --fork --kill-child --mount-proc bash "$0" "$@" &
    runner=$!
    wait "$runner" || status=$?
    exit "$status"
}

# SIGKILL goes down the line; the exit waits until the inner script, and with it everything, is gone.
sandbox_stop() {
    local inner=''
    trap '' INT TERM HUP
    [[ ! -r /proc/$runner/task/$runner/children ]] ||
        read -r inner _ <"/proc/$runner/task/$runner/children" || :
    kill -KILL "$runner" 2>/dev/null || :
    wait "$runner" 2>/dev/null || :
    [[ -z $inner ]] || wait_until 20 sandbox_gone "$inner" || :
    exit "$1"
}

sandbox_gone() { [[ ! -d /proc/$1 ]]; }
