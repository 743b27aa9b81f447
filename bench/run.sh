#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Measures the data plane against the bare redirect and against what people use today, all in one
# run over the same devices, generator and sink. README.md says what the figures mean.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source-path=SCRIPTDIR source=lab.sh
source "$here/lab.sh"
# shellcheck source-path=SCRIPTDIR source=variants.sh
source "$here/variants.sh"
# shellcheck source-path=SCRIPTDIR source=ways.sh
source "$here/ways.sh"
# shellcheck source-path=SCRIPTDIR source=copies/variants.sh
source "$here/copies/variants.sh"

usage() {
	cat <<-EOF
		Usage: bench/run.sh [options]
		  --xdpmirror PATH   the product's binary; without it that variant is left out
		  --profile NAME     its profile (default: bench/bench.yaml)
		  --programs DIR     where the bench was built (default: build/dev/bench)
		  --variants LIST    of floor,bare,xdpmirror,kernel,tc (default: all there are)
		  --rounds N         rounds, each with every variant once (default: 5)
		  --seconds S        measured time of a variant in a round (default: 2)
		  --flows N          exporters, a power of two from 256 (default: 256)
		  --payload BYTES    of a datagram, a multiple of 4 (default: 160)
		  --cpu N            the CPU that does all the work (default: 1)
		  --json FILE        write figures and conditions there
		  --before PATH      another binary of the product, as variant 'before'
		  --features         variants are the bench profile and those of bench/features, each with one
		                     feature more
		  --ways             variants are the bare redirect, the product by each of its ways out, and what
		                     people use today
		  --copies           variants are the bare redirect and the ways to send several copies of a packet
		  --stages           instead, the product's cost by stage (needs --xdpmirror)
		Examples:
		  bench/run.sh --xdpmirror build/release/loader/xdpmirror --json figures.json
		  bench/run.sh --xdpmirror build/release/loader/xdpmirror --ways
		  bench/run.sh --variants bare,kernel --rounds 3 --seconds 1
	EOF
}

# shellcheck disable=SC2034 # PROFILE is for variants.sh
XDPMIRROR='' BEFORE='' PROFILE=$here/bench.yaml PROGRAMS=$here/../build/dev/bench VARIANTS=''
ROUNDS=5 SECONDS_EACH=2 FLOWS=256 PAYLOAD=160 CPU=1 JSON='' STAGES=no

wrong() {
	echo "run.sh: $1; see bench/run.sh --help" >&2
	exit 2
}

parse_options() {
	while (($#)); do
		case $1 in
		--help) usage && exit 0 ;;
		--stages) STAGES=yes && shift && continue ;;
		--ways) VARIANTS="bare xdpmirror ${WAYS[*]} tc kernel" && shift && continue ;;
		--copies) VARIANTS="bare ${COPIES[*]}" && shift && continue ;;
		--features) VARIANTS="bare xdpmirror ${FEATURES[*]}" && shift && continue ;;
		esac
		(($# >= 2)) || wrong "'$1' needs a value or is unknown"
		case $1 in
		--xdpmirror) XDPMIRROR=$(readlink -f "$2") ;;
		--before) BEFORE=$(readlink -f "$2") ;;
		--profile) PROFILE=$2 ;;
		--programs) PROGRAMS=$(readlink -f "$2") ;;
		--variants) VARIANTS=${2//,/ } ;;
		--rounds) ROUNDS=$2 ;;
		--seconds) SECONDS_EACH=$2 ;;
		--flows) FLOWS=$2 ;;
		--payload) PAYLOAD=$2 ;;
		--cpu) CPU=$2 ;;
		--json) JSON=$2 ;;
		*) wrong "unknown option '$1'" ;;
		esac
		shift 2
	done
	[[ -x $PROGRAMS/xm_bench_gen ]] || die "no bench programs in '$PROGRAMS': build the 'dev' preset"
	[[ -z $XDPMIRROR || -x $XDPMIRROR ]] || die "'$XDPMIRROR' is not a program"
	[[ -z $BEFORE || -x $BEFORE ]] || die "'$BEFORE' is not a program"
	[[ $STAGES == no || -n $XDPMIRROR ]] || wrong "--stages needs --xdpmirror"
	[[ $ROUNDS =~ ^[1-9][0-9]*$ ]] || wrong "--rounds must be a positive number"
	((FLOWS >= 256)) || wrong "--flows must be at least 256"
	choose_variants
	FRAME_OPTIONS=(--flows "$FLOWS" --payload "$PAYLOAD")
}

choose_variants() {
	local variant
	[[ -n $VARIANTS ]] || VARIANTS="floor bare ${XDPMIRROR:+xdpmirror} ${BEFORE:+before} kernel tc"
	for variant in $VARIANTS; do
		declare -F "${variant}_up" >/dev/null || wrong "unknown variant '$variant'"
		[[ "$variant" != xdpmirror && "$variant" != with_* && "$variant" != way_* || -n $XDPMIRROR ]] ||
			wrong "variant $variant needs --xdpmirror"
		[[ "$variant" != before || -n $BEFORE ]] || wrong "variant before needs --before"
	done
}

# The variants in the order of a round: each one comes first, and after each other, about as often.
order_of_round() { # ROUND
	local -a list
	local i n
	read -ra list <<<"$VARIANTS"
	n=${#list[@]}
	for ((i = 0; i < n; i++)); do
		(($1 % 2)) && echo "${list[($1 + n - i) % n]}" || echo "${list[($1 + i) % n]}"
	done
}

stolen() { awk '/^cpu / { print $9 }' /proc/stat; } # by the hypervisor, in ticks

measure() { # VARIANT ROUND: one line of JSON
	local line before
	CURRENT=$1
	sink_up "$1"
	"${1}_up" >&2
	before=$(stolen)
	line=$(in_ns "$GEN_NS" "$PROGRAMS/xm_bench_gen" --dev gen0 --sink "$SINK_PINS" \
		--to-mac "$INGRESS_MAC" --to-address "$INGRESS_ADDRESS" --inner-address "$INNER_ADDRESS" \
		--inner-port "$FLOW_PORT" --vni "$VNI" --cpu "$CPU" --seconds "$SECONDS_EACH" \
		"${FRAME_OPTIONS[@]}" ${COPIES_PROCESS:+--beside "$COPIES_PROCESS"})
	echo "{\"variant\": \"$1\", \"round\": $2, \"copies\": $(copies_of "$1"), \"stolen_ticks\": $(($(stolen) - before)), ${line#\{}"
	"${1}_down" >&2
	CURRENT=''
	sink_down "$1"
}

measure_all() {
	local round variant
	for ((round = 0; round < ROUNDS; round++)); do
		for variant in $(order_of_round "$round"); do
			measure "$variant" "$round"
		done
		echo "round $((round + 1)) of $ROUNDS done" >&2
	done
}

measure_stages() {
	sink_up xdpmirror # makes the egress take redirected frames
	xdpmirror_up >&2
	in_ns "$NODE_NS" "$PROGRAMS/xm_bench_stages" --program "$XDPMIRROR_STATE/program" \
		--drops "$XDPMIRROR_STATE/xm_drops" --to-address "$INGRESS_ADDRESS" \
		--inner-address "$INNER_ADDRESS" --inner-port "$FLOW_PORT" --vni "$VNI" --cpu "$CPU" \
		--rounds "$ROUNDS" "${FRAME_OPTIONS[@]}"
	xdpmirror_down >&2
	sink_down xdpmirror
}

cleanup() {
	[[ -z ${CURRENT:-} ]] || "${CURRENT}_down" >/dev/null 2>&1 || true
	remove_lab
	rm -rf "$WORK"
}

report() {
	/usr/bin/python3 "$here/report.py" "$1" --records "$WORK/records" --programs "$PROGRAMS" \
		--flows "$FLOWS" --payload "$PAYLOAD" --seconds "$SECONDS_EACH" --cpu "$CPU" \
		${JSON:+--json "$JSON"}
}

main() {
	parse_options "$@"
	open_lab "$@"
	if [[ $STAGES == yes ]]; then
		measure_stages >"$WORK/records"
		report stages
	else
		measure_all >"$WORK/records"
		report variants
	fi
}

main "$@"
