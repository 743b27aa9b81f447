// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Who may send: rows of xm_vnis and xm_senders. A VNI's few IPv4 prefixes stand in its own row;
// more of them, and all of IPv6, in the trie. A "VNI" is a key with the way in above it, so that
// ways without a VNI have rows of their own.
#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "config/plan_parts.h"

namespace xdpmirror {
namespace {

constexpr std::uint32_t kVniBits = 32;
constexpr std::uint32_t kMappedBits = 96;

struct Sender {
    Prefix prefix;
    std::uint32_t source;
};

struct SendersOfVni {
    std::vector<Sender> ipv4;
    std::vector<Sender> ipv6;
};

std::uint32_t word_of(const IpAddress& address) {
    std::uint32_t word = 0;

    std::memcpy(&word, address.bytes.data(), sizeof(word));
    return word;
}

std::uint32_t mask_of(std::uint8_t length) {
    return length ? htonl(~std::uint32_t{0} << (32 - length)) : 0;
}

xm_sender_key trie_key(std::uint32_t vni, const Prefix& prefix) {
    xm_sender_key key{};

    key.vni = htonl(vni);
    if (prefix.address.family == Family::ipv4) {
        key.prefix_bits = kVniBits + kMappedBits + prefix.length;
        key.addr[2] = htonl(0xffff);
        key.addr[3] = word_of(prefix.address);
    } else {
        key.prefix_bits = kVniBits + prefix.length;
        std::memcpy(key.addr, prefix.address.bytes.data(), sizeof(key.addr));
    }
    return key;
}

// IPv4 lies inside ::/0 in the trie, so that an IPv6 prefix that short would admit IPv4 senders as
// well; a row without a source stops the search there.
bool needs_ipv4_barrier(const SendersOfVni& senders) {
    const IpAddress mapped = IpAddress::parse("::ffff:0:0").value_or(IpAddress{});
    const bool is_open = std::ranges::any_of(
        senders.ipv6, [&mapped](const Sender& sender) { return sender.prefix.contains(mapped); });
    const bool has_all = std::ranges::any_of(
        senders.ipv4, [](const Sender& sender) { return sender.prefix.length == 0; });

    return is_open && !has_all;
}

xm_vni vni_row(std::uint32_t vni, SendersOfVni& senders) {
    xm_vni row{};

    row.vni = vni;
    for (xm_sender4& unused : row.sender) {
        unused = {.addr = 0xffffffff, .mask = 0, .source = XM_NO_ROW};
    }
    row.lpm4 = senders.ipv4.size() > XM_INLINE_SENDERS;
    row.lpm6 = !senders.ipv6.empty();
    if (row.lpm4) {
        return row;
    }
    std::ranges::stable_sort(senders.ipv4, std::ranges::greater{},
                             [](const Sender& sender) { return sender.prefix.length; });
    for (const Sender& sender : senders.ipv4) {
        row.sender[row.sender_count++] = {.addr = word_of(sender.prefix.address),
                                          .mask = mask_of(sender.prefix.length),
                                          .source = sender.source};
    }
    return row;
}

void add_trie_rows(std::uint32_t vni, const SendersOfVni& senders, bool with_ipv4, Plan& plan) {
    for (const Sender& sender : senders.ipv6) {
        plan.senders.emplace_back(trie_key(vni, sender.prefix), xm_sender{sender.source});
    }
    if (!with_ipv4) {
        return;
    }
    for (const Sender& sender : senders.ipv4) {
        plan.senders.emplace_back(trie_key(vni, sender.prefix), xm_sender{sender.source});
    }
    if (needs_ipv4_barrier(senders)) {
        plan.senders.emplace_back(trie_key(vni, Prefix::all(Family::ipv4)), xm_sender{XM_NO_ROW});
    }
}

constexpr std::uint32_t way_key(xm_way way, std::uint32_t vni = 0) {
    return static_cast<std::uint32_t>(way) << XM_WAY_SHIFT | vni;
}

std::uint32_t key_of(const Source& source, std::uint32_t row) {
    switch (source.way) {
        case WayIn::vxlan:
            return way_key(XM_WAY_VXLAN, source.vni.value_or(0));
        case WayIn::geneve:
            return source.vni ? way_key(XM_WAY_GENEVE, *source.vni) : way_key(XM_WAY_GENEVE_ANY);
        case WayIn::plain:
            break;
    }
    return way_key(XM_WAY_PLAIN, row);
}

void add_sender(SendersOfVni& senders, const Prefix& prefix, std::uint32_t source) {
    auto& family = prefix.address.family == Family::ipv4 ? senders.ipv4 : senders.ipv6;
    family.push_back({prefix, source});
}

void add_senders(SendersOfVni& senders, const Source& source, std::uint32_t row) {
    for (const Prefix& prefix : source.from) {
        add_sender(senders, prefix, row);
    }
}

// Of all Geneve sources. Those with other VNIs may have the same senders: the first has them.
SendersOfVni senders_of_geneve(const Config& config) {
    SendersOfVni senders;
    std::set<Prefix> seen;

    for (std::uint32_t i = 0; i < config.sources.size(); i++) {
        if (config.sources[i].way != WayIn::geneve) {
            continue;
        }
        for (const Prefix& prefix : config.sources[i].from) {
            if (seen.insert(prefix).second) {
                add_sender(senders, prefix, i);
            }
        }
    }
    return senders;
}

// What plain sources claim, by destination.
void plan_destinations(const Config& config, Plan& plan) {
    SendersOfVni destinations;

    for (std::uint32_t i = 0; i < config.sources.size(); i++) {
        for (const Prefix& to : config.sources[i].to) {
            add_sender(destinations, to, i);
        }
    }
    add_trie_rows(way_key(XM_WAY_PLAIN_TO), destinations, true, plan);
}

}  // namespace

Result<Ok> plan_senders(const Config& config, Plan& plan) {
    std::map<std::uint32_t, SendersOfVni> keys;
    std::size_t total = 0;
    bool has_geneve = false;

    for (std::uint32_t i = 0; i < config.sources.size(); i++) {
        const Source& source = config.sources[i];

        total += source.from.size() + source.to.size();
        if (auto done = check_limit(source.position, total, XM_MAX_SENDERS,
                                    "prefixes in 'from' and 'to' of sources", "use wider prefixes");
            !done) {
            return done;
        }
        add_senders(keys[key_of(source, i)], source, i);
        has_geneve = has_geneve || source.way == WayIn::geneve;
    }
    if (has_geneve) {
        keys.emplace(way_key(XM_WAY_GENEVE_OTHER), senders_of_geneve(config));
    }
    for (auto& [key, senders] : keys) {
        const xm_vni row = vni_row(key, senders);
        plan.vnis.emplace_back(key, row);
        add_trie_rows(key, senders, row.lpm4, plan);
    }
    plan_destinations(config, plan);
    if (!plan.senders.empty()) {
        plan.config.features |= XM_FEATURE_SENDER_LPM;
    }
    const Position last = config.sources.empty() ? Position{} : config.sources.back().position;
    return check_limit(last, plan.senders.size(), XM_MAX_SENDERS, "rows of xm_senders",
                       "use wider prefixes");
}

}  // namespace xdpmirror
