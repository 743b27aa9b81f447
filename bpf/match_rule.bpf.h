/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stage 5, rule: one table lookup for each shape (combination of matched fields) that the profile uses,
 * however many rules share it. Shapes come in order of their best rank, so the first hit that no
 * later shape can beat ends the search.
 */
#ifndef XM_MATCH_RULE_BPF_H
#define XM_MATCH_RULE_BPF_H

#include "bpf/config.bpf.h"
#include "bpf/tables.bpf.h"
#include "maps/slot.h"

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

static __always_inline const struct xm_rule *xm_find_rule4(const struct xm_pkt *p,
							      const struct xm_rule_key4 *key)
{
	__u64 want[2], have[2];

	__builtin_memcpy(want, key, sizeof(want));
	for (__u32 choice = 0; choice < XM_HASH_CHOICES; choice++) {
		__u32 slot = xm_slot(&p->cfg->rules4, choice, want, 2);
		const struct xm_rule_row4 *row = bpf_map_lookup_elem(&xm_rules4, &slot);

		if (!row)
			continue;
		__builtin_memcpy(have, &row->key, sizeof(have));
		if (have[0] == want[0] && have[1] == want[1])
			return &row->rule;
	}
	return NULL;
}

static __always_inline const struct xm_rule *xm_match4(const struct xm_pkt *p)
{
	__u32 port = bpf_ntohs(p->udp->dest);
	__u32 port_class = xm_port_class_of(p, port);
	__be32 from = p->ip4->saddr, to = p->ip4->daddr;
	const struct xm_rule *best = NULL;

	for (__u32 i = 0; i < XM_MAX_SHAPES; i++) {
		const struct xm_shape4 *shape = &p->cfg->shape4[i];
		struct xm_rule_key4 key;
		const struct xm_rule *rule;

		if (i >= p->cfg->shape4_count || (best && best->rank < shape->best_rank))
			break;
		key.from = from & shape->from_mask;
		key.to = to & shape->to_mask;
		key.vni = p->vni & shape->vni_mask;
		key.port = xm_port_in_key(p, shape->port_kind, port, port_class);
		key.protocol = IPPROTO_UDP & shape->protocol_mask;
		key.shape = (__u8)i;
		rule = xm_find_rule4(p, &key);
		if (rule && (!best || rule->rank < best->rank))
			best = rule;
	}
	return best;
}

static __always_inline const struct xm_rule *xm_find_rule6(const struct xm_pkt *p,
							      const struct xm_rule_key6 *key)
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
		    have[3] == want[3] && have[4] == want[4])
			return &row->rule;
	}
	return NULL;
}

static __always_inline const struct xm_rule *xm_match6(const struct xm_pkt *p)
{
	__u32 port = bpf_ntohs(p->udp->dest);
	__u32 port_class = xm_port_class_of(p, port);
	const struct xm_rule *best = NULL;
	__be32 from[4], to[4];

	__builtin_memcpy(from, &p->ip6->saddr, sizeof(from));
	__builtin_memcpy(to, &p->ip6->daddr, sizeof(to));
	for (__u32 i = 0; i < XM_MAX_SHAPES; i++) {
		const struct xm_shape6 *shape = &p->cfg->shape6[i];
		struct xm_rule_key6 key;
		const struct xm_rule *rule;

		if (i >= p->cfg->shape6_count || (best && best->rank < shape->best_rank))
			break;
		for (__u32 word = 0; word < 4; word++) {
			key.from[word] = from[word] & shape->from_mask[word];
			key.to[word] = to[word] & shape->to_mask[word];
		}
		key.vni = p->vni & shape->vni_mask;
		key.port = xm_port_in_key(p, shape->port_kind, port, port_class);
		key.protocol = IPPROTO_UDP & shape->protocol_mask;
		key.shape = (__u8)i;
		rule = xm_find_rule6(p, &key);
		if (rule && (!best || rule->rank < best->rank))
			best = rule;
	}
	return best;
}

static __always_inline enum xm_next xm_stage_match_rule(struct xm_pkt *p)
{
	p->rule = p->inner_family == XM_IPV4 ? xm_match4(p) : xm_match6(p);
	return p->rule ? XM_CONTINUE : xm_drop(p, XM_DROP_NO_RULE);
}

#endif
