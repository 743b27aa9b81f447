// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The packet's journey, top to bottom: one configuration is one instance of this program. What each
 * stage asks, in which order, stands in docs/packets.md.
 */

#include "bpf/admit.bpf.h"
#include "bpf/claim_plain.bpf.h"
#include "bpf/decapsulate.bpf.h"
#include "bpf/egress.bpf.h"
#include "bpf/follow_fragment.bpf.h"
#include "bpf/learn_templates.bpf.h"
#include "bpf/match_rule.bpf.h"
#include "bpf/parse_geneve.bpf.h"
#include "bpf/parse_inner.bpf.h"
#include "bpf/parse_outer.bpf.h"
#include "bpf/parse_vxlan.bpf.h"
#include "bpf/rewrite.bpf.h"
#include "bpf/select_collector.bpf.h"
#include "bpf/state.bpf.h"
#include "bpf/to_kernel.bpf.h"
#include "bpf/verdict.bpf.h"

/* From the frame as it came to a frame without encapsulation, of a known source. */
static __always_inline enum xm_next xm_take_in(struct xm_pkt *p)
{
	enum xm_next next = xm_stage_parse_outer(p);

	if (next == XM_PASS)
		return xm_stage_offer_plain(p);
	if (next == XM_CONTINUE)
		next = xm_stage_parse_geneve(p);
	if (next == XM_CONTINUE)
		next = xm_stage_parse_vxlan(p);
	if (next == XM_CONTINUE)
		next = xm_stage_admit(p);
	if (next == XM_CONTINUE)
		next = xm_stage_decapsulate(p);
	return next;
}

/* Which rule takes it? `next` is what the inner parse says. */
static __always_inline enum xm_next xm_classify(struct xm_pkt *p, enum xm_next next)
{
	if (next == XM_CONTINUE)
		next = xm_stage_claim_plain(p);
	if (next == XM_CONTINUE)
		next = xm_stage_follow_fragment(p);
	if (next == XM_CONTINUE)
		next = xm_stage_match_rule(p);
	return xm_unless_plain(p, next);
}

static __always_inline enum xm_next xm_send_on(struct xm_pkt *p)
{
	enum xm_next next = xm_stage_learn_templates(p);

	if (next == XM_CONTINUE)
		next = xm_stage_select_collector(p);
	if (next == XM_CONTINUE)
		next = xm_stage_rewrite(p);
	if (next == XM_CONTINUE)
		next = xm_stage_to_kernel(p);
	if (next == XM_CONTINUE)
		next = xm_stage_egress(p);
	return next;
}

static __always_inline int xm_finish(struct xm_pkt *p, enum xm_next next)
{
	next = xm_classify(p, next);
	if (next == XM_CONTINUE)
		next = xm_send_on(p);
	return xm_verdict(p, next);
}

/* `is_lean` is a constant: see xm_feature(). From the inner parse on, usual packets have a way of their
 * own, on which the compiler leaves out what only rare ones need.
 */
static __always_inline int xm_journey(struct xdp_md *xdp, const struct xm_config *constants,
				      int is_lean)
{
	struct xm_pkt p = {.is_lean = is_lean};
	enum xm_next next;

	xm_packet_open(&p, xdp, constants);
	next = xm_take_in(&p);
	if (next != XM_CONTINUE)
		return xm_verdict(&p, next);
	if (XM_LIKELY(xm_is_usual(&p)))
		return xm_finish(&p, xm_stage_parse_usual(&p));
	return xm_finish(&p, xm_stage_parse_rare(&p));
}

SEC("xdp.frags")
int xdpmirror(struct xdp_md *xdp)
{
	const struct xm_config *constants = xm_constants();

	if (constants->features & XM_FEATURES_SPARED)
		return xm_journey(xdp, constants, 0);
	return xm_journey(xdp, constants, 1);
}

char xm_license[] SEC("license") = "Dual BSD/GPL";
