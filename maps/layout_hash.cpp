// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// FNV-1a over the layout.
#include "maps/layout_hash.h"

#include <string_view>

#include "maps/drop_reasons.h"
#include "maps/layout.h"

namespace xdpmirror {
namespace {

// Raise it when a field changes its meaning but no size changes.
constexpr std::uint64_t kLayoutVersion = 7;

constexpr std::uint64_t kStructSizes[] = {
    sizeof(xm_config),      sizeof(xm_vni),        sizeof(xm_sender_key), sizeof(xm_sender),
    sizeof(xm_rule_row4),   sizeof(xm_rule_row6),  sizeof(xm_rule),       sizeof(xm_port_class),
    sizeof(xm_pool),        sizeof(xm_collector),  sizeof(xm_next_hop),   sizeof(xm_totals),
    sizeof(xm_drop_counts), sizeof(xm_pass_counts), sizeof(xm_source_count), sizeof(xm_count),
    sizeof(xm_meta),        sizeof(xm_profile_chunk), sizeof(xm_source),  sizeof(xm_exporter_key),
    sizeof(xm_exporter),    sizeof(xm_fragment_key),  sizeof(xm_fragment), sizeof(xm_note_counts),
    sizeof(xm_handover),    sizeof(xm_pool_slot),     sizeof(xm_copies),  sizeof(xm_watched),
    sizeof(xm_template_packet), sizeof(xm_secret),
};

// Sizes of maps that outlast a configuration.
constexpr std::uint64_t kLimits[] = {XM_MAX_SOURCES, XM_MAX_RULES, XM_MAX_COLLECTORS, XM_MEMORY_PARTS,
                                     XM_MAX_FRAGMENTS};

constexpr std::string_view kLabels[] = {
#define XM_AS_LABEL(id, label, text) #label,
    XM_DROP_REASONS(XM_AS_LABEL) XM_PASS_REASONS(XM_AS_LABEL) XM_NOTES(XM_AS_LABEL)
#undef XM_AS_LABEL
};

constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
    for (int byte = 0; byte < 8; ++byte) {
        hash ^= (value >> (8 * byte)) & 0xff;
        hash *= 0x100000001b3ULL;
    }
    return hash;
}

constexpr std::uint64_t hash_all() {
    std::uint64_t hash = mix(0xcbf29ce484222325ULL, kLayoutVersion);
    for (const auto size : kStructSizes) hash = mix(hash, size);
    for (const auto limit : kLimits) hash = mix(hash, limit);
    for (const auto label : kLabels) {
        for (const char c : label) hash = mix(hash, static_cast<unsigned char>(c));
        hash = mix(hash, 0);
    }
    return hash;
}

}  // namespace

std::uint64_t layout_hash() { return hash_all(); }

}  // namespace xdpmirror
