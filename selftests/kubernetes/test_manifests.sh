#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What lies in config/kubernetes is what Kubernetes takes, and its profiles are those that are shipped, and valid.
# The validator is python3-kubernetes; that it refuses is shown first.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
source "$HERE/../support/say.sh"
MANIFESTS=$ROOT/config/kubernetes
XDPMIRROR=${XDPMIRROR:-$ROOT/build/dev/loader/xdpmirror}
/usr/bin/python3 -c 'import kubernetes, yaml' 2>/dev/null || { say "SKIP: needs python3-kubernetes" && exit 77; }
files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT

ask() { /usr/bin/python3 "$HERE/manifests.py" "$@"; }

# refuses FROM TO PATTERN: the DaemonSet with this changed.
refuses() {
    local said
    sed "s/$1/$2/" "$MANIFESTS/daemonset.yaml" >"$files/broken/daemonset.yaml"
    cmp -s "$MANIFESTS/daemonset.yaml" "$files/broken/daemonset.yaml" && die "'$1' is not in the manifest"
    said=$(ask check "$files/broken") && die "takes '$2'"
    grep -q -e "$3" <<<"$said" || die "'$2': $said"
    say_pass "refused: $(head -n 1 <<<"$said")"
}

mkdir "$files/broken" "$files/profiles"
refuses 'hostNetwork: true' 'hostNetwrk: true' 'hostNetwrk'
refuses 'terminationGracePeriodSeconds: 10' 'terminationGracePeriodSeconds: soon' 'soon'
refuses 'periodSeconds: 5' 'periodSeconds: "5"' 'periodSeconds'
refuses 'kind: DaemonSet' 'kind: DemonSet' 'no kind DemonSet'
refuses 'matchLabels:.*' 'matchLabls: {}' 'matchLabls'
refuses '- name: bpffs' '- nam: bpffs' 'name'
ask check "$MANIFESTS" || die "Kubernetes would refuse what is said above"
say_pass "accepted: $(cd "$MANIFESTS" && echo *.yaml)"

# What no schema knows: names that must meet.
/usr/bin/python3 - "$HERE" "$MANIFESTS" <<'PYTHON'
import sys
sys.path.insert(0, sys.argv[1])
import manifests
found = {document["kind"]: document for _, document in manifests.manifests(sys.argv[2])}
daemon, pod = found["DaemonSet"], found["DaemonSet"]["spec"]["template"]["spec"]
container, = pod["containers"]
volumes = {volume["name"]: volume for volume in pod["volumes"]}
assert daemon["spec"]["selector"]["matchLabels"] == daemon["spec"]["template"]["metadata"]["labels"]
assert {mount["name"] for mount in container["volumeMounts"]} == volumes.keys()
assert volumes["profiles"]["configMap"]["name"] == found["ConfigMap"]["metadata"]["name"]
assert pod["priorityClassName"] == found["PriorityClass"]["metadata"]["name"]
names = {found["Namespace"]["metadata"]["name"], daemon["metadata"]["namespace"], found["ConfigMap"]["metadata"]["namespace"]}
assert len(names) == 1, names
for mount in container["volumeMounts"]:  # the data plane and what is drained outlive the pod
    path = volumes[mount["name"]].get("hostPath", {}).get("path", mount["mountPath"])
    assert path == mount["mountPath"], mount
assert f"{container['args'][-1]}.yaml" in found["ConfigMap"]["data"], container["args"]
PYTHON
say_pass "names meet"

ask profiles "$MANIFESTS" "$files/profiles"
cmp "$files/profiles/forwarder.yaml" "$ROOT/config/forwarder.yaml" || die "forwarder.yaml in profiles.yaml is not config/forwarder.yaml"
say_pass "forwarder.yaml is the shipped one"
mapfile -t environment < <(ask container "$MANIFESTS" | jq -r '.env[] | "\(.name)=\(.value)"')
for profile in "$files/profiles"/*.yaml; do
    said=$(env "${environment[@]}" XDPMIRROR_CONFIG_DIR="$files/profiles" "$XDPMIRROR" config check --profile "$profile" 2>&1) || die "$said"
    [[ $said == *": valid: "* && $(wc -l <<<"$said") == 1 ]] || die "$said"
    say_pass "${said#"$files/profiles/"}"
done
