#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A node is backed up, made bare, and restored with one command: files, drains, history and attachment are as they
# were, and packets flow. Archives that are not whole are refused, and nothing is touched.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/suite.sh"
suite_enter "ethtool jq python3 tcpdump tar gzip sha256sum" -- "$@"

SAVED=$SANDBOX_FILES/saved.tar.gz BAD=$SANDBOX_FILES/bad.tar.gz
FLOWS="[mirrored(IP(src='192.168.1.%d' % i, dst='172.16.0.10')/UDP(sport=i, dport=31756)/b'flow') for i in range(1, 21)]"

# An /etc that this sandbox may change.
own_etc() {
    mkdir -p /run/etc/upper /run/etc/work
    mount -t overlay -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work overlay /etc ||
        skip "needs overlayfs, for an /etc of its own"
    rm -rf /etc/xdpmirror /etc/default/xdpmirror-*
    mkdir -p /etc/xdpmirror
    export XDPMIRROR_CONFIG_DIR=/etc/xdpmirror
}

furnish() {
    profile_with /etc/xdpmirror/site.yaml "interface: egress0" \
        "collectors: [{address: 100.76.10.11}, {address: 100.76.10.12}]"
    echo "XDPMIRROR_PROFILE=site" >/etc/default/xdpmirror-ingress
    xdpmirror attach ingress --profile site --mode generic >/dev/null
    xdpmirror pools drain fdi 100.76.10.12 >/dev/null
    mkdir -p /var/lib/xdpmirror/ingress.history
    echo '{}' >/var/lib/xdpmirror/ingress.history/00000001.json
    echo '{}' >/var/lib/xdpmirror/tune-ingress.json
}

# into FILE COMMAND...
into() { "${@:2}" >"$SANDBOX_FILES/$1"; }

# What a restore must bring back: files with their rights, and what is attached.
state() {
    (cd / && find etc/xdpmirror etc/default/xdpmirror-* var/lib/xdpmirror -type f ! -name 'tune-*' ! -path '*.history/0000000[2-9].json' -exec stat -c '%n %a' {} + \
        -exec sha256sum {} + 2>/dev/null | sort) || :
    xdpmirror status ingress --json 2>/dev/null | jq -r '"\(.profile) \(.mode)"' || :
    xdpmirror pools ingress --json 2>/dev/null | jq -r '.pools[].collectors[] | "\(.address) \(.state)"' || :
}

make_bare() {
    xdpmirror detach ingress
    rm -rf /etc/xdpmirror /etc/default/xdpmirror-* /var/lib/xdpmirror
}

saves() {
    expect "backup" into out xdpmirror backup -o "$SAVED"
    expect "backup: says what: $(cat "$SANDBOX_FILES/out")" grep -q ': files: 4, attachments: 1, of ' "$SANDBOX_FILES/out"
    expect "backup: for root alone" equal 600 "$(stat -c %a "$SAVED")"
    expect "backup: an archive that tar reads" equal "manifest.json etc/default/xdpmirror-ingress etc/xdpmirror/site.yaml var/lib/xdpmirror/ingress.history/00000001.json var/lib/xdpmirror/ingress.pools" \
        "$(tar -tzf "$SAVED" | tr '\n' ' ' | sed 's/ $//')"
    expect "backup: JSON" equal "ingress" "$(xdpmirror backup -o "$SANDBOX_FILES/x" --json | jq -r '.attachments[0].interface')"
    (cd "$SANDBOX_FILES" && xdpmirror backup >/dev/null)
    expect "backup: a name of its own" test -n "$(find "$SANDBOX_FILES" -name "xdpmirror-$(hostname)-20*Z.tar.gz")"
    refused 1 '/nowhere/x' xdpmirror backup -o /nowhere/x
}

comes_back() {
    local before
    before=$(state)
    make_bare
    expect "bare: dry run" into out xdpmirror restore "$SAVED" --dry-run
    expect "bare: dry run says what" equal 5 "$(grep -cE '^  (new|attached) ' "$SANDBOX_FILES/out")"
    expect "bare: dry run changes nothing" equal "" "$(state)$(ls /etc/xdpmirror 2>/dev/null)"
    expect "restore" into out xdpmirror restore "$SAVED"
    expect "restore: how long it took: $(tail -n 1 "$SANDBOX_FILES/out")" grep -qE '^restored in [0-9.]+ s$' "$SANDBOX_FILES/out"
    expect "restore: it is in the history" equal restore "$(xdpmirror history ingress --json | jq -r ".[0].command")"
    expect "restore: everything is as it was" equal "$before" "$(state)"
    capture_start after tunnel inside -Q in udp port 8081
    send vpc fabric "$FLOWS"
    expect "restore: 20 of 20 packets arrive" wait_until 20 capture_reached after 20
    capture_stop after
    assert_conservation ingress
    expect "again: nothing to do" into out xdpmirror restore "$SAVED" --json
    expect "again: all the same" equal same "$(jq -r '[.files[].fate, .attachments[].fate] | unique | join(" ")' "$SANDBOX_FILES/out")"
    expect "again: the attachment was not touched" equal 20 "$(books_delivered "$(books_read ingress)")"
}

needs_force() {
    local before
    echo "# mine" >>/etc/xdpmirror/site.yaml
    before=$(state)
    refused 1 'nothing is restored, since the backup differs from /etc/xdpmirror/site.yaml; .*--force' xdpmirror restore "$SAVED"
    refused 1 'nothing is restored' xdpmirror restore "$SAVED" --dry-run
    xdpmirror detach ingress
    profile_with "$SANDBOX_FILES/other.yaml" "interface: egress0"
    xdpmirror pools undrain fdi 100.76.10.12 >/dev/null
    xdpmirror attach ingress --profile "$SANDBOX_FILES/other.yaml" >/dev/null
    refused 1 'differs from .*, what is attached to ingress; ' xdpmirror restore "$SAVED"
    expect "and nothing is changed" equal "$SANDBOX_FILES/other.yaml" "$(xdpmirror status ingress --json | jq -r .profile)"
    xdpmirror backup -o "$SANDBOX_FILES/x" >/dev/null 2>"$SANDBOX_FILES/err"
    expect "a profile elsewhere is said" grep -q "warning: ingress is attached with $SANDBOX_FILES/other.yaml, a file that the backup does not have" "$SANDBOX_FILES/err"
    expect "force" into out xdpmirror restore "$SAVED" --force
    expect "force: as it was" equal "$(grep -v site.yaml <<<"$before")" "$(state | grep -v site.yaml)"
    expect "force: the file, too" not grep -q mine /etc/xdpmirror/site.yaml
}

without_the_interface() {
    make_bare
    ip -n node link set ingress name renamed
    refused 1 "files are restored, but not all attachments: this node has no interface 'ingress'" xdpmirror restore "$SAVED"
    expect "files are there" test -s /etc/xdpmirror/site.yaml
    expect "files alone are no error" into out xdpmirror restore "$SAVED" --no-attach
    ip -n node link set renamed name ingress
    ip -n node link set ingress up
    expect "and the interface when it is back" into out xdpmirror restore "$SAVED"
}

# The way out is gone: what was attached comes back.
cannot_attach() {
    xdpmirror detach ingress
    profile_with "$SANDBOX_FILES/other.yaml" "interface: egress1"
    ip -n node link add egress1 type veth peer name far1
    ip -n node address add 10.9.0.1/24 dev egress1
    ip -n node link set egress1 up
    ip -n node link set far1 up
    on node ethtool -K far1 gro on
    sed -i 's/interface: egress1/interface: egress1, next_hop: "02:00:00:00:00:07"/' "$SANDBOX_FILES/other.yaml"
    xdpmirror pools undrain fdi 100.76.10.12 >/dev/null
    xdpmirror attach ingress --profile "$SANDBOX_FILES/other.yaml" >/dev/null
    ip -n node link set egress0 down
    refused 1 'not all attachments: ingress is attached as it was before: .*egress0' xdpmirror restore "$SAVED" --force
    expect "as it was before" equal "$SANDBOX_FILES/other.yaml" "$(xdpmirror status ingress --json | jq -r .profile)"
}

# packed TAR_ARGUMENTS...: another archive from what is unpacked.
packed() { tar -czf "$BAD" -C "$SANDBOX_FILES/un" "$@"; }

bad() {
    refused 1 "backup $BAD is refused: $1" xdpmirror restore "$BAD" --force
}

bad_archives() {
    local before
    before=$(state)
    refused 1 'read backup .*nosuch' xdpmirror restore "$SANDBOX_FILES/nosuch"
    refused 2 'file' xdpmirror restore
    head -c "$(($(stat -c %s "$SAVED") - 20))" "$SAVED" >"$BAD"
    bad '.*truncated'
    echo text >"$BAD"
    bad 'it is no gzip file'
    mkdir "$SANDBOX_FILES/un"
    tar -xzf "$SAVED" -C "$SANDBOX_FILES/un"
    packed manifest.json etc
    bad "it has 'etc/', which is no regular file"
    packed -P --transform='s,^etc,/etc,' manifest.json etc/xdpmirror/site.yaml
    bad "it has the path '/etc/xdpmirror/site.yaml', which leads elsewhere"
    packed -P --transform='s,^etc,var/../etc,' manifest.json etc/xdpmirror/site.yaml
    bad "it has the path 'var/../etc/xdpmirror/site.yaml', which leads elsewhere"
    ln -s /etc/passwd "$SANDBOX_FILES/un/etc/xdpmirror/link"
    packed manifest.json etc/xdpmirror/link
    bad "it has 'etc/xdpmirror/link', which is no regular file"
    packed manifest.json etc/xdpmirror/site.yaml
    bad "'etc/default/xdpmirror-ingress' is missing in it"
    echo x >>"$SANDBOX_FILES/un/etc/xdpmirror/site.yaml"
    packed manifest.json etc/xdpmirror/site.yaml
    bad "'etc/xdpmirror/site.yaml' in it was changed since it was written"
    packed etc/xdpmirror/site.yaml
    bad 'it has no manifest.json'
    sed -i 's/"format": 1/"format": 2/' "$SANDBOX_FILES/un/manifest.json"
    packed manifest.json
    bad 'it is of format 2, and this xdpmirror reads format 1'
    expect "bad archives: nothing was touched" equal "$before" "$(state)"
}

lab_up 0
own_etc
furnish
saves
comes_back
bad_archives
needs_force
without_the_interface
cannot_attach
suite_done
