#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# In the namespaces of a node: builds its file system and its network, then becomes its systemd.
set -euo pipefail
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
mkdir /mnt/{upper,work,root}
ROOT=/mnt/root
mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work $ROOT

mount_kernel() {
    local node
    mount -t proc proc $ROOT/proc
    # of the whole machine, but for the network's
    mount --bind -o ro $ROOT/proc/sys $ROOT/proc/sys
    mount --bind /proc/sys/net $ROOT/proc/sys/net
    mount -t sysfs sysfs $ROOT/sys
    mount -t cgroup2 cgroup2 $ROOT/sys/fs/cgroup
    mount -t bpf -o mode=0700 bpf $ROOT/sys/fs/bpf
    mount -t tmpfs -o mode=0755 tmpfs $ROOT/run
    mount -t tmpfs -o mode=1777 tmpfs $ROOT/tmp
    mount -t tmpfs -o mode=0755 tmpfs $ROOT/dev
    for node in null zero full random urandom tty; do
        touch $ROOT/dev/$node
        mount --bind /dev/$node $ROOT/dev/$node
    done
    touch $ROOT/dev/console
    mount --bind "$(tty <&2)" $ROOT/dev/console
    ln -s /proc/self/fd $ROOT/dev/fd
    ln -s pts/ptmx $ROOT/dev/ptmx
    mkdir $ROOT/dev/{pts,shm}
}

# Mirrors come in by in0, flows leave by out0; the far ends take what is redirected to them.
make_network() {
    local name
    ip link set lo up
    for name in in out; do
        ip link add ${name}0 type veth peer name ${name}1
        ethtool -K ${name}1 gro on >/dev/null
        ip link set ${name}0 up
        ip link set ${name}1 up
    done
    ip address add 10.1.0.2/24 dev out0
    ip route add 100.76.10.0/24 via 10.1.0.1
}

# What udev would say of a device: that systemd may have a unit for it.
announce_device() {
    local index
    index=$(<"$ROOT/sys/class/net/$1/ifindex")
    mkdir -p $ROOT/run/udev/{data,tags/systemd}
    printf '%s\n' I:1 "E:SYSTEMD_ALIAS=/sys/subsystem/net/devices/$1" E:SYSTEMD_READY=1 G:systemd Q:systemd V:1 >"$ROOT/run/udev/data/n$index"
    : >"$ROOT/run/udev/tags/systemd/n$index"
    : >$ROOT/run/udev/control
}

# Nothing of this machine's own starts.
write_units() {
    rm -rf $ROOT/etc/systemd/system/*.wants $ROOT/lib/systemd/system/*.target.wants $ROOT/etc/fstab
    cat >$ROOT/etc/systemd/system/node.service <<UNIT
[Unit]
Requires=systemd-journald.socket basic.target
After=systemd-journald.socket basic.target
SuccessAction=exit
FailureAction=exit
[Service]
Type=oneshot
Environment=LC_ALL=C.UTF-8
ExecStart=/bin/bash -c 'bash "\$0"; echo \$? >/mnt/share/status' $NODE_SCRIPT
StandardOutput=append:/mnt/share/said
StandardError=append:/mnt/share/said
UNIT
}

mount_kernel
make_network
announce_device in0
write_units
mkdir $ROOT/mnt/share
mount --bind "$NODE_SHARE" $ROOT/mnt/share
mkdir -p $ROOT/mnt/old
cd $ROOT
pivot_root . mnt/old
umount -l /mnt/old
exec env -i container=node PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=node.service
