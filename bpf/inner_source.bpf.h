/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* May a packet come from this inner source? Not from an address that is on no wire, not from this node,
 * and not from outside the source's exporter prefixes. Plain input is asked only the first: its sender is
 * held against `from`.
 */
#ifndef XM_INNER_SOURCE_BPF_H
#define XM_INNER_SOURCE_BPF_H

#include "bpf/admit.bpf.h"

/* RFC 6890: 0.0.0.0/8, 127.0.0.0/8, and 224.0.0.0/3 with multicast, reserved and broadcast. */
static __always_inline int xm_is_no_source4(__be32 addr)
{
	__u32 first = bpf_ntohl(addr) >> 24;

	return first == 0 || first == 127 || first >= 224;
}

/* RFC 4291 section 2.4: unspecified, loopback, link-local, multicast. */
static __always_inline int xm_is_no_source6(const struct in6_addr *addr)
{
	const __be32 *word = addr->in6_u.u6_addr32;

	if ((word[0] & bpf_htonl(0xff000000)) == bpf_htonl(0xff000000) ||
	    (word[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000))
		return 1;
	return !word[0] && !word[1] && !word[2] && bpf_ntohl(word[3]) <= 1;
}

/* Global functions, for the rare address that passes the filter: see parse_inner.bpf.h. */
__attribute__((noinline, weak)) int xm_is_own4(__be32 addr)
{
	const struct xm_config *cfg = xm_constants();

	for (__u32 i = 0; i < XM_MAX_OWN; i++) {
		if (i >= cfg->own4_count)
			return 0;
		if (addr == cfg->own4[i])
			return 1;
	}
	return 0;
}

__attribute__((noinline, weak)) int xm_is_own6(__be32 first, __be32 second, __be32 third,
					       __be32 fourth)
{
	const struct xm_config *cfg = xm_constants();

	for (__u32 i = 0; i < XM_MAX_OWN; i++) {
		if (i >= cfg->own6_count)
			return 0;
		if (first == cfg->own6[i][0] && second == cfg->own6[i][1] &&
		    third == cfg->own6[i][2] && fourth == cfg->own6[i][3])
			return 1;
	}
	return 0;
}

static __always_inline int xm_may_be_own(const struct xm_pkt *p, __be32 word)
{
	return p->cfg->own_filter >> xm_own_bit(word) & 1;
}

/* The address in words as the trie holds it; IPv4 as ::ffff:a.b.c.d. */
__attribute__((noinline, weak)) int xm_is_exporter(__u32 source, __be32 first, __be32 second,
						   __be32 third, __be32 fourth)
{
	struct xm_exporter_key key = {
		.prefix_bits = (sizeof(key) - sizeof(key.prefix_bits)) * 8,
		.source = bpf_htonl(source),
		.addr = {first, second, third, fourth},
	};
	const struct xm_exporter *exporter = bpf_map_lookup_elem(&xm_exporters, &key);

	return exporter && exporter->allowed;
}

static __always_inline int xm_lists_exporters(const struct xm_pkt *p)
{
	return xm_feature(p, XM_FEATURE_POLICY) && (p->policy & XM_POLICY_EXPORTERS);
}

static __always_inline enum xm_next xm_check_inner_source4(struct xm_pkt *p, __be32 addr)
{
	if (XM_UNLIKELY(xm_is_no_source4(addr)))
		return xm_drop(p, XM_DROP_INNER_SOURCE_INVALID);
	if (xm_feature(p, XM_FEATURE_PLAIN) && p->way == XM_WAY_PLAIN)
		return XM_CONTINUE;
	if (XM_UNLIKELY(xm_may_be_own(p, addr)) && xm_is_own4(addr))
		return xm_drop(p, XM_DROP_LOOP);
	if (xm_lists_exporters(p) && !xm_is_exporter(p->source, 0, 0, bpf_htonl(0xffff), addr))
		return xm_drop(p, XM_DROP_EXPORTER_NOT_ALLOWED);
	return XM_CONTINUE;
}

static __always_inline enum xm_next xm_check_inner_source6(struct xm_pkt *p,
							   const struct in6_addr *addr)
{
	const __be32 *word = addr->in6_u.u6_addr32;

	if (XM_UNLIKELY(xm_is_no_source6(addr)))
		return xm_drop(p, XM_DROP_INNER_SOURCE_INVALID);
	if (xm_feature(p, XM_FEATURE_PLAIN) && p->way == XM_WAY_PLAIN)
		return XM_CONTINUE;
	if (XM_UNLIKELY(xm_may_be_own(p, word[0] ^ word[1] ^ word[2] ^ word[3])) &&
	    xm_is_own6(word[0], word[1], word[2], word[3]))
		return xm_drop(p, XM_DROP_LOOP);
	if (xm_lists_exporters(p) &&
	    (xm_looks_like_ip4(word) ||
	     !xm_is_exporter(p->source, word[0], word[1], word[2], word[3])))
		return xm_drop(p, XM_DROP_EXPORTER_NOT_ALLOWED);
	return XM_CONTINUE;
}

#endif
