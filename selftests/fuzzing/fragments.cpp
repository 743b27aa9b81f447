// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/fuzzing/fragments.h"

namespace xdpmirror::reference {
namespace {

constexpr Time kLifetime = std::chrono::seconds(5);
constexpr std::size_t kMany = 100'000;  // then those too old are dropped: long runs must end

}  // namespace

Fragments::Datagram Fragments::datagram(const Origin& origin, const Inner& inner) {
    const std::uint8_t protocol = inner.is_ipv4() ? inner.protocol : 0;
    return {origin, inner.from, inner.to, inner.id, protocol};
}

void Fragments::remember(const Origin& origin, const Inner& first, Time now) {
    if (shown_.size() > kMany)
        std::erase_if(shown_, [&](const auto& one) { return now - one.second.when > kLifetime; });
    shown_[datagram(origin, first)] = {first.protocol, first.port, now};
}

std::optional<Fragments::Shown> Fragments::recall(const Origin& origin, const Inner& later,
                                                  Time now) const {
    const auto found = shown_.find(datagram(origin, later));
    if (found == shown_.end() || now - found->second.when > kLifetime) return {};
    return found->second;
}

}  // namespace xdpmirror::reference
