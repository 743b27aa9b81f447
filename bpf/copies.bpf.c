// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The tc program on the ingress, where rules send to several pools: XDP cannot make two packets of one. What
 * XDP has admitted, classified and stripped comes here with its destination as it came; each copy gets its
 * collector, its address and its way, and is delivered or dropped for itself. For packets that need no
 * copies it is bpf/handover.bpf.c. docs/decisions/0006-copies.md.
 *
 * Copies leave one after the other as clones; what leaves by the kernel's neighbours or routes comes back
 * to the ingress as if XDP had handed it over by itself.
 */
#include "bpf/handover.bpf.h"

#include "bpf/books.bpf.h"
#include "bpf/retarget.bpf.h"
#include "bpf/tables.bpf.h"
#include "maps/flow_hash.h"

/* Is there no tracepoint program that counts what a device refuses? */
const volatile __u8 xm_counts_refusals SEC(".rodata.handover") = 0;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct xm_copies);
} xm_copies SEC(".maps");

#define XM_EINVAL 22 /* EINVAL of errno.h: bpf_clone_redirect finds no such device */

static __always_inline struct xm_totals *xm_the_totals(void)
{
	__u32 row = 0;

	return bpf_map_lookup_elem(&xm_totals, &row);
}

/* What the packet says of itself. 0 if it is too short for that. */
static __always_inline int xm_read_packet(struct __sk_buff *skb, struct xm_copying *c)
{
	long err = 0;

	c->bytes = skb->len - ETH_HLEN;
	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		c->family = XM_IPV4;
		err |= bpf_skb_load_bytes(skb, XM_COPY_IP4_TTL, &c->hops, sizeof(c->hops));
		err |= bpf_skb_load_bytes(skb, XM_COPY_IP4_FROM, c->from, sizeof(__be32));
		err |= bpf_skb_load_bytes(skb, XM_COPY_IP4_TO, c->came_to, sizeof(__be32));
	} else {
		c->family = XM_IPV6;
		err |= bpf_skb_load_bytes(skb, XM_COPY_IP6_HOPS, &c->hops, sizeof(c->hops));
		err |= bpf_skb_load_bytes(skb, XM_COPY_IP6_FROM, c->from, sizeof(c->from));
		err |= bpf_skb_load_bytes(skb, XM_COPY_IP6_TO, c->came_to, sizeof(c->came_to));
	}
	if (xm_has_port(c))
		err |= bpf_skb_load_bytes(skb, c->l4 + offsetof(struct udphdr, dest), &c->came_port,
					  sizeof(c->came_port));
	__builtin_memcpy(c->to, c->came_to, sizeof(c->to));
	c->port = c->came_port;
	c->hops_now = c->hops;
	return !err;
}

/* Row of xm_collectors, or XM_NO_ROW. Pools of copies balance by exporter: config/check.cpp. */
static __always_inline __u32 xm_collector_of(const struct xm_copying *c, const struct xm_pool *pool)
{
	const struct xm_pool_slot *slot;
	__u32 row;

	if (!pool->slot_count)
		return pool->collector;
	row = pool->slot_base + xm_flow_slot(xm_flow_by_exporter(c->family, c->from), pool->slot_count);
	slot = bpf_map_lookup_elem(&xm_slots, &row);
	return slot ? slot->collector : XM_NO_ROW;
}

/* Our own output, mirrored: see select_collector.bpf.h. */
static __always_inline int xm_is_there(const struct xm_copying *c, const struct xm_collector *collector,
				       __be16 port)
{
	if (c->is_plain || (port && xm_has_port(c) && port != c->came_port))
		return 0;
	for (__u32 i = 0; i < 4; i++) {
		if (c->came_to[i] != collector->addr[i])
			return 0;
	}
	return 1;
}

/* On an Ethernet device the result of the clone tells whether it was refused, and nothing else does: frees
 * behind one are not looked at (redirect_errors.bpf.c). Elsewhere both tell, so one of them counts.
 */
static __always_inline int xm_counts_result(const struct xm_next_hop *next_hop)
{
	return xm_counts_refusals || next_hop->path == XM_PATH_REDIRECT ||
	       next_hop->path == XM_PATH_TX;
}

/* As if XDP had handed this copy over alone, or out by its device. */
static __always_inline long xm_clone_out(struct __sk_buff *skb, const struct xm_next_hop *next_hop)
{
	const struct xm_handover *handover = (const void *)next_hop;
	int by_kernel = next_hop->path == XM_PATH_KERNEL ||
			(next_hop->path == XM_PATH_TC && handover->how != XM_HANDOVER_DEVICE);

	if (xm_put(skb, 0, next_hop, 2 * ETH_ALEN))
		return -1;
	if (next_hop->path >= XM_PATH_TC && xm_put(skb, 0, (const void *)xm_secret, ETH_ALEN))
		return -1;
	/* its death is looked for by the mark, or by the secret in its header */
	skb->mark = !by_kernel && next_hop->path == XM_PATH_TC ? XM_HANDOVER_MARK : 0;
	if (by_kernel)
		return bpf_clone_redirect(skb, skb->ifindex, BPF_F_INGRESS);
	return bpf_clone_redirect(skb, next_hop->ifindex, 0);
}

/* Returns an enum xm_drop_reason. A global function, so that the verifier walks it once. */
__attribute__((noinline, weak)) int xm_send_copy(struct __sk_buff *skb, struct xm_copying *c, __u32 number)
{
	const struct xm_copies *copies;
	const struct xm_collector *collector;
	const struct xm_next_hop *next_hop;
	const struct xm_pool *pool;
	const struct xm_send *send;
	__u32 row;
	long err;

	if (!c || number >= XM_MAX_SENDS)
		return XM_DROP_INTERNAL;
	row = c->rule;
	copies = bpf_map_lookup_elem(&xm_copies, &row);
	if (!copies)
		return XM_DROP_INTERNAL;
	XM_KEEP_CHECKED(copies);
	send = &copies->send[number];
	row = send->pool;
	pool = bpf_map_lookup_elem(&xm_pools, &row);
	if (!pool)
		return XM_DROP_INTERNAL;
	row = xm_collector_of(c, pool);
	if (row == XM_NO_ROW)
		return XM_DROP_NO_COLLECTOR;
	collector = bpf_map_lookup_elem(&xm_collectors, &row);
	if (!collector)
		return XM_DROP_INTERNAL;
	if (collector->family != c->family)
		return XM_DROP_FAMILY_MISMATCH;
	if (xm_is_there(c, collector, send->udp_port))
		return XM_DROP_LOOP;
	row = collector->next_hop;
	next_hop = bpf_map_lookup_elem(&xm_next_hops, &row);
	if (!next_hop)
		return XM_DROP_INTERNAL;
	if (c->bytes > next_hop->mtu)
		return XM_DROP_EGRESS_OVERSIZE;
	/* the kernel takes one off the TTL itself */
	if (xm_retarget(skb, c, collector->addr, send->udp_port,
			(__u8)(next_hop->path == XM_PATH_KERNEL ? c->hops : c->hops - 1)))
		return XM_DROP_INTERNAL;
	err = xm_clone_out(skb, next_hop);
	if (err == -XM_EINVAL)
		return XM_DROP_EGRESS_MISSING;
	if (err && xm_counts_result(next_hop))
		return XM_DROP_EGRESS_REJECTED;
	row = collector->book;
	struct xm_count *count = bpf_map_lookup_elem(&xm_coll_book, &row);
	if (count)
		xm_count(count, ETH_HLEN + c->bytes);
	return XM_DROP_NONE;
}

/* XDP has counted it as received and forwarded once: what became of it is known only now. */
static __always_inline void xm_open_books(struct xm_totals *totals, __u32 count, __u64 bytes)
{
	totals->copied.packets += count - 1;
	totals->copied.bytes += (count - 1) * bytes;
	totals->forwarded.packets--;
	totals->forwarded.bytes -= bytes;
}

static __always_inline void xm_book(struct xm_totals *totals, int why, __u64 bytes)
{
	struct xm_count *count;

	/* what is refused after the verdict counts as forwarded, and is taken out by readers */
	if (why == XM_DROP_NONE || why == XM_DROP_EGRESS_REJECTED)
		xm_count(&totals->forwarded, bytes);
	if (why == XM_DROP_NONE)
		return;
	count = xm_drop_count((__u32)why);
	if (count && why == XM_DROP_EGRESS_REJECTED)
		count->packets++;
	else if (count)
		xm_count(count, bytes);
}

static __always_inline int xm_send_copies(struct __sk_buff *skb, __u32 value)
{
	struct xm_copying c = {
		.rule = value >> 16 & XM_COPY_RULE,
		.is_plain = value >> 16 & XM_COPY_PLAIN,
		.transport = (value & 0xffff) >> XM_COPY_TRANSPORT_SHIFT,
		.l4 = XM_COPY_IP + 4 * (value & XM_COPY_WORDS),
	};
	const struct xm_copies *copies = bpf_map_lookup_elem(&xm_copies, &c.rule);
	struct xm_totals *totals = xm_the_totals();
	__u32 count;
	__u64 bytes;

	/* its one count as forwarded stays, and somebody else counts its death */
	if (!copies || !totals || !copies->count || !xm_read_packet(skb, &c))
		return TC_ACT_SHOT;
	count = copies->count;
	bytes = ETH_HLEN + c.bytes;
	xm_open_books(totals, count, bytes);
	for (__u32 i = 0; i < XM_MAX_SENDS && i < count; i++)
		xm_book(totals, xm_send_copy(skb, &c, i), bytes);
	return TC_ACT_STOLEN;
}

SEC("tc")
int xdpmirror_tc(struct __sk_buff *skb)
{
	const struct xm_handover *handover = (void *)(long)skb->data;

	if ((void *)(handover + 1) > (void *)(long)skb->data_end || !xm_is_handed_over(handover))
		return TC_ACT_UNSPEC;
	if (handover->how == XM_HANDOVER_COPIES)
		return xm_send_copies(skb, xm_handover_value(handover));
	return xm_leave(skb, handover->how, xm_handover_value(handover));
}

char xm_license[] SEC("license") = "Dual BSD/GPL";
