/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The contract between the data plane and user space: every struct that lies in a map or in the
 * program's read-only data. Compiles as C11 for BPF and as C++20. Fixed-width types, no implicit
 * padding, sizes checked below; a change of any of them changes the layout hash.
 *
 * Byte order: __be16/__be32 and bytes are as on the wire, __u16/__u32/__u64 are host order.
 */
#ifndef XM_LAYOUT_H
#define XM_LAYOUT_H

#include <linux/types.h>

#include "maps/drop_reasons.h"

#ifdef __cplusplus
#define XM_LAYOUT(type, bytes) static_assert(sizeof(type) == (bytes), #type)
#else
#define XM_LAYOUT(type, bytes) _Static_assert(sizeof(type) == (bytes), #type)
#endif

/* Limits of what an operator may configure; config/ checks them, map sizes follow them. */
enum xm_limit {
	XM_MAX_SOURCES = 1024,
	XM_MAX_SENDERS = 65536,     /* outer-source prefixes over all sources */
	XM_MAX_RULES = 16384,
	XM_MAX_RULE_ROWS = 262144,  /* port ranges take several rows a rule */
	XM_MAX_SHAPES = 16,         /* distinct combinations of matched fields, per family */
	XM_MAX_PORT_CLASSES = 1024, /* port ranges with distinct borders */
	XM_MAX_POOLS = 1024,
	XM_MAX_COLLECTORS = 4096,
	XM_MAX_SLOTS = 16777216,    /* of all pools with several collectors, 8 bytes each */
	XM_MAX_EGRESS = 64,         /* ways out, standbys among them */
	XM_MAX_MARKS = 8,           /* distinct fwmarks, our own among them */
	XM_MAX_LOCAL = 8,           /* own outer addresses, per family */
	XM_MAX_OWN = 32,            /* addresses of the whole node, per family */
	XM_MAX_EXPORTERS = 65536,   /* exporter prefixes over all sources */
	XM_MEMORY_PARTS = 8,        /* of what is remembered, chosen by outer sender */
	XM_MAX_FRAGMENTS = 8192,    /* datagrams remembered in each */
	XM_TEMPLATE_BYTES = 2032,   /* of a packet with templates that is handed up whole */
	XM_TEMPLATE_RING = 262144,  /* bytes of each part of xm_templates */
	XM_MAX_SENDS = 8,           /* pools that a rule sends to, each a copy */
	XM_INLINE_SENDERS = 4,      /* IPv4 prefixes kept in the VNI's own row */
	XM_WATCHED_CONFIGS = 2,     /* the one that runs, and in a reload the next */
	XM_PROFILE_CHUNK = 4096,    /* bytes of profile text a row of xm_profile holds */
	XM_PROFILE_CHUNKS = 1024,
	XM_NAME_BYTES = 64,
	XM_PATH_BYTES = 256,
	XM_VNI_MAX = 0xffffff,
};

/* An empty reference to a row of another table. */
#define XM_NO_ROW 0xffffffffU

/* ---- read-only data: constant for the life of a program ---- */

enum xm_feature {
	XM_FEATURE_FRAGS = 1 << 0,       /* loaded for multi-buffer frames */
	XM_FEATURE_SENDER_LPM = 1 << 1,  /* some VNI needs xm_senders */
	XM_FEATURE_PORT_RANGES = 1 << 2, /* some rule matches a port range */
	XM_FEATURE_TX = 1 << 3,          /* some egress is the ingress itself */
	XM_FEATURE_ON_PAPER = 1 << 4,    /* explain: every outer destination and every route is good */
	XM_FEATURE_VXLAN = 1 << 5,       /* some source comes in VXLAN */
	XM_FEATURE_GENEVE = 1 << 6,      /* some source comes in VXLAN inside Geneve */
	XM_FEATURE_PLAIN = 1 << 7,       /* some source comes without encapsulation */
	XM_FEATURE_POLICY = 1 << 8,      /* some source has a policy of its own: see xm_sources */
	XM_FEATURE_PROTOCOLS = 1 << 9,   /* some rule takes other protocols than UDP */
	XM_FEATURE_OVERSIZE = 1 << 10,   /* some egress has oversized packets fragmented */
	XM_FEATURE_HANDOVER = 1 << 11,   /* some packets leave by the tc program: XM_PATH_TC, XM_PATH_KERNEL */
	XM_FEATURE_BALANCE = 1 << 12,    /* some pool has several collectors */
	XM_FEATURE_BALANCE_PORTS = 1 << 13, /* and balances by more than the exporter's address */
	XM_FEATURE_TEMPLATES = 1 << 14,  /* some rule has XM_RULE_TEMPLATES */
	XM_FEATURE_COPIES = 1 << 15,     /* some rule has XM_RULE_COPIES */
};

/* How a packet came in. The number stands above the 24 bits of a VNI in keys of xm_vnis. */
enum xm_way {
	XM_WAY_VXLAN = 0,
	XM_WAY_GENEVE = 1,       /* in VXLAN inside Geneve */
	XM_WAY_GENEVE_ANY = 2,   /* key only: Geneve sources that name no VNI */
	XM_WAY_GENEVE_OTHER = 3, /* key only: all Geneve sources, for payloads that are no mirror */
	XM_WAY_PLAIN = 4,        /* without encapsulation; the low bits are the source's row */
	XM_WAY_PLAIN_TO = 5,     /* key of xm_senders only: addr is a destination */
};
#define XM_WAY_SHIFT 24

/* How the port takes part in a rule's hash key. */
enum xm_port_kind {
	XM_PORT_ANY = 0,
	XM_PORT_EXACT = 1,
	XM_PORT_CLASS = 2, /* the row of xm_port_class at the packet's port */
};

/* One combination of matched fields: the masks that turn a packet into a rule key.
 * Shapes are sorted by best_rank, so the search stops when no better rule can follow.
 */
struct xm_shape4 {
	__be32 from_mask;  /* inner source */
	__be32 to_mask;    /* inner destination */
	__u32 vni_mask;    /* 0 or all ones */
	__u32 best_rank;   /* lowest rank of any rule with this shape */
	__u8 protocol_mask; /* 0 or all ones */
	__u8 port_kind;    /* enum xm_port_kind */
	__u8 pad[2];
};
XM_LAYOUT(struct xm_shape4, 20);

struct xm_shape6 {
	__be32 from_mask[4];
	__be32 to_mask[4];
	__u32 vni_mask;
	__u32 best_rank;
	__u8 protocol_mask;
	__u8 port_kind;
	__u8 pad[2];
};
XM_LAYOUT(struct xm_shape6, 44);

/* Where a key of up to five 64-bit words may stand in a table: slot = sum(word * multiplier) >> shift,
 * once with each row of multipliers. The loader picks multipliers with which every key finds a slot
 * (two-choice, or cuckoo, hashing), so a lookup reads at most two rows and calls no helper.
 */
enum xm_hash_limit { XM_HASH_CHOICES = 2, XM_HASH_WORDS = 5 };

struct xm_hash {
	__u64 multiplier[XM_HASH_CHOICES][XM_HASH_WORDS]; /* odd */
	__u32 shift; /* 64 less the table's size in bits */
	__u32 pad;
};
XM_LAYOUT(struct xm_hash, 88);

struct xm_config {
	__u32 features;     /* enum xm_feature */
	__u32 local4_count; /* outer destinations that are ours */
	__u32 local6_count;
	__u32 shape4_count;
	__u32 shape6_count;
	__be16 vxlan_port;  /* outer UDP destination, RFC 7348 section 5: 4789 */
	__be16 geneve_port; /* outer UDP destination, RFC 8926 section 3.3: 6081 */
	__be32 local4[XM_MAX_LOCAL];
	__be32 local6[XM_MAX_LOCAL][4];
	__u64 own_filter;   /* bit xm_own_bit(address) is set for each address below */
	__u32 own4_count;   /* addresses of this node on any interface */
	__u32 own6_count;
	__be32 own4[XM_MAX_OWN];
	__be32 own6[XM_MAX_OWN][4];
	__u8 ingress_mac[6]; /* of the interface that the program is attached to */
	__u8 pad[2];
	__u32 ingress_ifindex;
	__u32 pad2;
	__u8 secret[6];     /* of struct xm_handover; zero: no packet is handed over */
	__u8 pad3[2];
	struct xm_shape4 shape4[XM_MAX_SHAPES];
	struct xm_shape6 shape6[XM_MAX_SHAPES];
	struct xm_hash vnis;
	struct xm_hash rules4;
	struct xm_hash rules6;
};
XM_LAYOUT(struct xm_config, 24 + 32 + 128 + 16 + 128 + 512 + 12 + 4 + 8 + 320 + 704 + 3 * 88);

/* ---- tables: one set for each configuration ---- */

/* An IPv4 prefix of outer senders, and the source it belongs to. */
struct xm_sender4 {
	__be32 addr; /* masked */
	__be32 mask;
	__u32 source; /* row of xm_source_book */
};
XM_LAYOUT(struct xm_sender4, 12);

/* xm_vnis: array with a row for each slot of xm_config.vnis, key is the VNI with the way in (enum
 * xm_way) above it. Up to XM_INLINE_SENDERS
 * IPv4 prefixes stand here, longest first; what does not fit, and every IPv6 prefix, stands in
 * xm_senders.
 */
struct xm_vni {
	__u32 vni; /* way << XM_WAY_SHIFT | VNI; XM_NO_ROW: the slot is empty */
	struct xm_sender4 sender[XM_INLINE_SENDERS]; /* unused: mask 0, addr all ones: never matches */
	__u32 sender_count;
	__u8 lpm4; /* 1: IPv4 senders stand in xm_senders, the inline ones are unused */
	__u8 lpm6; /* 1: xm_senders has IPv6 prefixes for this VNI */
	__u8 pad[2];
};
XM_LAYOUT(struct xm_vni, 60);

/* xm_senders: longest-prefix trie over VNI and outer source; IPv4 as ::ffff:a.b.c.d. With
 * XM_WAY_PLAIN_TO in place of a VNI, over the destinations that plain sources claim.
 */
struct xm_sender_key {
	__u32 prefix_bits; /* 32 for the VNI + 96 for IPv4 + the prefix's own length */
	__be32 vni;        /* way << XM_WAY_SHIFT | VNI, network order: the trie compares bytes */
	__be32 addr[4];
};
XM_LAYOUT(struct xm_sender_key, 24);

struct xm_sender {
	__u32 source; /* row of xm_source_book */
};
XM_LAYOUT(struct xm_sender, 4);

/* xm_exporters: longest-prefix trie over source and inner source address, for sources with
 * XM_POLICY_EXPORTERS; IPv4 as ::ffff:a.b.c.d. A hit allows.
 */
struct xm_exporter_key {
	__u32 prefix_bits; /* 32 for the source + 96 for IPv4 + the prefix's own length */
	__be32 source;     /* row of xm_source_book */
	__be32 addr[4];
};
XM_LAYOUT(struct xm_exporter_key, 24);

struct xm_exporter {
	__u32 allowed; /* 1 */
};
XM_LAYOUT(struct xm_exporter, 4);

/* What a source wants differently. */
enum xm_policy {
	XM_POLICY_STRICT = 1 << 0,             /* reserved VXLAN bits must be zero */
	XM_POLICY_TRUNCATED_FORWARD = 1 << 1,
	XM_POLICY_CHECKSUM_ZERO = 1 << 2,      /* UDP over IPv4 */
	XM_POLICY_CHECKSUM_RECOMPUTE = 1 << 3, /* UDP that is whole */
	XM_POLICY_EXPORTERS = 1 << 4,          /* inner sources are held against xm_exporters */
	XM_POLICY_OTHER_PASS = 1 << 5,         /* Geneve payloads that are no mirror go to the kernel */
};

/* xm_sources: array, same rows as xm_source_book; read only with XM_FEATURE_POLICY. */
struct xm_source {
	__u32 policy; /* enum xm_policy */
};
XM_LAYOUT(struct xm_source, 4);

/* A field that the shape leaves out is zero. Keys are compared and hashed as 64-bit words. */
#define XM_KEY __attribute__((aligned(8)))
#define XM_NO_SHAPE 0xff /* the slot is empty */

struct xm_rule_key4 {
	__be32 from;    /* inner source, masked */
	__be32 to;      /* inner destination, masked */
	__u32 vni;
	__u16 port;     /* host order: inner destination port, or its class; 0 without ports */
	__u8 protocol;  /* IPPROTO_* */
	__u8 shape;     /* index in xm_config.shape4, or XM_NO_SHAPE */
} XM_KEY;
XM_LAYOUT(struct xm_rule_key4, 16);

struct xm_rule_key6 {
	__be32 from[4];
	__be32 to[4];
	__u32 vni;
	__u16 port;
	__u8 protocol;
	__u8 shape;
} XM_KEY;
XM_LAYOUT(struct xm_rule_key6, 40);

enum xm_rule_flag {
	XM_RULE_TEMPLATES = 1 << 0, /* packets that carry templates are handed up: xm_templates */
	XM_RULE_COPIES = 1 << 1,    /* it sends to several pools: xm_copies, with the row of its book */
};

struct xm_rule {
	__u32 rank;      /* order in the profile; the lowest that matches wins */
	__u32 book;      /* row of xm_rule_book */
	__u32 pool;      /* row of xm_pools */
	__be16 udp_port; /* DNAT target port; 0 keeps the port */
	__u8 flags;      /* enum xm_rule_flag */
	__u8 pad;
};
XM_LAYOUT(struct xm_rule, 16);

/* xm_copies: array with a row for each rule; read only with XM_RULE_COPIES, by the tc program. */
struct xm_send {
	__u32 pool;      /* row of xm_pools */
	__be16 udp_port; /* DNAT target port; 0 keeps the port */
	__u8 pad[2];
};
XM_LAYOUT(struct xm_send, 8);

struct xm_copies {
	__u32 count; /* of sends */
	struct xm_send send[XM_MAX_SENDS];
};
XM_LAYOUT(struct xm_copies, 4 + 8 * XM_MAX_SENDS);

/* xm_rules4, xm_rules6: arrays with a row for each slot of xm_config.rules4 and rules6. */
struct xm_rule_row4 {
	struct xm_rule_key4 key;
	struct xm_rule rule;
};
XM_LAYOUT(struct xm_rule_row4, 32);

struct xm_rule_row6 {
	struct xm_rule_key6 key;
	struct xm_rule rule;
};
XM_LAYOUT(struct xm_rule_row6, 56);

/* xm_port_class: array of 65536, index is the inner destination port in host order. */
struct xm_port_class {
	__u32 class_id; /* 0: in no range */
};
XM_LAYOUT(struct xm_port_class, 4);

/* What the collector of a packet is chosen by: maps/flow_hash.h. */
enum xm_balance {
	XM_BALANCE_EXPORTER = 0,      /* the inner source address */
	XM_BALANCE_EXPORTER_PORT = 1, /* and the inner source port */
	XM_BALANCE_FLOW = 2,          /* both addresses, both ports, protocol */
};

/* xm_pools: array. References are single words, so that a change in place is atomic. */
struct xm_pool {
	__u32 collector;  /* row of xm_collectors; XM_NO_ROW: none usable; unused with slots */
	__u32 slot_base;  /* first row of xm_slots that is the pool's */
	__u32 slot_count; /* 0: the one collector above */
	__u32 balance;    /* enum xm_balance */
};
XM_LAYOUT(struct xm_pool, 16);

/* xm_slots: array, one row for each slot of each pool that has several collectors. */
struct xm_pool_slot {
	__u32 collector; /* row of xm_collectors; XM_NO_ROW: none usable */
};
XM_LAYOUT(struct xm_pool_slot, 4);

enum xm_family { XM_IPV4 = 4, XM_IPV6 = 6 };

/* xm_collectors: array. */
struct xm_collector {
	__be32 addr[4];  /* IPv4 in addr[0] */
	__u32 next_hop;  /* row of xm_next_hops */
	__u32 book;      /* row of xm_coll_book */
	__u8 family;     /* enum xm_family */
	__u8 pad[7];
};
XM_LAYOUT(struct xm_collector, 32);

/* How a frame leaves. */
enum xm_path {
	XM_PATH_REDIRECT = 1, /* devmap redirect to an Ethernet device */
	XM_PATH_TX = 2,       /* back out of the NIC that it came in by */
	XM_PATH_TC = 3,       /* passed to the tc program, which redirects it to the device */
	XM_PATH_KERNEL = 4,   /* passed to the tc program, which lets the kernel route it, with a mark */
};

/* xm_next_hops: array, two rows for each collector: the one it refers to, and one that is written whole
 * before the reference moves to it.
 */
struct xm_next_hop {
	__u8 dst_mac[6]; /* of the neighbour; XM_PATH_TC, XM_PATH_KERNEL: struct xm_handover, whose secret only the program adds */
	__u8 src_mac[6];
	__u32 egress;  /* row of xm_egress (devmap) */
	__u32 ifindex; /* the same device, for readers; 0: the row is unused */
	__u32 mtu;     /* largest IP packet, bytes */
	__u8 path;     /* enum xm_path */
	__u8 fragment; /* 1: larger IPv4 packets go to the kernel, which fragments them */
	__u8 pad[6];
};
XM_LAYOUT(struct xm_next_hop, 32);

/* xm_secret: one row. Of the configuration's struct xm_handover; zero: no packet is handed over. For root alone, so
 * it is in no other table but xm_watched. The secret stays the first field in later layouts.
 */
struct xm_secret {
	__u8 secret[6];
	__u8 pad[2];
};
XM_LAYOUT(struct xm_secret, 8);

/* What travels from the XDP program to the tc program on the same interface, in the place of the Ethernet
 * addresses, complete and for nobody else's eyes. Unlike metadata it is there with every driver and
 * survives every conversion of the frame; and should the tc program be gone, the kernel drops the packet
 * as somebody else's, instead of answering its sender.
 */
struct xm_handover {
	__u8 secret[6]; /* of the attachment, a locally administered address; as on the wire */
	__u8 local;     /* 0x02: a locally administered address too */
	__u8 how;       /* enum xm_handover_how */
	__be16 value[2]; /* ifindex, or the mark; upper half first */
};
XM_LAYOUT(struct xm_handover, 12);

enum xm_handover_how {
	XM_HANDOVER_DEVICE = 1,    /* to a device without Ethernet header */
	XM_HANDOVER_NEIGHBOUR = 2, /* to an Ethernet device; the kernel finds the neighbour */
	XM_HANDOVER_ROUTE = 3,     /* the kernel routes it */
	XM_HANDOVER_COPIES = 4,    /* to all that its rule sends to; see enum xm_copy_order */
};

/* XM_HANDOVER_COPIES: value[0] is the rule's row of xm_copies, value[1] where its transport is. */
enum xm_copy_order {
	XM_COPY_PLAIN = 0x8000,      /* value[0]: it came without encapsulation */
	XM_COPY_RULE = 0x7fff,
	XM_COPY_WORDS = 0x03ff,      /* value[1]: from the IP header to the transport's, in 4 bytes */
	XM_COPY_TRANSPORT_SHIFT = 10, /* above it enum xm_transport */
};

/* fwmarks by which the fate of packets is known behind the tc program: of those that it redirects, and of
 * those that the kernel fragments into their device. The second is nobody else's: those packets take the
 * unmarked route.
 */
#define XM_HANDOVER_MARK 0x786d
#define XM_FRAGMENT_MARK 0x786e

/* ---- books: shared by all programs of one attachment, per CPU, never reset ---- */

struct xm_count {
	__u64 packets;
	__u64 bytes; /* frame bytes without FCS: as received, for delivered as sent */
};
XM_LAYOUT(struct xm_count, 16);

/* xm_totals: one row. received + copied = delivered + sum over xm_drops, where readers take the
 * EGRESS_REJECTED row, which is counted after the verdict, out of delivered.
 */
struct xm_totals {
	struct xm_count received;  /* claimed as ours */
	struct xm_count forwarded; /* handed to an egress by the verdict */
	struct xm_count copied;    /* beyond the first send: each is delivered or dropped for itself */
};
XM_LAYOUT(struct xm_totals, 48);

/* xm_drops, xm_passes, xm_notes: one row each, a named counter for each reason, in the order of the enums, so
 * that a row can be read as an array of struct xm_count too.
 */
#define XM_AS_COUNT(id, label, text) struct xm_count label;
struct xm_drop_counts {
	XM_DROP_REASONS(XM_AS_COUNT)
};
struct xm_pass_counts {
	XM_PASS_REASONS(XM_AS_COUNT)
};
struct xm_note_counts {
	XM_NOTES(XM_AS_COUNT)
};
#undef XM_AS_COUNT
XM_LAYOUT(struct xm_drop_counts, XM_DROP_MAX * 16);
XM_LAYOUT(struct xm_pass_counts, XM_PASS_MAX * 16);
XM_LAYOUT(struct xm_note_counts, XM_NOTE_MAX * 16);

/* xm_source_book: array of XM_MAX_SOURCES. */
struct xm_source_count {
	struct xm_count received;  /* admitted for this source */
	struct xm_count forwarded;
	struct xm_count dropped;
	struct xm_count truncated; /* cut packets among them, dropped or forwarded */
};
XM_LAYOUT(struct xm_source_count, 64);

/* ---- memory: shared by all programs of one attachment ---- */

/* xm_fragments: array of XM_MEMORY_PARTS tables, chosen by outer sender, so that a flood from one
 * sender pushes out few datagrams of others. Each is an LRU hash of datagrams whose first fragment was
 * seen. In Geneve the sender is one of several balancers: it is left out, and the VNI chooses.
 */
struct xm_fragment_key {
	__be32 sender[4]; /* outer source, for plain input the source; IPv4 in sender[0] */
	__be32 from[4];   /* inner source; IPv4 in from[0] */
	__be32 to[4];     /* inner destination, as it came */
	__be32 id;        /* IPv4: 16 bits, RFC 791; IPv6: 32 bits, RFC 8200 section 4.5 */
	__u32 source;     /* row of xm_source_book */
	__u32 vni;
	__u8 family;      /* enum xm_family */
	__u8 protocol;    /* IPv4: RFC 791 makes it part of the identity; IPv6: 0 */
	__u8 pad[2];
};
XM_LAYOUT(struct xm_fragment_key, 64);

/* What later fragments do not say. They are matched anew with it, under the rules of the moment. */
struct xm_fragment {
	__u64 seen_ns;  /* CLOCK_MONOTONIC when the first fragment came */
	__u16 port;     /* host order: inner destination port; 0 without ports */
	__u16 from_port; /* host order: inner source port; 0 unless some pool balances by it */
	__u8 protocol;  /* IPPROTO_* */
	__u8 pad[3];
};
XM_LAYOUT(struct xm_fragment, 16);

#define XM_FRAGMENT_LIFETIME_NS 5000000000ULL /* then a first fragment is forgotten */

/* xm_templates: array of XM_MEMORY_PARTS ring buffers, chosen as the tables of fragments are, for the daemon
 * to read. A whole UDP packet that carries NetFlow v9 or IPFIX templates, from its IP header on, as it came.
 */
struct xm_template_packet {
	__u32 rule;  /* row of xm_rule_book */
	__u16 bytes; /* of the packet */
	__u16 payload; /* offset of the UDP payload in it */
	__u8 packet[XM_TEMPLATE_BYTES];
};
XM_LAYOUT(struct xm_template_packet, 8 + XM_TEMPLATE_BYTES);

/* ---- what looks at packets after the verdict ---- */

/* xm_watched: one row. By what packets that were handed over to the kernel are known when they die. */
struct xm_watched {
	__u32 marks[XM_WATCHED_CONFIGS * XM_MAX_MARKS]; /* fwmarks; 0: none */
	__u8 secret[XM_WATCHED_CONFIGS][8];             /* of struct xm_handover, in the first 6; zero: none */
};
XM_LAYOUT(struct xm_watched, 4 * 16 + 16);

/* ---- what the attachment says about itself ---- */

enum xm_attach_mode { XM_MODE_NATIVE = 1, XM_MODE_GENERIC = 2 };
enum xm_attach_kind { XM_ATTACH_LINK = 1, XM_ATTACH_DISPATCHER = 2 };

/* xm_meta: one row. */
struct xm_meta {
	__u64 layout_hash;   /* equal hash: this state may be adopted */
	__u64 attached_ns;   /* CLOCK_REALTIME, ns: which attachment it is */
	__u64 configured_ns; /* likewise: which of its configurations, each later than the one before */
	__u64 profile_bytes; /* length of the profile in xm_profile */
	__u64 names_bytes;   /* and of the names of book rows behind it */
	__u32 ifindex;
	__u32 mode;          /* enum xm_attach_mode */
	__u32 kind;          /* enum xm_attach_kind */
	__u32 features;      /* enum xm_feature of the running program */
	char interface[16];
	char profile[XM_NAME_BYTES];  /* name as given */
	char path[XM_PATH_BYTES];     /* of its file, absolute; empty: unknown, or too long */
	char version[XM_NAME_BYTES];  /* of the loader that attached */
	__u32 program_id;    /* of the program that runs it: who may not open that can look for it by this */
	__u32 pad;
	__u8 program_tag[8];
};
XM_LAYOUT(struct xm_meta, 472);

/* xm_profile: array. The effective profile as JSON text, so that the state explains itself; behind it, also as
 * JSON, whom each row of the books counts for (config/book_names.h).
 */
struct xm_profile_chunk {
	char text[XM_PROFILE_CHUNK];
};
XM_LAYOUT(struct xm_profile_chunk, 4096);

#endif
