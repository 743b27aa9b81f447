/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What every stage shares: the cursor in the packet, what was learned about it, and how a stage
 * says what happens next. A stage never counts, redirects or returns an XDP action. Sections and rules
 * in comments are those of docs/packets.md.
 *
 *   as it came:  | Ethernet | IP | UDP [| Geneve | IP | UDP] | VXLAN | what is inside
 *   decapsulated, and plain input as it came:
 *                | Ethernet [| VLAN] | IP | UDP | payload | rest
 *                start               inner_offset     inner_end    grant_end
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

/* What the rewrite may touch behind the IP header. */
enum xm_transport {
	XM_TRANSPORT_NONE = 0, /* nothing: no checksum over addresses, or not in this fragment */
	XM_TRANSPORT_UDP,
	XM_TRANSPORT_TCP,
	XM_TRANSPORT_UDPLITE, /* as UDP, but never without a checksum: RFC 3828 section 3.1 */
	XM_TRANSPORT_DCCP,    /* checksum only */
	XM_TRANSPORT_ICMP6,   /* checksum only */
};

enum xm_fragment_kind { XM_WHOLE = 0, XM_FIRST_FRAGMENT, XM_LATER_FRAGMENT };

/* What is left to the kernel, which then takes one off the TTL, or has the tc program do it. */
enum xm_kernel_part {
	XM_KERNEL_NONE = 0,
	XM_KERNEL_FRAGMENTS, /* it is larger than its egress */
	XM_KERNEL_ROUTES,    /* its way out is the kernel */
	XM_KERNEL_COPIES,    /* the tc program sends it to all that its rule names: bpf/copies.bpf.c */
};

/* What steers later branches is 64 bits wide, because the verifier (seen: 6.18, clang 14 and 19)
 * follows a constant through the stack only in whole aligned slots, and must know that XM_IPV4 implies
 * a valid ip4.
 */
struct xm_pkt {
	int is_lean;       /* a constant for the compiler: see xm_feature() */
	struct xdp_md *xdp;
	const struct xm_config *cfg;
	void *start, *end; /* of the first buffer; stale after any adjust_head or adjust_tail */
	void *pos;         /* cursor */

	__u64 way;         /* enum xm_way; valid after xm_stage_parse_outer */
	__u32 frame_len;   /* bytes of the frame by its outermost IP length: what the books say */
	__u32 grant_end;   /* offset of the end of what the headers so far grant to those inside */
	__u32 present;     /* bytes of the frame over all its buffers, padding included */

	/* valid after xm_stage_parse_outer, for plain input after xm_stage_parse_inner */
	__u64 sender_family; /* enum xm_family */
	__be32 sender[4];    /* outermost source; IPv4 in sender[0] */

	__u32 vni;         /* valid after xm_stage_parse_vxlan; plain input: above 24 bits */
	__u32 odd_bits;    /* not 0: reserved bits of the VXLAN header are set */

	/* valid after xm_stage_admit, for plain input after xm_stage_claim_plain */
	__u32 source;      /* row of xm_source_book, or XM_NO_ROW */
	__u32 policy;      /* enum xm_policy */

	/* valid after xm_stage_parse_inner */
	__u64 inner_family;  /* enum xm_family */
	__u32 inner_offset;  /* offset of the inner IP header */
	__u32 inner_len;     /* bytes of the inner IP packet: by its own length, of a cut one what is left */
	struct iphdr *ip4;   /* set for XM_IPV4 */
	struct ipv6hdr *ip6; /* set for XM_IPV6 */
	struct xm_scratch *rare; /* set for anything but whole, untagged UDP in plain IP: parse_inner.bpf.h */
	__u64 transport;     /* enum xm_transport */
	void *l4;            /* header of the transport; not set for rare packets */
	__u32 l4_offset;     /* of that header in the frame */
	__u32 l4_bytes;      /* from there to the end of the IP packet, of a cut one what is left */
	__u32 protocol;      /* IPPROTO_* */
	__u32 port;          /* inner destination, host order; 0: none */
	__u32 from_port;     /* inner source likewise; set with XM_FEATURE_BALANCE_PORTS */
	__u64 fragment;      /* enum xm_fragment_kind */
	__be32 fragment_id;
	__u32 truncated;     /* not 0: the inner packet was cut */

	const struct xm_rule *rule;           /* valid after xm_stage_match_rule */
	const struct xm_collector *collector; /* valid after xm_stage_select_collector */
	const struct xm_next_hop *next_hop;   /* likewise */
	__u64 to_kernel;    /* enum xm_kernel_part */

	__u32 reason;      /* with XM_DROP: enum xm_drop_reason */
	__u32 pass_reason; /* with XM_PASS: enum xm_pass_reason */
	__u32 notes;       /* bit n: enum xm_note n */
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
	p->pass_reason = why;
	return XM_PASS;
}

static __always_inline void xm_note(struct xm_pkt *p, enum xm_note what)
{
	p->notes |= 1U << what;
}

/* Offset of a pointer into the first buffer. */
static __always_inline __u32 xm_offset(const struct xm_pkt *p, const void *at)
{
	return (__u32)((long)at - (long)p->start);
}

/* Keeps the compiler from moving arithmetic on a looked-up pointer before its check. Seen: clang 14 makes
 * one select of both, and 6.18 refuses (`pointer arithmetic on map_value_or_null prohibited`).
 */
#define XM_KEEP_CHECKED(pointer) asm volatile("" : "+r"(pointer))

/* Moves the cursor to a pointer that the compiler must not compute anew: the verifier knows bounds only
 * of the very register that was compared with the end. Seen: clang 14 and 19 add a variable header length
 * a second time, and 6.18 then refuses the load (`R3 offset is outside of the packet`).
 */
static __always_inline void xm_move_to(struct xm_pkt *p, void *at)
{
	asm volatile("" : "+r"(at));
	p->pos = at;
}

/* Are `bytes` at `at` granted by the headers so far, and in the first buffer? */
#define XM_NEED(p, at, bytes)                                                                      \
	(XM_UNLIKELY(xm_offset(p, at) + (bytes) > (p)->grant_end) ? XM_DROP_INNER_MALFORMED :      \
	 XM_UNLIKELY((void *)(at) + (bytes) > (p)->end) ? XM_DROP_HEADERS_NOT_LINEAR :             \
							  XM_DROP_NONE)

static __always_inline void xm_packet_refresh(struct xm_pkt *p)
{
	p->start = (void *)(long)p->xdp->data;
	p->end = (void *)(long)p->xdp->data_end;
	p->pos = p->start;
}

/* These strip bytes and refresh the cursor; nobody calls the raw helpers. All header pointers are dead
 * afterwards. Return 0 or a negative errno.
 */
static __always_inline int xm_packet_strip_head(struct xm_pkt *p, __u32 bytes)
{
	long err = bpf_xdp_adjust_head(p->xdp, (int)bytes);

	xm_packet_refresh(p);
	p->grant_end -= bytes;
	p->present -= bytes;
	return (int)err;
}

static __always_inline int xm_packet_strip_tail(struct xm_pkt *p, __u32 bytes)
{
	long err = bpf_xdp_adjust_tail(p->xdp, -(int)bytes);

	xm_packet_refresh(p);
	p->present -= bytes;
	return (int)err;
}

#endif
