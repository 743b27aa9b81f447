/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stage 8, rule: one table lookup for each shape (combination of matched fields) that the profile uses,
 * however many rules share it. Shapes come in order of their best rank, so the first hit that no
 * later shape can beat ends the search.
 *
 * Usual IPv4 is searched in line; rare packets and IPv6 by a global function, see parse_inner.bpf.h.
 */
#ifndef XM_MATCH_RULE_BPF_H
#define XM_MATCH_RULE_BPF_H

#include "bpf/config.bpf.h"
#include "bpf/follow_fragment.bpf.h"
#include "bpf/tables.bpf.h"
#include "maps/slot.h"

/* What rules look at. */
struct xm_flow {
	__be32 from[4]; /* IPv4 in from[0] */
	__be32 to[4];
	__u32 vni;
	__u32 port;     /* host order, 0: none */
	__u32 protocol; /* IPPROTO_* */
	__u32 family;   /* enum xm_family */
};

#define XM_NO_SLOT 0xffffffffU

static __always_inline __u32 xm_port_class_of(const struct xm_pkt *p, __u32 port)
{
	const struct xm_port_class *row;

	if (!xm_feature(p, XM_FEATURE_PORT_RANGES))
		return 0;
	row = bpf_map_lookup_elem(&xm_port_class, &port);
	return row ? row->class_id : 0;
}

static __always_inline __u16 xm_port_in_key(const struct xm_pkt *p, __u8 kind, __u32 port,
					    __u32 port_class)
{
	if (kind == XM_PORT_EXACT)
		return (__u16)port;
	if (xm_feature(p, XM_FEATURE_PORT_RANGES) && kind == XM_PORT_CLASS)
		return (__u16)port_class;
	return 0;
}

/* With rules for UDP only, the parse has let nothing else through. */
static __always_inline __u8 xm_protocol_in_key(const struct xm_pkt *p, __u32 protocol, __u8 mask)
{
	return (xm_feature(p, XM_FEATURE_PROTOCOLS) ? (__u8)protocol : IPPROTO_UDP) & mask;
}

/* Finds the slot of a key, XM_NO_SLOT if it stands in none. */
static __always_inline const struct xm_rule *xm_find_rule4(const struct xm_pkt *p,
							   const struct xm_rule_key4 *key,
							   __u32 *at)
{
	__u64 want[2], have[2];

	__builtin_memcpy(want, key, sizeof(want));
	for (__u32 choice = 0; choice < XM_HASH_CHOICES; choice++) {
		__u32 slot = xm_slot(&p->cfg->rules4, choice, want, 2);
		const struct xm_rule_row4 *row = bpf_map_lookup_elem(&xm_rules4, &slot);

		if (!row)
			continue;
		__builtin_memcpy(have, &row->key, sizeof(have));
		if (have[0] == want[0] && have[1] == want[1]) {
			*at = slot;
			return &row->rule;
		}
	}
	return NULL;
}

static __always_inline const struct xm_rule *xm_match4(const struct xm_pkt *p, __be32 from,
						       __be32 to, __u32 vni, __u32 protocol,
						       __u32 port, __u32 *best_slot)
{
	__u32 port_class = xm_port_class_of(p, port);
	const struct xm_rule *best = NULL;

	for (__u32 i = 0; i < XM_MAX_SHAPES; i++) {
		const struct xm_shape4 *shape = &p->cfg->shape4[i];
		struct xm_rule_key4 key;
		const struct xm_rule *rule;
		__u32 slot = XM_NO_SLOT;

		if (i >= p->cfg->shape4_count || (best && best->rank < shape->best_rank))
			break;
		key.from = from & shape->from_mask;
		key.to = to & shape->to_mask;
		key.vni = vni & shape->vni_mask;
		key.port = xm_port_in_key(p, shape->port_kind, port, port_class);
		key.protocol = xm_protocol_in_key(p, protocol, shape->protocol_mask);
		key.shape = (__u8)i;
		rule = xm_find_rule4(p, &key, &slot);
		if (rule && (!best || rule->rank < best->rank)) {
			best = rule;
			*best_slot = slot;
		}
	}
	return best;
}

static __always_inline const struct xm_rule *xm_find_rule6(const struct xm_pkt *p,
							   const struct xm_rule_key6 *key,
							   __u32 *at)
{
	__u64 want[5], have[5];

	__builtin_memcpy(want, key, sizeof(want));
	for (__u32 choice = 0; choice < XM_HASH_CHOICES; choice++) {
		__u32 slot = xm_slot(&p->cfg->rules6, choice, want, 5);
		const struct xm_rule_row6 *row = bpf_map_lookup_elem(&xm_rules6, &slot);

		if (!row)
			continue;
		__builtin_memcpy(have, &row->key, sizeof(have));
		if (have[0] == want[0] && have[1] == want[1] && have[2] == want[2] &&
		    have[3] == want[3] && have[4] == want[4]) {
			*at = slot;
			return &row->rule;
		}
	}
	return NULL;
}

static __always_inline void xm_match6(const struct xm_pkt *p, const struct xm_flow *flow,
				      __u32 *best_slot)
{
	__u32 port_class = xm_port_class_of(p, flow->port);
	const struct xm_rule *best = NULL;

	for (__u32 i = 0; i < XM_MAX_SHAPES; i++) {
		const struct xm_shape6 *shape = &p->cfg->shape6[i];
		struct xm_rule_key6 key;
		const struct xm_rule *rule;
		__u32 slot = XM_NO_SLOT;

		if (i >= p->cfg->shape6_count || (best && best->rank < shape->best_rank))
			break;
		for (__u32 word = 0; word < 4; word++) {
			key.from[word] = flow->from[word] & shape->from_mask[word];
			key.to[word] = flow->to[word] & shape->to_mask[word];
		}
		key.vni = flow->vni & shape->vni_mask;
		key.port = xm_port_in_key(p, shape->port_kind, flow->port, port_class);
		key.protocol = xm_protocol_in_key(p, flow->protocol, shape->protocol_mask);
		key.shape = (__u8)i;
		rule = xm_find_rule6(p, &key, &slot);
		if (rule && (!best || rule->rank < best->rank)) {
			best = rule;
			*best_slot = slot;
		}
	}
}

/* The slot of the rule that takes a flow, in the table of its family; XM_NO_SLOT for none. */
__attribute__((noinline, weak)) __u32 xm_match_any(struct xm_flow *flow)
{
	const struct xm_pkt p = {.cfg = xm_constants()};
	__u32 slot = XM_NO_SLOT;

	if (!flow)
		return slot;
	if (flow->family == XM_IPV4)
		xm_match4(&p, flow->from[0], flow->to[0], flow->vni, flow->protocol, flow->port,
			  &slot);
	else
		xm_match6(&p, flow, &slot);
	return slot;
}

static __always_inline const struct xm_rule *xm_match_by_call(const struct xm_pkt *p)
{
	struct xm_flow flow = {.vni = p->vni,
			       .port = p->port,
			       .protocol = p->protocol,
			       .family = (__u32)p->inner_family};
	const struct xm_rule_row4 *row4;
	const struct xm_rule_row6 *row6;
	__u32 slot;

	if (p->inner_family == XM_IPV4) {
		flow.from[0] = p->ip4->saddr;
		flow.to[0] = p->ip4->daddr;
		slot = xm_match_any(&flow);
		row4 = bpf_map_lookup_elem(&xm_rules4, &slot);
		if (!row4)
			return NULL;
		XM_KEEP_CHECKED(row4);
		return &row4->rule;
	}
	__builtin_memcpy(flow.from, &p->ip6->saddr, sizeof(flow.from));
	__builtin_memcpy(flow.to, &p->ip6->daddr, sizeof(flow.to));
	slot = xm_match_any(&flow);
	row6 = bpf_map_lookup_elem(&xm_rules6, &slot);
	if (!row6)
		return NULL;
	XM_KEEP_CHECKED(row6);
	return &row6->rule;
}

static __always_inline enum xm_next xm_stage_match_rule(struct xm_pkt *p)
{
	__u32 slot;

	if (XM_LIKELY(!p->rare && p->inner_family == XM_IPV4))
		p->rule = xm_match4(p, p->ip4->saddr, p->ip4->daddr, p->vni, IPPROTO_UDP,
				    p->port, &slot);
	else
		p->rule = xm_match_by_call(p);
	if (XM_UNLIKELY(!p->rule))
		return xm_drop(p, XM_DROP_NO_RULE);
	xm_remember_if_first(p);
	return XM_CONTINUE;
}

#endif
