/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A UDP checksum from nothing (RFC 768, RFC 8200 section 8.1), for sources whose sums cannot be trusted
 * and for cut packets. The datagram is copied in pieces, since it may lie in several buffers. Only
 * profiles that ask for it have this code.
 */
#ifndef XM_RECOMPUTE_BPF_H
#define XM_RECOMPUTE_BPF_H

#include "bpf/checksum.bpf.h"
#include "bpf/config.bpf.h"
#include "bpf/ip.bpf.h"
#include "bpf/scratch.bpf.h"

struct xm_sum_walk {
	struct xdp_md *xdp;
	__u8 *piece;  /* xm_scratch.piece */
	__u32 offset; /* of the next byte in the frame */
	__u32 left;   /* bytes to go */
	__u32 sum;
};

/* One piece of the walk; 1 ends it. */
static long xm_sum_piece(__u32 number __attribute__((unused)), struct xm_sum_walk *walk)
{
	__u32 bytes = walk->left < XM_PIECE ? walk->left : XM_PIECE;
	__s64 sum;

	if (bytes == 0)
		return 1;
	/* 6.1 does not learn from a comparison with 0, so it is shown a range of 1 to XM_PIECE */
	bytes--;
	asm volatile("" : "+r"(bytes));
	bytes = (bytes & (XM_PIECE - 1)) + 1;
	if (bpf_xdp_load_bytes(walk->xdp, walk->offset, walk->piece, bytes))
		return 1;
	/* the helper sums whole words of 4 bytes */
	for (__u32 i = 0; i < 3; i++)
		walk->piece[bytes + i] = 0;
	sum = bpf_csum_diff(NULL, 0, (__be32 *)walk->piece, (bytes + 3) & ~3U, walk->sum);
	walk->sum = (__u32)sum;
	walk->offset += bytes;
	walk->left -= bytes;
	return walk->left == 0;
}

/* Of the 16-bit words of an address of `words` 32-bit words, as they lie in the packet. */
static __always_inline __u32 xm_sum_words(const __be32 *word, __u32 words)
{
	__u32 sum = 0;

	for (__u32 i = 0; i < words; i++)
		sum += (word[i] & 0xffff) + (word[i] >> 16);
	return sum;
}

/* Header and lengths are as they will be sent. Bytes beyond the UDP length do not count. */
static __always_inline void xm_recompute_udp(struct xdp_md *xdp, struct xm_scratch *scratch,
					     struct udphdr *udp)
{
	void *start = (void *)(long)xdp->data, *end = (void *)(long)xdp->data_end;
	struct xm_sum_walk walk = {
		.xdp = xdp,
		.piece = scratch->piece,
		.offset = scratch->inner.l4_offset,
		.left = bpf_ntohs(udp->len),
		.sum = bpf_htons(IPPROTO_UDP) + udp->len,
	};
	__sum16 check;
	void *ip;

	if (scratch->inner.inner_offset > XM_MAX_TAGS * sizeof(struct xm_vlanhdr) + ETH_HLEN)
		return;
	ip = start + scratch->inner.inner_offset;
	if (scratch->inner.family == XM_IPV4) {
		struct iphdr *ip4 = ip;

		if ((void *)(ip4 + 1) > end)
			return;
		walk.sum += xm_sum_words(&ip4->saddr, 2); /* destination follows source */
	} else {
		struct ipv6hdr *ip6 = ip;

		if ((void *)(ip6 + 1) > end)
			return;
		walk.sum += xm_sum_words(ip6->saddr.in6_u.u6_addr32, 8);
	}
	udp->check = 0;
	bpf_loop(XM_LARGEST_PACKET / XM_PIECE + 1, xm_sum_piece, &walk, 0);
	check = xm_csum_apply((__sum16)~0, walk.sum);
	udp->check = check ? check : (__sum16)0xffff;
}

#endif
