// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Who may send: rows of xm_vnis and xm_senders. A VNI's few IPv4 prefixes stand in its own row;
// more of them, and all of IPv6, in the trie.
#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <map>

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

}  // namespace

Result<Ok> plan_senders(const Config& config, Plan& plan) {
    std::map<std::uint32_t, SendersOfVni> vnis;
    std::size_t total = 0;

    for (std::uint32_t i = 0; i < config.sources.size(); i++) {
        const Source& source = config.sources[i];
        SendersOfVni& senders = vnis[source.vni];

        total += source.from.size();
        if (auto done = check_limit(source.position, total, XM_MAX_SENDERS, "prefixes in 'from'",
                                    "use wider prefixes");
            !done) {
            return done;
        }
        for (const Prefix& prefix : source.from) {
            auto& family = prefix.address.family == Family::ipv4 ? senders.ipv4 : senders.ipv6;
            family.push_back({prefix, i});
        }
    }
    for (auto& [vni, senders] : vnis) {
        const xm_vni row = vni_row(vni, senders);
        plan.vnis.emplace_back(vni, row);
        add_trie_rows(vni, senders, row.lpm4, plan);
    }
    if (!plan.senders.empty()) {
        plan.config.features |= XM_FEATURE_SENDER_LPM;
    }
    plan.config.vxlan_port =
        htons(config.sources.empty() ? std::uint16_t{0} : config.sources.front().vxlan_port);
    const Position last = config.sources.empty() ? Position{} : config.sources.back().position;
    return check_limit(last, plan.senders.size(), XM_MAX_SENDERS, "rows of xm_senders",
                       "use wider prefixes");
}

}  // namespace xdpmirror
