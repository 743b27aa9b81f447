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
	X(INNER_EXTENSION, inner_extension,                                                      \
	  "inner IPv6 packet has a routing, authentication or mobility header, or too many")       \
	X(FRAGMENT_MALFORMED, fragment_malformed,                                                \
	  "inner fragment is tiny, not a multiple of 8 bytes, or reaches where none can")          \
	X(INNER_TRUNCATED, inner_truncated,                                                      \
	  "inner packet was cut: its lengths reach beyond the bytes present")                      \
	X(INNER_NOT_UDP, inner_not_udp,                                                          \
	  "inner packet is not UDP, and no rule names another protocol")                           \
	X(NO_RULE, no_rule, "no rule matches the inner packet")                                  \
	X(NO_COLLECTOR, no_collector, "the pool has no usable collector")                        \
	X(FAMILY_MISMATCH, family_mismatch,                                                      \
	  "inner packet and collector are of different address families")                          \
	X(TTL_EXPIRED, ttl_expired, "inner TTL or hop limit is used up")                         \
	X(EGRESS_OVERSIZE, egress_oversize, "inner packet is larger than the egress MTU")        \
	X(EGRESS_MISSING, egress_missing, "the egress interface is gone")                        \
	X(EGRESS_REJECTED, egress_rejected,                                                      \
	  "kernel or driver refused the frame after the verdict")                                  \
	X(INTERNAL, internal, "a table row that must exist is missing, or a kernel helper failed") \
	X(OUTER_FRAGMENT, outer_fragment,                                                        \
	  "first fragment of a mirrored packet that the way to us has fragmented")                 \
	X(VXLAN_RESERVED, vxlan_reserved,                                                        \
	  "VXLAN header with reserved bits set, from a source with strict: true")                  \
	X(VXLAN_GPE, vxlan_gpe, "VXLAN-GPE with a payload other than Ethernet")                  \
	X(GENEVE_MALFORMED, geneve_malformed,                                                    \
	  "Geneve header of another version, or longer than its packet")                           \
	X(GENEVE_NOT_MIRROR, geneve_not_mirror,                                                  \
	  "Geneve payload is not a mirrored packet in VXLAN")                                      \
	X(NESTED_TUNNEL, nested_tunnel, "inner packet is itself VXLAN or Geneve")                \
	X(INNER_SOURCE_INVALID, inner_source_invalid,                                            \
	  "inner source address is loopback, multicast, link-local or unspecified")                \
	X(EXPORTER_NOT_ALLOWED, exporter_not_allowed,                                            \
	  "inner source address is in none of the source's exporter prefixes")                     \
	X(LOOP, loop,                                                                            \
	  "our own output came back: sent by this node, or already on its way to the collector")   \
	X(FRAGMENT_NO_FIRST, fragment_no_first,                                                  \
	  "later inner fragment whose first fragment was not seen")                                \
	X(OVERSIZE_NO_ROUTE, oversize_no_route,                                                  \
	  "the kernel cannot fragment it: no route, neighbour or forwarding by that egress")

#define XM_AS_DROP_ENUM(id, label, text) XM_DROP_##id,
enum xm_drop_reason { XM_DROP_REASONS(XM_AS_DROP_ENUM) XM_DROP_MAX };
#undef XM_AS_DROP_ENUM

/* Packets that go to the kernel byte for byte. */
#define XM_PASS_REASONS(X)                                                                         \
	X(NOT_OURS, not_ours, "no source claims it")                                             \
	X(OUTER_FRAGMENT, outer_fragment, "UDP fragment addressed to us: it shows no port of ours") \
	X(GENEVE_NOT_MIRROR, geneve_not_mirror,                                                  \
	  "Geneve payload that is not a mirrored packet, from a source with other: pass")

#define XM_AS_PASS_ENUM(id, label, text) XM_PASS_##id,
enum xm_pass_reason { XM_PASS_REASONS(XM_AS_PASS_ENUM) XM_PASS_MAX };
#undef XM_AS_PASS_ENUM

/* What an operator should know about packets that were not dropped for it; no part of conservation. */
#define XM_NOTES(X)                                                                                \
	X(VXLAN_RESERVED, vxlan_reserved, "VXLAN header with reserved bits set, tolerated")      \
	X(TRUNCATED_FORWARDED, truncated_forwarded,                                              \
	  "cut packet, forwarded with lengths and checksum made right")                            \
	X(FRAGMENT_FIRST, fragment_first, "first inner fragment, remembered for the later ones") \
	X(FRAGMENT_LATER, fragment_later, "later inner fragment that followed its first")        \
	X(OVERSIZE_FRAGMENTED, oversize_fragmented,                                              \
	  "larger than the egress MTU, handed to the kernel to be fragmented")                     \
	X(TEMPLATES_SEEN, templates_seen, "carries templates, copied for the daemon to learn")     \
	X(TEMPLATES_MISSED, templates_missed,                                                    \
	  "carries templates that nobody learned: more at once than the daemon reads, or too large")

#define XM_AS_NOTE_ENUM(id, label, text) XM_NOTE_##id,
enum xm_note { XM_NOTES(XM_AS_NOTE_ENUM) XM_NOTE_MAX };
#undef XM_AS_NOTE_ENUM

#endif
