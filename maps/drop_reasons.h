/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Why a packet that is ours was dropped, and why a packet was passed: the one list that makes the
 * enumerators, the metric labels and the sentences for humans. Append only; numbers are exported.
 */
#ifndef XM_DROP_REASONS_H
#define XM_DROP_REASONS_H

/* enumerator, label (metric label and field name in map dumps), sentence for humans */
#define XM_DROP_REASONS(X)                                                                         \
	X(NONE, none, "not dropped")                                                             \
	X(OUTER_LENGTH, outer_length,                                                            \
	  "outer IP and UDP lengths contradict each other or the frame")                           \
	X(HEADERS_NOT_LINEAR, headers_not_linear,                                                \
	  "headers reach beyond the first buffer of a multi-buffer frame")                         \
	X(VXLAN_NO_VNI, vxlan_no_vni, "VXLAN header without the I bit: it carries no VNI")       \
	X(VNI_UNKNOWN, vni_unknown, "no source has this VNI")                                    \
	X(SENDER_NOT_ALLOWED, sender_not_allowed,                                                \
	  "the outer source address is in no prefix of the sources with this VNI")                 \
	X(INNER_MALFORMED, inner_malformed, "inner headers are too short or contradict themselves") \
	X(INNER_NOT_IP, inner_not_ip, "inner frame carries neither IPv4 nor IPv6")               \
	X(INNER_EXTENSION, inner_extension, "inner IPv6 packet has extension headers")           \
	X(INNER_FRAGMENT, inner_fragment, "inner packet is an IP fragment")                      \
	X(INNER_TRUNCATED, inner_truncated,                                                      \
	  "inner packet was cut: its lengths reach beyond the bytes present")                      \
	X(INNER_NOT_UDP, inner_not_udp, "inner packet is not UDP")                               \
	X(NO_RULE, no_rule, "no rule matches the inner packet")                                  \
	X(NO_COLLECTOR, no_collector, "the pool has no usable collector")                        \
	X(FAMILY_MISMATCH, family_mismatch,                                                      \
	  "inner packet and collector are of different address families")                          \
	X(TTL_EXPIRED, ttl_expired, "inner TTL or hop limit is used up")                         \
	X(EGRESS_OVERSIZE, egress_oversize, "inner packet is larger than the egress MTU")        \
	X(EGRESS_MISSING, egress_missing, "the egress interface is gone")                        \
	X(EGRESS_REJECTED, egress_rejected,                                                      \
	  "kernel or driver refused the frame after the verdict")                                  \
	X(INTERNAL, internal, "a table row that must exist is missing, or a kernel helper failed")

#define XM_AS_DROP_ENUM(id, label, text) XM_DROP_##id,
enum xm_drop_reason { XM_DROP_REASONS(XM_AS_DROP_ENUM) XM_DROP_MAX };
#undef XM_AS_DROP_ENUM

/* Packets that go to the kernel byte for byte. */
#define XM_PASS_REASONS(X)                                                                         \
	X(NOT_OURS, not_ours, "no source claims it")                                             \
	X(OUTER_FRAGMENT, outer_fragment, "UDP fragment addressed to us: ports cannot be trusted")

#define XM_AS_PASS_ENUM(id, label, text) XM_PASS_##id,
enum xm_pass_reason { XM_PASS_REASONS(XM_AS_PASS_ENUM) XM_PASS_MAX };
#undef XM_AS_PASS_ENUM

#endif
