/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The bench frame, shared by its BPF programs and their drivers: where its fields lie, what
 * differs from flow to flow, and what the sink counts. Network order unless it says otherwise.
 *
 *   0        14          34        42        50          64          84        92
 *   | outer  | outer     | outer   | VXLAN   | inner     | inner     | inner   | payload
 *   | Ether  | IPv4      | UDP     |         | Ether     | IPv4      | UDP     | ...
 */
#ifndef XM_BENCH_FRAME_H
#define XM_BENCH_FRAME_H

#include <linux/types.h>

enum xm_bench_offset {
	XM_BENCH_OUTER_ETHER = 0,
	XM_BENCH_OUTER_IP = 14,
	XM_BENCH_OUTER_UDP = 34,
	XM_BENCH_VXLAN = 42,
	XM_BENCH_INNER_ETHER = 50,
	XM_BENCH_INNER_IP = 64,
	XM_BENCH_INNER_UDP = 84,
	XM_BENCH_PAYLOAD = 92,
};

enum xm_bench_size {
	XM_BENCH_HEAD_WORDS = 12,   /* 8-byte words that hold all headers and 4 bytes of payload */
	XM_BENCH_MIN_PAYLOAD = 20,  /* a NetFlow v9 packet header */
	XM_BENCH_MAX_PAYLOAD = 400, /* the sink sums a whole datagram with one helper call of 512 */
	XM_BENCH_MAX_FLOWS = 4096,
};

/* One exporter behind one mirrored interface. Every sum is complete, not a delta. */
struct xm_bench_flow {
	__be32 outer_source;
	__be32 inner_source; /* first_exporter + the flow's number, in host order */
	__be16 outer_ip_sum;
	__be16 outer_port;
	__be16 inner_ip_sum;
	__be16 inner_port;
	__be16 inner_udp_sum;
	__u8 pad[2];
};

/* What the sink saw, per CPU. seen = packets + wrong. */
struct xm_bench_tally {
	__u64 packets;   /* as expected */
	__u64 wrong;     /* anything else that came */
	__u64 checked;   /* of packets: also summed whole */
	__u64 bad_sum;   /* of checked: UDP checksum or source wrong */
};

#ifdef __cplusplus
static_assert(sizeof(xm_bench_flow) == 20);
static_assert(sizeof(xm_bench_tally) == 32);
#else
_Static_assert(sizeof(struct xm_bench_flow) == 20, "xm_bench_flow");
_Static_assert(sizeof(struct xm_bench_tally) == 32, "xm_bench_tally");
#endif

#endif
