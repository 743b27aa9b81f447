/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The shipped data plane, compiled for user space. Its constants come from shim_constants(), since those
 * of the object lie in read-only memory.
 */
#include "bpf/config.bpf.h"
#define xm_constants shim_constants

#include "bpf/xdpmirror.bpf.c"

#define XM_ENTRIES(map) (sizeof(*(map).max_entries) / sizeof(int))
#define XM_MAP(map)                                                                                \
	{#map, &(map), sizeof(*(map).type) / sizeof(int), sizeof(*(map).key), sizeof(*(map).value), \
	 XM_ENTRIES(map)}
#define XM_RING(map) {#map, &(map), BPF_MAP_TYPE_RINGBUF, 0, 0, XM_TEMPLATE_RING}

const struct shim_map shim_maps[] = {
	XM_MAP(xm_vnis), XM_MAP(xm_senders), XM_MAP(xm_sources), XM_MAP(xm_exporters),
	XM_MAP(xm_rules4), XM_MAP(xm_rules6), XM_MAP(xm_port_class), XM_MAP(xm_pools), XM_MAP(xm_slots),
	XM_MAP(xm_collectors), XM_MAP(xm_next_hops), XM_MAP(xm_egress),
	XM_MAP(xm_totals), XM_MAP(xm_drops), XM_MAP(xm_passes), XM_MAP(xm_notes),
	XM_MAP(xm_source_book), XM_MAP(xm_rule_book), XM_MAP(xm_coll_book),
	XM_MAP(xm_meta), XM_MAP(xm_profile), XM_MAP(xm_secret), XM_MAP(xm_scratch),
	XM_MAP(xm_fragments0), XM_MAP(xm_fragments1), XM_MAP(xm_fragments2), XM_MAP(xm_fragments3),
	XM_MAP(xm_fragments4), XM_MAP(xm_fragments5), XM_MAP(xm_fragments6), XM_MAP(xm_fragments7),
	/* its values are the maps above, found by their addresses */
	{"xm_fragments", &xm_fragments, BPF_MAP_TYPE_ARRAY_OF_MAPS, sizeof(__u32), sizeof(void *),
	 XM_MEMORY_PARTS},
	XM_RING(xm_templates0), XM_RING(xm_templates1), XM_RING(xm_templates2), XM_RING(xm_templates3),
	XM_RING(xm_templates4), XM_RING(xm_templates5), XM_RING(xm_templates6), XM_RING(xm_templates7),
	{"xm_templates", &xm_templates, BPF_MAP_TYPE_ARRAY_OF_MAPS, sizeof(__u32), sizeof(void *),
	 XM_MEMORY_PARTS},
	{},
};

int shim_run_program(unsigned long *data, unsigned long *data_end)
{
	struct xdp_md xdp = {.data = *data, .data_end = *data_end, .data_meta = *data,
			     .ingress_ifindex = 1};
	int action = xdpmirror(&xdp);

	*data = xdp.data;
	*data_end = xdp.data_end;
	return action;
}
