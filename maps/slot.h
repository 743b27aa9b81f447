/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The slot of a key in a two-choice table: the one hash function that data plane and loader share.
 * Multiply-shift over 64-bit words; the table's multipliers make it collision-free for its keys.
 */
#ifndef XM_SLOT_H
#define XM_SLOT_H

#include "maps/layout.h"

static inline __attribute__((always_inline)) __u32 xm_slot(const struct xm_hash *hash,
							   __u32 choice, const __u64 *words,
							   __u32 count)
{
	__u64 sum = 0;

	for (__u32 i = 0; i < count; i++)
		sum += words[i] * hash->multiplier[choice][i];
	return (__u32)(sum >> hash->shift);
}

/* One of 64 bits for an IPv4 address, or for the four words of an IPv6 address under xor. */
static inline __attribute__((always_inline)) __u32 xm_own_bit(__u32 word)
{
	return (word * 0x9e3779b1U) >> 26;
}

#endif
