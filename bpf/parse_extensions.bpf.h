/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Part of the inner parse: the way from the IPv6 header to the transport, RFC 8200 section 4, and what a
 * fragment may look like in either family.
 */
#ifndef XM_PARSE_EXTENSIONS_BPF_H
#define XM_PARSE_EXTENSIONS_BPF_H

#include "bpf/ip.bpf.h"

#define XM_LARGEST_PACKET 65535
#define XM_MAX_L4_OFFSET 0x3fff /* of a transport's header: more than six extension headers reach */

static __always_inline int xm_is_extension(__u32 nexthdr)
{
	return xm_is_options(nexthdr) || nexthdr == IPPROTO_FRAGMENT ||
	       nexthdr == IPPROTO_ROUTING || nexthdr == IPPROTO_AH || nexthdr == IPPROTO_MH;
}

/* May a fragment have `bytes` behind its headers? `offset` counts 8 bytes; `header` are the bytes that
 * it shares with the others and that count for the size of the whole.
 */
static __always_inline int xm_is_fragment(__u32 offset, __u32 more, __u32 bytes, __u32 header)
{
	if (more && (!bytes || (bytes & 7)))
		return 0;
	return offset * 8 + bytes + header <= XM_LARGEST_PACKET;
}

/* At p->pos stands a fragment header, `left` bytes before the end of the packet. */
static __always_inline enum xm_next xm_parse_fragment6(struct xm_pkt *p, __u32 left)
{
	const struct xm_fragmenthdr *header = p->pos;
	__u32 field = bpf_ntohs(header->offset_more);

	if (!(field & 0xfff9)) /* neither offset nor more: whole, RFC 6946 */
		return XM_CONTINUE;
	if (p->truncated)
		return xm_drop(p, XM_DROP_INNER_TRUNCATED);
	if (!xm_is_fragment(field >> 3, field & 1, left - sizeof(*header), 0))
		return xm_drop(p, XM_DROP_FRAGMENT_MALFORMED);
	p->fragment = field >> 3 ? XM_LATER_FRAGMENT : XM_FIRST_FRAGMENT;
	p->fragment_id = header->id;
	return XM_CONTINUE;
}

/* Moves p->pos to the transport, which *nexthdr then names, with *left bytes of the packet from there
 * on. Ends at a later fragment, whose transport is not there.
 */
static __always_inline enum xm_next xm_walk_extensions(struct xm_pkt *p, __u32 *nexthdr,
						       __u32 *left)
{
	int had_fragment = 0;

	for (__u32 i = 0; i < XM_MAX_EXTENSIONS; i++) {
		const struct xm_optionshdr *header = p->pos;
		enum xm_drop_reason short_of;
		__u32 bytes = sizeof(*header);
		enum xm_next next;

		if (*nexthdr == IPPROTO_FRAGMENT && had_fragment)
			return xm_drop(p, XM_DROP_INNER_EXTENSION);
		if (*nexthdr != IPPROTO_FRAGMENT && !xm_is_options(*nexthdr))
			break;
		short_of = XM_NEED(p, header, sizeof(*header));
		if (*left < bytes || short_of)
			return xm_drop(p, *left < bytes ? XM_DROP_INNER_MALFORMED : short_of);
		if (*nexthdr == IPPROTO_FRAGMENT) {
			had_fragment = 1;
			next = xm_parse_fragment6(p, *left);
			if (next != XM_CONTINUE)
				return next;
		} else {
			bytes += header->words * 8;
			short_of = XM_NEED(p, header, bytes);
			if (*left < bytes || short_of)
				return xm_drop(p, *left < bytes ? XM_DROP_INNER_MALFORMED : short_of);
		}
		*nexthdr = header->nexthdr;
		*left -= bytes;
		xm_move_to(p, (void *)header + bytes);
		if (p->fragment == XM_LATER_FRAGMENT)
			return XM_CONTINUE;
	}
	return xm_is_extension(*nexthdr) ? xm_drop(p, XM_DROP_INNER_EXTENSION) : XM_CONTINUE;
}

#endif
