/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the programs that make copies share with their driver. */
#ifndef XM_BENCH_COPIES_H
#define XM_BENCH_COPIES_H

#include <linux/if_ether.h>
#include <linux/types.h>

enum xm_bench_copies_limits {
	XM_BENCH_MAX_COPIES = 8,
	XM_BENCH_REWRITERS = 3,      /* devmap programs; copy n has number n modulo this */
	XM_BENCH_RECORD_MORE = 512,  /* of a frame behind its headers; a power of two */
	XM_BENCH_RECORD_DATA = 556,
	XM_BENCH_COPY_MARK = 0x7800, /* + the copy's number, on the packets of the tc way */
};

/* Where one copy goes. Network order but for the device. */
struct xm_bench_copy {
	__u32 ifindex;
	__be32 address;
	__be16 port;
	struct ethhdr ether;
};

/* What happened to copies, as far as anybody is told. */
enum xm_bench_event {
	XM_BENCH_RETURNED = 1,   /* value: copy's number << 16 | what bpf_clone_redirect returned, 16 bits */
	XM_BENCH_FREED = 2,      /* kfree_skb of a marked packet on this side; value: reason << 16 | copy's number */
	XM_BENCH_XMIT_DROPS = 3, /* frames of xdp_devmap_xmit; value: -errno */
	XM_BENCH_REFUSED = 4,    /* xdp_redirect_err; value: -errno */
	XM_BENCH_RING_FULL = 5,  /* user space is behind */
};

struct xm_bench_event_key {
	__u32 event;
	__s32 value;
};

struct xm_bench_record {
	__u32 bytes;
	__u8 data[XM_BENCH_RECORD_DATA];
};

#ifdef __cplusplus
static_assert(sizeof(xm_bench_copy) == 24);
static_assert(sizeof(xm_bench_record) == 560);
#else
_Static_assert(sizeof(struct xm_bench_copy) == 24, "xm_bench_copy");
_Static_assert(sizeof(struct xm_bench_record) == 560, "xm_bench_record");
#endif

#endif
