/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The marks by which the sink tells which configuration (generation) handled a packet. Each comes
 * out of another place of the configuration, so a packet that met two of them shows two generations:
 *
 *   collector  10.A.g.g, A from XM_MARK_FIXED: the generation is g.g
 *   rule       destination port xm_mark_port(g)
 *   next hop   destination MAC 02:77:s:0:g:g, s the number of the sink's device
 *   egress     the device it came out of, which is that s
 *
 * Collectors from XM_MARK_RESOLVED on have a next hop that the kernel knows: any MAC but
 * 02:77:.., no s.
 */
#ifndef XM_ENDURANCE_MARKS_H
#define XM_ENDURANCE_MARKS_H

#include <linux/types.h>

enum xm_mark {
	XM_MARK_FIXED = 77,
	XM_MARK_RESOLVED = 85,
	XM_MARK_END = 93,
};

enum xm_load_limit { XM_LOAD_SINKS = 4 };

/* What the sink saw on one device, per CPU. */
struct xm_load_tally {
	__u64 packets;      /* to a collector of any generation */
	__u64 mixed;        /* of packets: marks of more than one generation */
	__u64 mixed_port;   /* of mixed, what differs from the address; may be several */
	__u64 mixed_mac;
	__u64 mixed_device;
	__u64 stale;        /* of packets: an older generation than the one before */
	__u64 switches;     /* of packets: another generation than the one before */
	__u64 other;        /* anything else that came */
	__u32 last;         /* generation of the newest packet */
	__u32 pad;
};

static inline __u16 xm_mark_port(__u32 generation)
{
	return (__u16)(1024 + generation % 50000);
}

#ifdef __cplusplus
static_assert(sizeof(xm_load_tally) == 72);
#else
_Static_assert(sizeof(struct xm_load_tally) == 72, "xm_load_tally");
#endif

#endif
