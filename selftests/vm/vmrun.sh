#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Runs one command as root in a throw-away guest and exits with the command's own status.
# The guest sees this machine's files at their own paths, so what was built here runs there; only
# the current directory is writable, every other write goes to memory and dies with the guest.
#
#   vmrun.sh [--lab] KERNEL [qemu argument...] -- command [argument...]
#
# KERNEL is 6.1 or 6.12 (fetched by kernels.sh), or a full version with BOOT= and MODS= set.
# --lab adds the four NICs that guest_lab.sh turns into a small network.
# Environment: TIMEOUT seconds for the whole guest (120), MEM (1G), SMP (2), APPEND kernel arguments,
# ACCEL (tcg,thread=single). Exit status: the command's; 2 wrong arguments; 77 this machine lacks something, said
# in one line; 125 the guest died or ran past TIMEOUT. A guest that dies before the command has
# started is tried once more, never afterwards.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here
readonly VIRTIOFSD=${VFSD:-/usr/lib/qemu/virtiofsd}
# The transport of the root file system, needed before the guest can load anything by itself.
readonly ROOT_MODULES=(virtio_pci virtiofs overlay)
# MACs by which guest_lab.sh knows the NICs: 00/01 share hub 0, 02/03 share hub 1.
readonly LAB_MAC=52:54:00:78:6d

work=
children=()
qemu_extra=()
command_line=()

lack() {
	echo "vmrun.sh: $*" >&2
	exit 77
}

usage() {
	echo "vmrun.sh: $1 (usage: vmrun.sh [--lab] 6.1|6.12|VERSION [qemu args] -- command [args])" >&2
	exit 2
}

stop_children() {
	local pid
	for pid in "${children[@]}"; do
		kill "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	children=()
}

cleanup() {
	stop_children
	if [[ -n $work ]]; then rm -rf "$work"; fi
}

need_tools() {
	local pair
	for pair in qemu-system-x86_64:qemu-system-x86 cpio:cpio modprobe:kmod xz:xz-utils \
		busybox:busybox-static; do
		command -v "${pair%%:*}" >/dev/null || lack "'${pair%%:*}' is missing (apt-get install ${pair##*:})"
	done
	[[ -x $VIRTIOFSD ]] || lack "'$VIRTIOFSD' is missing (apt-get install qemu-system-common)"
	[[ $EUID -eq 0 ]] || lack "root is needed to share the root file system with the guest"
	[[ $PWD != / ]] || usage "run it in a directory that the guest may write, not in /"
}

parse_arguments() {
	local lab=
	if [[ ${1:-} == --lab ]]; then
		lab=yes
		shift
	fi
	[[ $# -ge 1 && ${1:-} != -- ]] || usage "no kernel given"
	kernel=$1
	shift
	while [[ $# -gt 0 && $1 != -- ]]; do
		qemu_extra+=("$1")
		shift
	done
	[[ ${1:-} == -- && $# -ge 2 ]] || usage "no command given"
	shift
	command_line=("$@")
	if [[ $lab ]]; then add_lab_nics; fi
}

add_lab_nics() {
	local nic
	for nic in 0 1 2 3; do
		qemu_extra+=(-netdev "hubport,hubid=$((nic / 2)),id=lab$nic"
			-device "virtio-net-pci,netdev=lab$nic,mac=$LAB_MAC:0$nic")
	done
}

find_kernel() {
	local found
	case $kernel in
	6.1 | 6.12)
		found=$("$here/kernels.sh" "$kernel") || exit $?
		eval "$found"
		;;
	*)
		KVER=$kernel
		BOOT=${BOOT:-/boot}
		MODS=${MODS:-/lib/modules}
		;;
	esac
	[[ -r $BOOT/vmlinuz-$KVER ]] || lack "no kernel $BOOT/vmlinuz-$KVER"
	[[ -d $MODS/$KVER ]] || lack "no modules $MODS/$KVER"
	MODS=$(realpath "$MODS")
}

# The modules of the root transport with what they depend on, unpacked, in load order.
add_root_modules() {
	local initramfs=$1 tree=$work/modules module file base
	mkdir -p "$tree/lib/modules" "$initramfs/m"
	ln -s "$MODS/$KVER" "$tree/lib/modules/$KVER"
	: >"$initramfs/m/order"
	for module in "${ROOT_MODULES[@]}"; do
		# modprobe prints nothing to insert for a module that is built in.
		while read -r file; do
			base=$(basename "${file%.xz}")
			if [[ -e $initramfs/m/$base ]]; then continue; fi
			case $file in
			*.xz) xz -dc "$file" >"$initramfs/m/$base" ;;
			*) cp "$file" "$initramfs/m/$base" ;;
			esac
			echo "$base" >>"$initramfs/m/order"
		done < <(modprobe -d "$tree" -S "$KVER" --show-depends "$module" | sed -n 's/^insmod \([^ ]*\).*/\1/p')
	done
}

# Stage 1, in the initramfs: put the root together and leave for it. switch_root and not chroot, else
# the kernel's own modprobe would look in the initramfs and no module would load by itself.
write_stage1() {
	cat >"$1" <<-INIT
		#!/bin/busybox sh
		/bin/busybox --install -s /bin; export PATH=/bin
		mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
		while read m; do insmod /m/\$m; done < /m/order
		mount -t virtiofs -o ro rootfs /lower; mount -t tmpfs t /ovl; mkdir /ovl/u /ovl/w
		mount -t overlay -o lowerdir=/lower,upperdir=/ovl/u,workdir=/ovl/w root /r
		mkdir -p /r/lib/modules/$KVER
		mount --move /dev /r/dev; mount -t proc proc /r/proc; mount -t sysfs sys /r/sys
		mkdir -p /r/dev/pts /r/dev/shm; mount -t devpts p /r/dev/pts; mount -t tmpfs t /r/dev/shm
		ln -s /proc/self/fd /r/dev/fd; mount -t tmpfs t /r/run
		mount -t bpf bpf /r/sys/fs/bpf; mount -t debugfs d /r/sys/kernel/debug
		mount -t tracefs tr /r/sys/kernel/tracing
		mount -t virtiofs -o ro mods /r/lib/modules/$KVER
		mkdir -p "/r\$(cat /share_path)"; mount -t virtiofs share "/r\$(cat /share_path)"
		cp /stage2 /command /r/run/
		exec switch_root /r /bin/bash /run/stage2
	INIT
	chmod +x "$1"
}

# Stage 2, in the shared root: the command, its output on ttyS1, start mark and status on ttyS2.
write_stage2() {
	cat >"$1" <<-'STAGE2'
		export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb
		for port in ttyS1 ttyS2; do stty -F /dev/$port raw -echo; done
		ip link set lo up
		echo start > /dev/ttyS2
		bash /run/command </dev/null >/dev/ttyS1 2>&1
		echo "exit $?" > /dev/ttyS2
		stty -F /dev/ttyS1 raw; sync
		echo o > /proc/sysrq-trigger
		read -r < /dev/ttyS0
	STAGE2
}

build_initrd() {
	local initramfs=$work/initramfs
	mkdir -p "$initramfs"/{bin,proc,sys,dev,m,r,lower,ovl}
	cp "$(command -v busybox)" "$initramfs/bin/busybox"
	add_root_modules "$initramfs"
	write_stage1 "$initramfs/init"
	write_stage2 "$initramfs/stage2"
	echo "$PWD" >"$initramfs/share_path"
	{
		printf 'cd %q && exec ' "$PWD"
		printf '%q ' "${command_line[@]}"
		echo
	} >"$initramfs/command"
	(cd "$initramfs" && find . | cpio -o -H newc --quiet | gzip -1) >"$work/initrd"
}

# share TAG DIRECTORY: serve it to the guest; the daemon ends when the guest's connection does.
# chroot and not the default namespace sandbox, with which QEMU 7.2 fails to talk to it.
share() {
	local tag=$1 directory=$2 pid
	local socket=$work/$tag.sock
	rm -f "$socket"
	"$VIRTIOFSD" --socket-path="$socket" -o source="$directory" -o cache=auto -o sandbox=chroot \
		--thread-pool-size=1 >"$work/$tag.log" 2>&1 &
	pid=$!
	children+=("$pid")
	until [[ -S $socket ]]; do
		kill -0 "$pid" 2>/dev/null || lack "virtiofsd cannot share $directory: $(tail -n 1 "$work/$tag.log")"
		read -r -t 0.05 <> <(:) || : # no file event to wait for without inotify-tools
	done
	shares+=(-chardev "socket,id=$tag,path=$socket" -device "vhost-user-fs-pci,chardev=$tag,tag=$tag")
}

# Emulation with a thread for each CPU now and then runs a half patched instruction when the kernel
# patches its text, as every change of an XDP program makes it do, and the guest dies of int3. Hence one
# thread for all CPUs. On a busy machine the guest's timer may come too late for the kernel's check of
# it, which panics: no_timer_check.
# boot: one guest, from shares to power off. Leaves console, out and status in the work directory.
boot() {
	local mem=${MEM:-1G} pid
	shares=()
	share rootfs /
	share share "$PWD"
	share mods "$MODS/$KVER"
	: >"$work/console"
	: >"$work/out"
	: >"$work/status"
	# if this script is killed outright, timeout is told to end and takes the guest with it
	setpriv --pdeathsig TERM timeout "${TIMEOUT:-120}" qemu-system-x86_64 -M q35,memory-backend=mem \
		-accel "${ACCEL:-tcg,thread=single}" -cpu max -smp "${SMP:-2}" -m "$mem" \
		-object "memory-backend-memfd,id=mem,size=$mem,share=on" \
		-nodefaults -no-user-config -display none -no-reboot \
		-kernel "$BOOT/vmlinuz-$KVER" -initrd "$work/initrd" \
		-append "console=ttyS0 quiet panic=-1 mitigations=off nokaslr random.trust_cpu=on no_timer_check ${APPEND:-}" \
		-serial "file:$work/console" -serial "file:$work/out" -serial "file:$work/status" \
		"${shares[@]}" "${qemu_extra[@]}" 2>"$work/qemu" &
	pid=$!
	children+=("$pid")
	qemu_status=0
	wait "$pid" || qemu_status=$?
	stop_children
	# QEMU says for every hub that it has no way out; that is what a lab hub is for.
	grep -vE 'hub [0-9]+ is not connected to host network' "$work/qemu" >&2 || :
}

started() {
	grep -q '^start' "$work/status"
}

report_death() {
	local why="the guest died"
	if [[ $qemu_status -eq 124 ]]; then why="the guest ran past ${TIMEOUT:-120} s"; fi
	tail -n 30 "$work/console" >&2
	if started; then why+=" while the command ran"; else why+=" before the command started"; fi
	echo "vmrun.sh: $why (kernel $KVER, qemu status $qemu_status)" >&2
}

main() {
	local attempt status
	parse_arguments "$@"
	need_tools
	trap cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	find_kernel
	work=$(mktemp -d)
	build_initrd
	for attempt in 1 2; do
		boot
		cat "$work/out"
		status=$(sed -n 's/^exit \([0-9]*\)$/\1/p' "$work/status")
		if [[ -n $status ]]; then exit "$status"; fi
		report_death
		# A rare panic in early boot under TCG (text patching); once the command ran, its effects count.
		if started || [[ $attempt -eq 2 ]]; then exit 125; fi
		echo "vmrun.sh: trying once more" >&2
	done
}

main "$@"
