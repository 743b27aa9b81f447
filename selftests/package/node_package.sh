#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# On the node: the life of a package. /mnt/share/first.deb and next.deb are two versions of it.
set -euo pipefail
source /mnt/share/say.sh
source /mnt/share/wait.sh
say_where_it_stops
export DEBIAN_FRONTEND=noninteractive
STATE=/sys/fs/bpf/xdpmirror/in0
PROFILE=/etc/xdpmirror/site.yaml

property() { systemctl show --value --property "$1" xdpmirror@in0; }
program_id() { bpftool --json prog show pinned $STATE/program | jq .id; }
hooked() { [[ $(ip -json link show dev in0) == *'"xdp"'* ]]; }
process_has() { grep -E "^$1:" "/proc/$(property MainPID)/status" | tr -s '\t ' ' ' | cut -d ' ' -f 2; }
journal() { journalctl --no-pager -n 20 -u xdpmirror@in0 | cut -c 1-300; }

is_active() { [[ $(property ActiveState) == active ]] || die "$1: the daemon is $(property ActiveState): $(journal)"; }

# quiet COMMAND...: its words only if it fails.
quiet() { "$@" >/tmp/said 2>&1 || die "$*: $(cat /tmp/said)"; }

write_profile() {
    cat >$PROFILE <<'YAML'
version: 1
sources: [{name: routers, vxlan: {vni: 4242}}]
rules: [{name: flows, match: {port: 31756}, send: {to: fdi, port: 8081}}]
pools:
  fdi:
    collectors: [{address: 100.76.10.11}, {address: 100.76.10.12}]
    health: {tcp: {port: 8080}, every: 1s}
    via: out
egress: {out: {interface: out0, next_hop: "02:00:00:00:00:02"}}
ready: {http: "127.0.0.1:9500"}
YAML
    echo "XDPMIRROR_PROFILE=$PROFILE" >/etc/default/xdpmirror-in0
}

check_install() {
    quiet dpkg -i /mnt/share/first.deb
    [[ -z $(systemctl list-units --all --plain --no-legend 'xdpmirror@*') ]] || die "installing has started something"
    compgen -G '/etc/systemd/system/*/xdpmirror@*' && die "installing has enabled something"
    [[ ! -e /sys/fs/bpf/xdpmirror ]] || die "installing has attached something"
    [[ $(stat -c %a /sys/fs/bpf) == 711 ]] || die "/sys/fs/bpf has mode $(stat -c %a /sys/fs/bpf)"
    [[ $(stat -c %a:%U:%G /var/lib/xdpmirror) == 2750:xdpmirror:xdpmirror ]] || die "/var/lib/xdpmirror: $(stat -c %a:%U:%G /var/lib/xdpmirror)"
    [[ -d /var/lib/prometheus/node-exporter ]] || die "no directory for metrics"
    [[ $(man -w xdpmirror) == */man8/xdpmirror.8.gz && $(man -w 5 xdpmirror-profile) == *.5.gz ]] || die "the manual is not found"
    quiet xdpmirror config check --profile prod
    say_pass "installed: files, group, directories; nothing is enabled, started or attached"
}

check_service() {
    write_profile
    systemctl start xdpmirror@in0 2>/dev/null || die "the daemon does not start: $(journal)"
    is_active "start"
    hooked || die "in0 has no XDP program"
    [[ $(process_has Uid) == "$(id -u xdpmirror)" ]] || die "the daemon is of user $(process_has Uid)"
    [[ $(process_has NoNewPrivs) == 1 && $(process_has Seccomp) == 2 ]] || die "the daemon is not confined"
    # CAP_DAC_OVERRIDE 1, CAP_NET_ADMIN 12, CAP_NET_RAW 13, CAP_PERFMON 38, CAP_BPF 39
    [[ $(process_has CapEff) == "$(printf '%016x' $((1 << 1 | 1 << 12 | 1 << 13 | 1 << 38 | 1 << 39)))" ]] || die "the daemon has capabilities $(process_has CapEff)"
    [[ $(process_has CapBnd) == "$(process_has CapEff)" ]] || die "the daemon could get capabilities $(process_has CapBnd)"
    xdpmirror status in0 --json >/tmp/status || die "status fails"
    curl -s -o /dev/null http://127.0.0.1:9500/healthz || die "the daemon does not answer"
    said=$(journal | grep -iE 'not permitted|denied' || :)
    [[ -z $said ]] || die "refused by the sandbox: $said"
    say_pass "the service attaches, as user xdpmirror with $(process_has CapEff)"
}

# as_member COMMAND..., as_stranger COMMAND...: as a user without rights, in the group or not.
as_member() { setpriv --reuid 65534 --regid 65534 --groups "$(getent group xdpmirror | cut -d : -f 3)" "$@" >/dev/null 2>&1; }
as_stranger() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@" >/dev/null 2>&1; }

check_group() {
    local file=/run/xdpmirror/in0.run
    [[ -e $file ]] || file=$(find /run/xdpmirror -type f | head -n 1)
    as_member ls /run/xdpmirror /var/lib/xdpmirror || die "the group may not look into /run/xdpmirror"
    as_member cat "$file" || die "the group may not read $file: $(stat -c '%a %U:%G' "$file")"
    ! as_stranger ls /run/xdpmirror || die "anybody may look into /run/xdpmirror"
    ! as_member touch /run/xdpmirror/new || die "the group may write to /run/xdpmirror"
    as_stranger stat /sys/fs/bpf/xdpmirror || die "/sys/fs/bpf cannot be crossed"
    ! as_stranger ls /sys/fs/bpf || die "anybody may list /sys/fs/bpf"
    as_member xdpmirror status in0 || die "the group may not look at what is attached"
    ! as_member xdpmirror detach in0 || die "the group may detach"
    ! as_stranger xdpmirror status in0 || die "anybody may look at what is attached"
    say_pass "group xdpmirror reads $file, others do not"
}

check_upgrade() {
    local program pid
    program=$(program_id) pid=$(property MainPID)
    echo '# of the site' >>/etc/xdpmirror/prod.yaml
    quiet dpkg -i /mnt/share/next.deb
    is_active "after the upgrade"
    [[ $(program_id) == "$program" ]] || die "the upgrade has attached another program"
    [[ $(property MainPID) != "$pid" ]] || die "the daemon is still that of the old version"
    grep -q 'of the site' /etc/xdpmirror/prod.yaml || die "the upgrade has replaced a changed profile"
    [[ $(dpkg-query -W -f '${Version}' xdpmirror) == *+next ]] || die "not upgraded"
    say_pass "upgraded: another daemon, the same program $program in the kernel, changed profiles kept"
}

# root's commands and the daemon of another user work on the same files
check_hands() {
    local program
    quiet systemctl stop xdpmirror@in0
    hooked || die "stopping the daemon has detached"
    quiet xdpmirror detach in0
    quiet xdpmirror attach in0 --profile $PROFILE
    program=$(program_id)
    quiet systemctl start xdpmirror@in0
    is_active "over an attachment made by root"
    [[ $(program_id) == "$program" ]] || die "the daemon has attached anew"
    quiet xdpmirror pools drain fdi 100.76.10.11
    quiet xdpmirror pools undrain fdi 100.76.10.11
    if xdpmirror --help | grep -q '^  reload '; then
        quiet systemctl reload xdpmirror@in0
        is_active "after reload"
    fi
    say_pass "daemon and root work on the same attachment"
}

check_bad_profile() {
    systemctl stop xdpmirror@in0
    echo "XDPMIRROR_PROFILE=nowhere" >/etc/default/xdpmirror-in0
    quiet systemctl start xdpmirror@in0
    is_active "over an attachment, whatever its profile"
    quiet systemctl stop xdpmirror@in0
    quiet xdpmirror detach in0
    ! systemctl start xdpmirror@in0 2>/dev/null || die "starts without a profile"
    [[ $(property ExecMainStatus) == 2 && $(property ActiveState) == failed && $(property NRestarts) == 0 ]] ||
        die "no profile: status $(property ExecMainStatus), $(property ActiveState), $(property NRestarts) restarts"
    write_profile
    quiet systemctl reset-failed xdpmirror@in0
    quiet systemctl start xdpmirror@in0
    say_pass "a wrong profile is not tried again"
}

# What tells the service manager that it lives, as often as the unit demands.
check_watchdog() {
    local before
    before=$(property WatchdogTimestampMonotonic)
    wait_until 30 watchdog_moves "$before" || die "the daemon does not tell the watchdog that it lives"
    say_pass "the watchdog is fed"
}

watchdog_moves() { [[ $(property WatchdogTimestampMonotonic) != "$1" ]]; }

links() { compgen -G '/etc/systemd/system/*.wants/xdpmirror@in0.service' || :; }

check_removal() {
    quiet systemctl enable xdpmirror@in0
    [[ $(links | wc -l) == 2 ]] || die "enabled by: $(links)"
    dpkg -r xdpmirror >/tmp/said 2>&1 || die "removal fails: $(cat /tmp/said)"
    grep -q 'detaching in0' /tmp/said || die "removal does not say that it detaches: $(cat /tmp/said)"
    ! hooked || die "removal has left the program on in0"
    [[ ! -e /sys/fs/bpf/xdpmirror ]] || die "removal has left $(find /sys/fs/bpf/xdpmirror)"
    [[ $(property ActiveState) != active ]] || die "the daemon runs without its program"
    [[ -d /var/lib/xdpmirror && -e $PROFILE && -e /etc/xdpmirror/prod.yaml ]] || die "removal has taken settings along"
    quiet dpkg -P xdpmirror
    [[ ! -e /var/lib/xdpmirror && ! -e /run/xdpmirror && ! -e /etc/xdpmirror/prod.yaml ]] || die "purging has left something"
    [[ -z $(links) ]] || die "purging has left $(links)"
    [[ -e $PROFILE ]] || die "purging has taken the administrator's profile"
    say_pass "removed: nothing is attached; purged: only the administrator's own files are left"
}

check_install
check_service
check_group
check_upgrade
check_hands
check_bad_profile
check_watchdog
check_removal
