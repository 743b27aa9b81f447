/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The hash by which a pool's packets are spread over its slots, and by which config/maglev.cpp lays the slots
 * out. Defined on bytes as on the wire in docs/balance.md, the same on every node and every CPU, and fixed:
 * a change moves every exporter of every user. Golden vectors: selftests/unit/pools/golden.txt.
 */
#ifndef XM_FLOW_HASH_H
#define XM_FLOW_HASH_H

#include "maps/layout.h"

#define XM_FLOW_FN static inline __attribute__((always_inline))

/* 2^64 divided by the golden ratio, odd: any constant that is not 0 would do. */
#define XM_FLOW_START 0x9e3779b97f4a7c15ULL

/* Every bit of the word changes every bit of the result: the 64-bit finalizer of MurmurHash3 (Austin
 * Appleby, public domain). A permutation, so that distinct IPv4 addresses have distinct hashes.
 */
XM_FLOW_FN __u64 xm_flow_add(__u64 hash, __u64 word)
{
	hash ^= word;
	hash ^= hash >> 33;
	hash *= 0xff51afd7ed558ccdULL;
	hash ^= hash >> 33;
	hash *= 0xc4ceb9fe1a85ec53ULL;
	return hash ^ (hash >> 33);
}

/* Four bytes as on the wire, as the number that they are read as: 10.0.0.1 is 0x0a000001. */
XM_FLOW_FN __u64 xm_flow_number(__be32 bytes)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return __builtin_bswap32(bytes);
#else
	return bytes;
#endif
}

/* `family` is an enum xm_family; an IPv4 address is addr[0] alone. */
XM_FLOW_FN __u64 xm_flow_add_address(__u64 hash, __u64 family, const __be32 *addr)
{
	if (family == XM_IPV4)
		return xm_flow_add(hash, xm_flow_number(addr[0]));
	hash = xm_flow_add(hash, xm_flow_number(addr[0]) << 32 | xm_flow_number(addr[1]));
	return xm_flow_add(hash, xm_flow_number(addr[2]) << 32 | xm_flow_number(addr[3]));
}

/* By exporter: everything of an address goes to one collector. Ports are in host order from here on. */
XM_FLOW_FN __u64 xm_flow_by_exporter(__u64 family, const __be32 *from)
{
	return xm_flow_add_address(XM_FLOW_START, family, from);
}

/* By exporter and its source port. */
XM_FLOW_FN __u64 xm_flow_by_exporter_port(__u64 family, const __be32 *from, __u16 from_port)
{
	return xm_flow_add(xm_flow_by_exporter(family, from), from_port);
}

/* By all of it, as it came, before any rewrite; protocols without ports have ports 0. */
XM_FLOW_FN __u64 xm_flow_by_tuple(__u64 family, const __be32 *from, const __be32 *to,
				  __u16 from_port, __u16 to_port, __u8 protocol)
{
	__u64 hash = xm_flow_add_address(xm_flow_by_exporter(family, from), family, to);

	return xm_flow_add(hash, (__u64)from_port << 32 | (__u64)to_port << 16 | protocol);
}

/* The slot of a hash, below `slots`: its upper half as a fraction of them, without a division. */
XM_FLOW_FN __u32 xm_flow_slot(__u64 hash, __u32 slots)
{
	return (__u32)((hash >> 32) * slots >> 32);
}

#endif
