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

/* A message in its packet, for the global functions below. */
struct xm_message {
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

static __always_inline int xm_hand_up_whole(struct xdp_md *xdp, const struct xm_message *message)
{
	struct xm_template_packet *record;
	__u32 row = message->part;
	void *ring = bpf_map_lookup_elem(&xm_templates, &row);

	if (!ring || message->bytes > XM_TEMPLATE_BYTES)
		return 0;
	record = bpf_ringbuf_reserve(ring, sizeof(*record), 0);
	if (!record)
		return 0;
	record->rule = message->rule;
	record->bytes = (__u16)message->bytes;
	record->payload = (__u16)(message->payload - message->at);
	if (!xm_copy_lines(xdp, message->at, message->bytes, record->packet)) {
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
__attribute__((noinline, weak)) int xm_hand_up(struct xdp_md *xdp, const struct xm_message *message)
{
	struct xm_note_counts *counts;
	__u32 row = 0;
	int copied;

	if (!message)
		return 0;
	copied = xm_hand_up_whole(xdp, message);
	counts = bpf_map_lookup_elem(&xm_notes, &row);
	if (counts)
		xm_count(copied ? &counts->templates_seen : &counts->templates_missed, message->frame_len);
	return 0;
}

/* Bytes of the header of a version; 0: it is none whose messages carry templates. */
static __always_inline __u32 xm_export_header(__be16 version)
{
	return version == bpf_htons(XM_EXPORT_V9)    ? XM_EXPORT_V9_HEADER :
	       version == bpf_htons(XM_EXPORT_IPFIX) ? XM_EXPORT_IPFIX_HEADER :
						       0;
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
	header = xm_export_header(*version);
	if (!header)
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
__attribute__((noinline, weak)) int xm_learn_rarely(struct xdp_md *xdp, const struct xm_message *message)
{
	void *start = (void *)(long)xdp->data, *limit = (void *)(long)xdp->data_end;
	__u32 at, header;
	__be16 *version;

	if (!message || message->unfit || !(message->flags & XM_RULE_TEMPLATES))
		return 0;
	at = message->payload;
	asm volatile("" : "+r"(at));
	if (at > XM_EXPORT_REACH)
		return 0;
	version = start + at;
	if ((void *)(version + 1) > limit)
		return 0;
	header = xm_export_header(*version);
	if (!header)
		return 0;
	at += header;
	if (xm_has_templates(xdp, at, message->at + message->bytes))
		xm_hand_up(xdp, message);
	return 0;
}

static __always_inline void xm_learn_from(struct xm_pkt *p)
{
	__u32 udp = p->rare ? p->l4_offset : xm_offset(p, p->l4);
	struct xm_message message;
	__u32 sets = 0;

	if (p->is_lean) {
		sets = xm_sets_to_look_at(p, udp);
		if (XM_LIKELY(!sets))
			return;
	}
	message.at = p->inner_offset;
	message.payload = udp + sizeof(struct udphdr);
	message.bytes = p->inner_len;
	message.rule = p->rule->book;
	message.part = xm_memory_part(p);
	message.frame_len = p->frame_len;
	message.flags = p->rule->flags;
	message.unfit = (__u32)(p->transport ^ XM_TRANSPORT_UDP) | (__u32)p->fragment | p->truncated;
	if (!p->is_lean)
		xm_learn_rarely(p->xdp, &message);
	else if (xm_has_templates(p->xdp, sets, message.at + message.bytes))
		xm_hand_up(p->xdp, &message);
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
