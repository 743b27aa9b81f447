/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The few fields of the kernel's structures that tracing programs read: which device this is, and whose packet.
 * Their offsets are relocated at load.
 */
#ifndef XM_KERNEL_TYPES_BPF_H
#define XM_KERNEL_TYPES_BPF_H

#include <linux/types.h>

struct ns_common {
	unsigned int inum;
} __attribute__((preserve_access_index));
struct net {
	struct ns_common ns;
} __attribute__((preserve_access_index));
typedef struct {
	struct net *net;
} __attribute__((preserve_access_index)) possible_net_t;
struct net_device {
	int ifindex;
	unsigned int mtu;
	unsigned short type;
	possible_net_t nd_net;
} __attribute__((preserve_access_index));
struct sk_buff {
	struct net_device *dev;
	unsigned int len;
	__u32 mark;
	__u16 mac_header;
	__u16 network_header;
	unsigned char *head;
} __attribute__((preserve_access_index));

#endif
