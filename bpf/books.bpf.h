/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The books: per-CPU counters shared by every program of one attachment, so that a reload or an
 * upgrade loses none. Only verdict.bpf.h and redirect_errors.bpf.c write them.
 */
#ifndef XM_BOOKS_BPF_H
#define XM_BOOKS_BPF_H

#include "bpf/packet.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct xm_totals);
} xm_totals SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct xm_drop_counts);
} xm_drops SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct xm_pass_counts);
} xm_passes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct xm_note_counts);
} xm_notes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, XM_MAX_SOURCES);
	__type(key, __u32);
	__type(value, struct xm_source_count);
} xm_source_book SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, XM_MAX_RULES);
	__type(key, __u32);
	__type(value, struct xm_count);
} xm_rule_book SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, XM_MAX_COLLECTORS);
	__type(key, __u32);
	__type(value, struct xm_count);
} xm_coll_book SEC(".maps");

static __always_inline void xm_count(struct xm_count *count, __u64 bytes)
{
	count->packets++;
	count->bytes += bytes;
}

/* The counter of a reason; NULL only for a number that is none. */
static __always_inline struct xm_count *xm_drop_count(__u32 why)
{
	__u32 row = 0;
	struct xm_drop_counts *counts = bpf_map_lookup_elem(&xm_drops, &row);

	if (!counts || why >= XM_DROP_MAX)
		return NULL;
	XM_KEEP_CHECKED(counts);
	return (struct xm_count *)counts + why;
}

static __always_inline struct xm_count *xm_pass_count(__u32 why)
{
	__u32 row = 0;
	struct xm_pass_counts *counts = bpf_map_lookup_elem(&xm_passes, &row);

	return counts && why < XM_PASS_MAX ? (struct xm_count *)counts + why : NULL;
}

#endif
