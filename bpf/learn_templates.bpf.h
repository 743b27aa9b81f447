/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* After stage 8, templates: NetFlow v9 (RFC 3954) and IPFIX (RFC 7011) messages that describe what later ones
 * carry are copied for the daemon, which sends them to the collector that an exporter moves to. Nothing
 * changes for the packet itself.
 */
#ifndef XM_LEARN_TEMPLATES_BPF_H
#define XM_LEARN_TEMPLATES_BPF_H

#include "bpf/books.bpf.h"
#include "bpf/config.bpf.h"
#include "bpf/memory.bpf.h"

enum xm_export {
	XM_EXPORT_V9 = 9,           /* RFC 3954 section 5.1 */
	XM_EXPORT_V9_HEADER = 20,   /* bytes */
	XM_EXPORT_IPFIX = 10,       /* RFC 7011 section 3.1 */
	XM_EXPORT_IPFIX_HEADER = 16,
	XM_EXPORT_LAST_TEMPLATE = 3, /* v9 FlowSet 0 and 1, IPFIX Set 2 and 3; data from 256 */
	XM_EXPORT_SETS = 32,        /* that are looked at in a message */
	XM_EXPORT_REACH = 9216,     /* bytes of a frame likewise */
	XM_EXPORT_LINE = 32,        /* bytes that are copied at once */
};

/* A FlowSet or Set: RFC 3954 section 5.2, RFC 7011 section 3.3.2. */
struct xm_export_set {
	__be16 id;
	__be16 bytes; /* header included */
};

/* Is there a template in the message from `at` up to `end`, both offsets in the frame? Sets beyond the first
 * buffer are not looked at. A global function: see parse_inner.bpf.h.
 */
__attribute__((noinline, weak)) int xm_has_templates(struct xdp_md *xdp, __u32 at, __u32 end)
{
	void *start = (void *)(long)xdp->data, *limit = (void *)(long)xdp->data_end;

	for (int i = 0; i < XM_EXPORT_SETS; i++) {
		struct xm_export_set *set;
		__u32 bytes;

		asm volatile("" : "+r"(at)); /* the number that is compared is the one that is used */
		if (at > XM_EXPORT_REACH || at + sizeof(*set) > end)
			return 0;
		set = start + at;
		if ((void *)(set + 1) > limit)
			return 0;
		if (bpf_ntohs(set->id) <= XM_EXPORT_LAST_TEMPLATE)
			return 1;
		bytes = bpf_ntohs(set->bytes);
		if (bytes < sizeof(*set))
			return 0;
		at += bytes;
	}
	return 0;
}

/* What is copied, for the global function below. */
struct xm_copy {
	__u32 at;      /* offset in the frame: the IP header */
	__u32 payload; /* likewise, of the UDP payload */
	__u32 bytes;   /* from the IP header on */
	__u32 rule;    /* row of xm_rule_book */
	__u32 part;    /* of xm_templates */
	__u32 frame_len; /* what the books say */
	__u32 flags;   /* enum xm_rule_flag; with the next one, for xm_learn_rarely() */
	__u32 unfit;   /* not 0: no whole UDP packet */
};

/* From the first buffer, line by line, and the last one as far from the end as it is long, so that it may overlap.
 * Words of 2 bytes, since IP headers start at an even address. Kernels before 5.18 have no helper for it. False
 * if the buffer ends before. A message with templates is longer than a line.
 */
static __always_inline int xm_copy_lines(struct xdp_md *xdp, __u32 at, __u32 bytes, __u8 *to)
{
	void *limit = (void *)(long)xdp->data_end;
	__u32 last = bytes - XM_EXPORT_LINE;
	__u8 *from;

	asm volatile("" : "+r"(at));
	asm volatile("" : "+r"(last));
	if (at > XM_EXPORT_REACH || last > XM_TEMPLATE_BYTES - XM_EXPORT_LINE)
		return 0;
	from = (void *)(long)xdp->data + at;
	for (__u32 i = 0; i < XM_TEMPLATE_BYTES - XM_EXPORT_LINE && i < last; i += XM_EXPORT_LINE) {
		__u8 *line = from + i;

		asm volatile("" : "+r"(line)); /* the pointer that is compared is the one that is used */
		if ((void *)(line + XM_EXPORT_LINE) > limit)
			return 0;
		for (__u32 word = 0; word < XM_EXPORT_LINE; word += 2)
			*(__u16 *)(to + i + word) = *(__u16 *)(line + word);
	}
	from += last;
	asm volatile("" : "+r"(from));
	if ((void *)(from + XM_EXPORT_LINE) > limit)
		return 0;
	for (__u32 byte = 0; byte < XM_EXPORT_LINE; byte++)
		to[last + byte] = from[byte];
	return 1;
}

static __always_inline int xm_copy_up(struct xdp_md *xdp, const struct xm_copy *copy)
{
	struct xm_template_packet *record;
	__u32 row = copy->part;
	void *ring = bpf_map_lookup_elem(&xm_templates, &row);

	if (!ring || copy->bytes > XM_TEMPLATE_BYTES)
		return 0;
	record = bpf_ringbuf_reserve(ring, sizeof(*record), 0);
	if (!record)
		return 0;
	record->rule = copy->rule;
	record->bytes = (__u16)copy->bytes;
	record->payload = (__u16)(copy->payload - copy->at);
	if (!xm_copy_lines(xdp, copy->at, copy->bytes, record->packet)) {
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
		return 0;
	}
	/* nobody is woken: the daemon comes by */
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return 1;
}

/* Counts the note itself: if it left one to the verdict, the verifier would walk all later stages once for each. A
 * global function: see parse_inner.bpf.h.
 */
__attribute__((noinline, weak)) int xm_hand_up(struct xdp_md *xdp, const struct xm_copy *copy)
{
	struct xm_note_counts *counts;
	__u32 row = 0;
	int copied;

	if (!copy)
		return 0;
	copied = xm_copy_up(xdp, copy);
	counts = bpf_map_lookup_elem(&xm_notes, &row);
	if (counts)
		xm_count(copied ? &counts->templates_seen : &counts->templates_missed, copy->frame_len);
	return 0;
}

/* The offset of a message's first set in the frame, 0 if there is none or if it is data to the very end, as in
 * nearly every message: that is all that most packets are asked.
 */
static __always_inline __u32 xm_sets_to_look_at(const struct xm_pkt *p, __u32 udp)
{
	struct xm_export_set *set;
	__be16 *version;
	__u32 header;

	asm volatile("" : "+r"(udp));
	if (udp > XM_EXPORT_REACH)
		return 0;
	version = p->start + udp + sizeof(struct udphdr);
	if ((void *)version + XM_EXPORT_V9_HEADER + sizeof(*set) > p->end)
		return 0;
	if (*version == bpf_htons(XM_EXPORT_V9))
		header = XM_EXPORT_V9_HEADER;
	else if (*version == bpf_htons(XM_EXPORT_IPFIX))
		header = XM_EXPORT_IPFIX_HEADER;
	else
		return 0;
	set = (void *)version + header;
	header += udp + sizeof(struct udphdr);
	if (XM_LIKELY(bpf_ntohs(set->id) > XM_EXPORT_LAST_TEMPLATE &&
		      header + bpf_ntohs(set->bytes) == p->inner_offset + p->inner_len))
		return 0;
	return header;
}

/* All of it in one call, for journeys with features that most do without: the verifier walks what follows for
 * each way through this, and there is one. A global function: see parse_inner.bpf.h.
 */
__attribute__((noinline, weak)) int xm_learn_rarely(struct xdp_md *xdp, const struct xm_copy *copy)
{
	void *start = (void *)(long)xdp->data, *limit = (void *)(long)xdp->data_end;
	__be16 *version;
	__u32 at;

	if (!copy || copy->unfit || !(copy->flags & XM_RULE_TEMPLATES))
		return 0;
	at = copy->payload;
	asm volatile("" : "+r"(at));
	if (at > XM_EXPORT_REACH)
		return 0;
	version = start + at;
	if ((void *)(version + 1) > limit)
		return 0;
	if (*version == bpf_htons(XM_EXPORT_V9))
		at += XM_EXPORT_V9_HEADER;
	else if (*version == bpf_htons(XM_EXPORT_IPFIX))
		at += XM_EXPORT_IPFIX_HEADER;
	else
		return 0;
	if (xm_has_templates(xdp, at, copy->at + copy->bytes))
		xm_hand_up(xdp, copy);
	return 0;
}

static __always_inline void xm_learn_from(struct xm_pkt *p)
{
	__u32 udp = p->rare ? p->l4_offset : xm_offset(p, p->l4);
	struct xm_copy copy;
	__u32 sets = 0;

	if (p->is_lean) {
		sets = xm_sets_to_look_at(p, udp);
		if (XM_LIKELY(!sets))
			return;
	}
	copy.at = p->inner_offset;
	copy.payload = udp + sizeof(struct udphdr);
	copy.bytes = p->inner_len;
	copy.rule = p->rule->book;
	copy.part = xm_memory_part(p);
	copy.frame_len = p->frame_len;
	copy.flags = p->rule->flags;
	copy.unfit = (__u32)(p->transport ^ XM_TRANSPORT_UDP) | (__u32)p->fragment | p->truncated;
	if (!p->is_lean)
		xm_learn_rarely(p->xdp, &copy);
	else if (xm_has_templates(p->xdp, sets, copy.at + copy.bytes))
		xm_hand_up(p->xdp, &copy);
}

/* Always goes on. Messages in fragments or cut short are not whole, so not learned. */
static __always_inline enum xm_next xm_stage_learn_templates(struct xm_pkt *p)
{
	if (!xm_feature(p, XM_FEATURE_TEMPLATES))
		return XM_CONTINUE;
	if (!p->is_lean) {
		xm_learn_from(p);
		return XM_CONTINUE;
	}
	if (!(p->rule->flags & XM_RULE_TEMPLATES))
		return XM_CONTINUE;
	if (XM_LIKELY(p->transport == XM_TRANSPORT_UDP && p->fragment == XM_WHOLE && !p->truncated))
		xm_learn_from(p);
	return XM_CONTINUE;
}

#endif
