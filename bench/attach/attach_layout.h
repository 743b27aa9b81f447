/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the attach experiment's programs share with their driver: one configuration's tables, and the
 * marks by which the sink tells which configuration (generation) handled a packet. Every mark comes
 * out of another place of the configuration, so a packet that met two generations shows two marks.
 */
#ifndef XM_ATTACH_LAYOUT_H
#define XM_ATTACH_LAYOUT_H

#include <linux/types.h>

enum xm_att_size {
	XM_ATT_RULES = 10000, /* entries of the rule table */
	XM_ATT_HOPS = 16,     /* entries of the next-hop table */
	XM_ATT_SLOTS = 2,     /* generations side by side behind an index */
};

struct xm_att_key {
	__u32 vni;
	__be32 exporter; /* inner source */
};

struct xm_att_rule {
	__be32 addr;     /* 10.77.0.0 + generation: the first mark */
	__be16 udp_port; /* the second mark */
	__u16 hop;       /* row of the next-hop table */
};

/* The same with a longer value, as a later layout would have it. */
struct xm_att_wide_rule {
	struct xm_att_rule rule;
	__u8 collector6[16];
	__u64 flags;
};

struct xm_att_hop {
	__u8 to[6];    /* its last two bytes are the third mark */
	__u8 from[6];
	__u32 egress;  /* key of the devmap */
};

/* What read-only constants hold where one configuration is one program. */
struct xm_att_settings {
	__u32 vni;
	__u8 decap; /* 1: strip the outer headers; 0: the frame is the inner one already */
	__u8 ttl;   /* the fourth mark, written to every packet */
	__u8 pad[2];
};

enum xm_att_count {
	XM_ATT_RECEIVED,   /* VXLAN that reached the program */
	XM_ATT_FORWARDED,
	XM_ATT_NOT_OURS,   /* passed, not in RECEIVED */
	XM_ATT_NO_VNI,
	XM_ATT_NO_RULE,
	XM_ATT_NO_HOP,
	XM_ATT_NO_ROOM,    /* adjust_head refused */
	XM_ATT_NO_PROGRAM, /* the tail call fell through; not in RECEIVED */
	XM_ATT_COUNTS
};

/* What the sink saw, per CPU. */
struct xm_att_tally {
	__u64 packets;  /* with our destination */
	__u64 mixed;    /* of packets: marks of more than one generation */
	__u64 stale;    /* of packets: an older generation than the packet before */
	__u64 switches; /* of packets: another generation than the packet before */
	__u32 last;     /* generation of the newest packet */
	__u32 pad;
};

static inline __u16 xm_att_port(__u32 generation)
{
	return (__u16)(1024 + generation % 50000);
}

static inline __u8 xm_att_ttl(__u32 generation)
{
	return (__u8)(1 + generation % 250);
}

#ifdef __cplusplus
#define XM_ATT_LAYOUT(type, bytes) static_assert(sizeof(type) == (bytes))
#else
#define XM_ATT_LAYOUT(type, bytes) _Static_assert(sizeof(struct type) == (bytes), #type)
#endif
XM_ATT_LAYOUT(xm_att_key, 8);
XM_ATT_LAYOUT(xm_att_rule, 8);
XM_ATT_LAYOUT(xm_att_wide_rule, 32);
XM_ATT_LAYOUT(xm_att_hop, 16);
XM_ATT_LAYOUT(xm_att_settings, 8);
XM_ATT_LAYOUT(xm_att_tally, 40);

#endif
