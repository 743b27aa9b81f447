/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the headers of Ethernet and IP have in common wherever they stand: tags, options, fragments. */
#ifndef XM_IP_BPF_H
#define XM_IP_BPF_H

#include "bpf/config.bpf.h"

#define XM_IP4_FRAGMENT 0x3fff        /* MF flag or an offset, RFC 791 section 3.1 */
#define XM_IP4_FRAGMENT_OFFSET 0x1fff /* in units of 8 bytes */
#define XM_IP4_MORE_FRAGMENTS 0x2000
#define XM_IP4_DONT_FRAGMENT 0x4000

#define XM_MAX_TAGS 2       /* VLAN tags, outside and inside */
#define XM_MAX_EXTENSIONS 6 /* IPv6 extension headers, RFC 8200 section 4 */

struct xm_vlanhdr {
	__be16 tci;
	__be16 proto; /* ETH_P_* of what follows */
};

/* RFC 8200 section 4.2: options headers; the fragment header begins alike. */
struct xm_optionshdr {
	__u8 nexthdr;
	__u8 words; /* of 8 bytes, beyond the first */
	__u8 rest[6];
};

/* RFC 8200 section 4.5. */
struct xm_fragmenthdr {
	__u8 nexthdr;
	__u8 reserved;
	__be16 offset_more; /* 13 bits offset in units of 8 bytes, 2 reserved, 1 more fragments */
	__be32 id;
};

static __always_inline int xm_is_tag(__be16 proto)
{
	return proto == bpf_htons(ETH_P_8021Q) || proto == bpf_htons(ETH_P_8021AD);
}

static __always_inline int xm_is_options(__u32 nexthdr)
{
	return nexthdr == IPPROTO_HOPOPTS || nexthdr == IPPROTO_DSTOPTS;
}

#endif
