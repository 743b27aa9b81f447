// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The packet's journey, top to bottom: one configuration is one instance of this program. */

#include "bpf/admit.bpf.h"
#include "bpf/decap_vxlan.bpf.h"
#include "bpf/egress.bpf.h"
#include "bpf/match_rule.bpf.h"
#include "bpf/parse_inner.bpf.h"
#include "bpf/parse_outer.bpf.h"
#include "bpf/rewrite.bpf.h"
#include "bpf/select_collector.bpf.h"
#include "bpf/state.bpf.h"
#include "bpf/verdict.bpf.h"

SEC("xdp.frags")
int xdpmirror(struct xdp_md *xdp)
{
	struct xm_pkt p = {};
	struct xm_totals *totals;
	enum xm_next next;

	xm_packet_open(&p, xdp, xm_constants());
	next = xm_stage_parse_outer(&p);
	if (next == XM_PASS)
		return xm_verdict_pass(&p);
	totals = xm_verdict_claim(&p);
	if (!totals)
		return XDP_ABORTED;

	next = xm_stage_decap_vxlan(&p);
	if (next == XM_CONTINUE)
		next = xm_stage_admit(&p);
	if (next == XM_CONTINUE)
		next = xm_stage_parse_inner(&p);
	if (next == XM_CONTINUE)
		next = xm_stage_match_rule(&p);
	if (next == XM_CONTINUE)
		next = xm_stage_select_collector(&p);
	if (next == XM_CONTINUE)
		next = xm_stage_rewrite(&p);
	if (next == XM_CONTINUE)
		next = xm_stage_egress(&p);
	return xm_verdict(&p, totals, next);
}

char xm_license[] SEC("license") = "Dual BSD/GPL";
