/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Between the data plane compiled for user space (program.c) and the machine that it runs on
 * (machine.cpp): BPF helpers as functions, maps as named addresses.
 */
#ifndef XM_SHIM_HELPERS_H
#define XM_SHIM_HELPERS_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct xm_config;

/* A map as the program declares it. */
struct shim_map {
	const char *name;
	void *address; /* what the program hands to helpers */
	__u32 type;    /* enum bpf_map_type */
	__u32 key_bytes;
	__u32 value_bytes;
	__u32 max_entries;
};

/* Ends with an empty name. */
extern const struct shim_map shim_maps[];

/* Runs the program over [*data, *data_end), which it may replace; returns an XDP action. */
int shim_run_program(unsigned long *data, unsigned long *data_end);

const struct xm_config *shim_constants(void);
void *shim_map_lookup(void *map, const void *key);
long shim_map_update(void *map, const void *key, const void *value, __u64 flags);
long shim_redirect_map(void *map, __u64 key, __u64 flags);
__u64 shim_ktime_get_ns(void);
__s64 shim_csum_diff(const __be32 *from, __u32 from_bytes, const __be32 *to, __u32 to_bytes,
		     __u32 seed);
long shim_fib_lookup(void);
long shim_loop(__u32 count, long (*step)(__u32, void *), void *context);
long shim_load_bytes(const unsigned long *data, const unsigned long *data_end, __u32 offset,
		     void *to, __u32 bytes);
void *shim_ringbuf_reserve(__u64 bytes);
void shim_ringbuf_free(void *record);
long shim_adjust(unsigned long *data, unsigned long *data_end, int head, int tail);

#ifdef __cplusplus
}
#endif

#endif
