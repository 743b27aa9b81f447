/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Incremental Internet checksums, RFC 1624 equation 3: HC' = ~(~HC + ~m + m'). Sums are kept in 32
 * bits and folded once; words are taken as they lie in the packet, so byte order does not matter.
 */
#ifndef XM_CHECKSUM_BPF_H
#define XM_CHECKSUM_BPF_H

#include <linux/types.h>

/* What replacing one 16-bit word adds to the sum. */
static __always_inline __u32 xm_csum_diff16(__be16 before, __be16 after)
{
	return (__u32)(__u16)~before + after;
}

static __always_inline __u32 xm_csum_diff32(__be32 before, __be32 after)
{
	__be32 gone = ~before;

	return (gone & 0xffff) + (gone >> 16) + (after & 0xffff) + (after >> 16);
}

/* The checksum after the replacements that `diff` sums up; at most 2^16 words may be in it. */
static __always_inline __sum16 xm_csum_apply(__sum16 check, __u32 diff)
{
	__u32 sum = (__u32)(__u16)~check + diff;

	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__sum16)~sum;
}

#endif
