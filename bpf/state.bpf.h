/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the attachment says about itself to later commands. Never read on the packet path. */
#ifndef XM_STATE_BPF_H
#define XM_STATE_BPF_H

#include "bpf/packet.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct xm_meta);
} xm_meta SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct xm_profile_chunk);
} xm_profile SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct xm_secret);
} xm_secret SEC(".maps");

#endif
