// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* maps/flow_hash.h as the kernel runs it: hashes one flow in memory, from values that the verifier does not
 * know.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "maps/flow_hash.h"

struct {
	__u64 family;
	__be32 from[4], to[4];
	__u32 slots;
	__u16 from_port, to_port;
	__u8 protocol;
} flow;

struct {
	__u64 by_exporter, by_exporter_port, by_tuple;
	__u32 slot; /* of by_exporter */
} hashed;

SEC("xdp")
int xm_flow_hash(struct xdp_md *xdp)
{
	(void)xdp;
	hashed.by_exporter = xm_flow_by_exporter(flow.family, flow.from);
	hashed.by_exporter_port = xm_flow_by_exporter_port(flow.family, flow.from, flow.from_port);
	hashed.by_tuple = xm_flow_by_tuple(flow.family, flow.from, flow.to, flow.from_port,
					   flow.to_port, flow.protocol);
	hashed.slot = xm_flow_slot(hashed.by_exporter, flow.slots);
	return XDP_PASS;
}

char _license[] SEC("license") = "Dual BSD/GPL";
