# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A node to install on, which is this machine without touching it: the root file system under an overlay that is thrown
# away, in mount, process, network and control group namespaces of its own, with a real systemd as its first process.
# It dies with the script that calls it. Sourced, after say.sh.

# node_can: whether this machine can have one; says what it lacks.
node_can() {
    local tool
    ((EUID == 0)) || { say "SKIP: needs root" && return 1; }
    for tool in cpack unshare script /lib/systemd/systemd dpkg lintian ethtool jq curl bpftool man; do
        command -v $tool >/dev/null || { say "SKIP: needs $tool" && return 1; }
    done
    unshare --mount --cgroup bash -c 'mount -t tmpfs tmpfs /mnt && mkdir /mnt/{upper,work,root} &&
        mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root &&
        mount -t cgroup2 cgroup2 /mnt/root/sys' 2>/dev/null || { say "SKIP: needs an overlay over / and cgroup2" && return 1; }
}

# node_run SHARE SCRIPT: boots, runs SCRIPT there, ends with its status. SHARE is /mnt/share in there, the only place
# where something stays; SCRIPT's words are on standard output.
node_run() {
    local share=$1 script=$2
    : >"$share/said"
    # systemd wants a terminal as its console
    NODE_SHARE=$share NODE_SCRIPT=$script setpriv --pdeathsig KILL script -qec "unshare --mount --pid --net --ipc --uts --cgroup \
        --fork --kill-child --mount-proc bash $(printf %q "$NODE_HERE/node_inside.sh")" /dev/null \
        </dev/null >"$share/console" 2>&1 || :
    cat "$share/said"
    [[ -s $share/status ]] || die "the node died: $(tail -n 5 "$share/console")"
    return "$(<"$share/status")"
}

NODE_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
