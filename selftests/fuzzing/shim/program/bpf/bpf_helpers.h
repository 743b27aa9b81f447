/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* In place of libbpf's header when the data plane is compiled for user space: the helpers that it calls
 * are functions of helpers.h. A helper that is missing here does not compile.
 */
#ifndef XM_SHIM_BPF_HELPERS_H
#define XM_SHIM_BPF_HELPERS_H

#include "selftests/fuzzing/shim/helpers.h"

#define SEC(name) __attribute__((used))
#define __uint(name, val) int (*name)[val]
#define __type(name, val) typeof(val) *name
#define __array(name, val) typeof(val) *name[]
#undef __always_inline
#define __always_inline inline __attribute__((always_inline))

#define bpf_map_lookup_elem shim_map_lookup
#define bpf_map_update_elem shim_map_update
#define bpf_redirect_map shim_redirect_map
#define bpf_ktime_get_ns shim_ktime_get_ns
#define bpf_csum_diff shim_csum_diff
#define bpf_fib_lookup(ctx, params, bytes, flags) shim_fib_lookup()
#define bpf_loop(count, step, context, flags)                                                      \
	shim_loop(count, (long (*)(__u32, void *))(step), context)
#define bpf_xdp_get_buff_len(xdp) ((xdp)->data_end - (xdp)->data)
#define bpf_xdp_load_bytes(xdp, offset, to, bytes)                                                 \
	shim_load_bytes(&(xdp)->data, &(xdp)->data_end, offset, to, bytes)
#define bpf_ringbuf_reserve(ring, bytes, flags) shim_ringbuf_reserve(bytes)
#define bpf_ringbuf_submit(record, flags) shim_ringbuf_free(record)
#define bpf_ringbuf_discard(record, flags) shim_ringbuf_free(record)
#define bpf_xdp_adjust_head(xdp, bytes) shim_adjust(&(xdp)->data, &(xdp)->data_end, bytes, 0)
#define bpf_xdp_adjust_tail(xdp, bytes) shim_adjust(&(xdp)->data, &(xdp)->data_end, 0, bytes)

#endif
