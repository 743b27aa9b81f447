# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The Debian packages that each part of the project needs, and how the missing ones get in. apt-get
# is asked only when dpkg says that something is missing. Needs nothing but Debian's essential
# packages. Sourced.

deps_group() {
    case $1 in
    build) echo cmake ninja-build g++ pkg-config clang clang-19 bpftool libbpf-dev libxdp-dev \
        libnl-3-dev libnl-route-3-dev libnl-genl-3-dev libcli11-dev libspdlog-dev libfmt-dev \
        libyaml-cpp-dev nlohmann-json3-dev libvalijson-dev libpcap-dev libbenchmark-dev libcurl4-openssl-dev \
        libmicrohttpd-dev prometheus-cpp-dev libgcrypt20-dev libarchive-dev linux-libc-dev git dpkg-dev ;;
    demo) echo iproute2 ethtool softflowd nfdump tcpdump jq ;;
    test) echo libgtest-dev libgmock-dev iproute2 ethtool softflowd nfdump tcpdump jq tshark \
        python3 python3-scapy python3-kubernetes pmacct bpftool xdp-tools iputils-ping curl shellcheck nftables \
        libclang-rt-19-dev prometheus prometheus-node-exporter python3-prometheus-client man-db mandoc zsh fish lintian strace systemd ;;
    vm) echo qemu-system-x86 busybox-static cpio kmod xz-utils iproute2 jq wireguard-tools ethtool softflowd \
        nfdump strongswan-swanctl charon-systemd ;;
    bench) echo iproute2 ethtool nftables jq bpftool ;;
    *) die "deps: no group '$1'" ;;
    esac
}

deps_missing() {
    local group package
    for group in "$@"; do
        for package in $(deps_group "$group"); do
            [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
                echo "$package"
        done
    done | sort -u
}

deps_apt() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 \
        -o APT::Keep-Downloaded-Packages=false "$@" </dev/null
}

# deps_install GROUP...: returns with everything there, or ends the script with one line.
deps_install() {
    local missing log
    mapfile -t missing < <(deps_missing "$@")
    ((${#missing[@]})) || return 0
    ((EUID == 0)) || die "missing packages, and only root can install them: ${missing[*]}"
    command -v apt-get >/dev/null || die "missing packages, and there is no apt-get: ${missing[*]}"
    say_step "installing ${#missing[@]} packages: ${missing[*]}"
    log=$(mktemp)
    if ! { deps_apt update && deps_apt install --no-install-recommends "${missing[@]}"; } \
        >"$log" 2>&1; then
        local why
        why=$(grep -m1 '^E: ' "$log" || tail -n1 "$log")
        rm -f "$log"
        die "apt-get could not install the packages: ${why:-no reason given}"
    fi
    rm -f "$log"
}
