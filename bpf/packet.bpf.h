/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What every stage shares: the cursor in the packet, what was learned about it, and how a stage
 * says what happens next. A stage never counts, redirects or returns an XDP action.
 *
 *   frame_start                     inner_offset
 *   | outer Ethernet | outer IP | UDP | VXLAN | inner Ethernet | inner IP | UDP | payload | rest
 *                                                                                 inner_end |
 */
#ifndef XM_PACKET_BPF_H
#define XM_PACKET_BPF_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <stddef.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "maps/drop_reasons.h"
#include "maps/layout.h"

#define XM_LIKELY(x) __builtin_expect(!!(x), 1)
#define XM_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* struct ethhdr without its packed attribute, which makes compilers load bytes: frames start at an
 * even address.
 */
struct xm_ethhdr {
	__u8 dst[ETH_ALEN];
	__u8 src[ETH_ALEN];
	__be16 proto; /* ETH_P_* */
};

enum xm_next { XM_CONTINUE, XM_PASS, XM_FORWARD, XM_DROP };

/* The families are 64 bits wide because the verifier (seen: 6.18, clang 14 and 19) follows a constant
 * through the stack only in whole aligned slots, and must know that XM_IPV4 implies a valid ip4.
 */
struct xm_pkt {
	struct xdp_md *xdp;
	const struct xm_config *cfg;
	void *start, *end; /* of the first buffer; stale after any adjust_head or adjust_tail */
	void *pos;         /* cursor */

	/* valid after xm_stage_parse_outer */
	__u32 frame_len;      /* bytes of the frame by its outer IP length, Ethernet header included */
	__u32 outer_end;      /* offset of the end of the outer UDP payload */
	__u64 outer_family;   /* enum xm_family */
	__be32 sender[4];     /* outer source; IPv4 in sender[0] */

	/* valid after xm_stage_decap_vxlan */
	__u32 present;        /* bytes of the frame over all its buffers, padding included */
	__u32 vni;

	__u32 source;         /* row of xm_source_book; valid after xm_stage_admit, else XM_NO_ROW */

	/* valid after xm_stage_parse_inner */
	__u64 inner_family;   /* enum xm_family */
	__u32 inner_offset;   /* offset of the inner IP header */
	__u32 inner_len;      /* bytes of the inner IP packet, by its own length field */
	struct iphdr *ip4;    /* set for XM_IPV4 */
	struct ipv6hdr *ip6;  /* set for XM_IPV6 */
	struct udphdr *udp;

	const struct xm_rule *rule;           /* valid after xm_stage_match_rule */
	const struct xm_collector *collector; /* valid after xm_stage_select_collector */
	const struct xm_next_hop *next_hop;   /* likewise */

	__u32 reason; /* with XM_DROP enum xm_drop_reason, with XM_PASS enum xm_pass_reason */
};

static __always_inline void xm_packet_open(struct xm_pkt *p, struct xdp_md *xdp,
					   const struct xm_config *constants)
{
	p->xdp = xdp;
	p->cfg = constants;
	p->start = (void *)(long)xdp->data;
	p->end = (void *)(long)xdp->data_end;
	p->pos = p->start;
	p->source = XM_NO_ROW;
}

static __always_inline enum xm_next xm_drop(struct xm_pkt *p, enum xm_drop_reason why)
{
	p->reason = why;
	return XM_DROP;
}

static __always_inline enum xm_next xm_pass(struct xm_pkt *p, enum xm_pass_reason why)
{
	p->reason = why;
	return XM_PASS;
}

/* Offset of a pointer into the first buffer. */
static __always_inline __u32 xm_offset(const struct xm_pkt *p, const void *at)
{
	return (__u32)((long)at - (long)p->start);
}

/* Strips `head` bytes in front and `tail` bytes behind and refreshes the cursor; nobody calls the raw
 * helpers. All header pointers are dead afterwards. Returns 0 or a negative errno.
 */
static __always_inline int xm_packet_shrink(struct xm_pkt *p, __u32 head, __u32 tail)
{
	long err = bpf_xdp_adjust_head(p->xdp, (int)head);

	if (!err && tail)
		err = bpf_xdp_adjust_tail(p->xdp, -(int)tail);
	p->start = (void *)(long)p->xdp->data;
	p->end = (void *)(long)p->xdp->data_end;
	p->pos = p->start;
	return (int)err;
}

#endif
