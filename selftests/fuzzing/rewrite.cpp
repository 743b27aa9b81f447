// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/fuzzing/rewrite.h"

#include <algorithm>

#include "selftests/fuzzing/sums.h"
#include "selftests/fuzzing/wire.h"

namespace xdpmirror::reference {
namespace {

constexpr std::uint16_t kDontFragment = 0x4000;

class Rewriter {
  public:
    Rewriter(const Inner& inner, const Rewrite& rewrite)
        : inner_(inner),
          rewrite_(rewrite),
          was_(std::span(inner.packet().begin(), inner.packet().end())),
          packet_(was_.begin(), was_.end()) {}

    Bytes packet() && {
        if (!inner_.is_later()) upper_layer();
        if (inner_.is_ipv4())
            ipv4();
        else
            ipv6();
        return std::move(packet_);
    }

  private:
    void put(std::size_t at, std::uint16_t word) {
        packet_[at] = static_cast<std::uint8_t>(word >> 8);
        packet_[at + 1] = static_cast<std::uint8_t>(word & 0xff);
    }
    void put(std::size_t at, const IpAddress& address) {
        std::copy_n(address.bytes.begin(), inner_.is_ipv4() ? 4 : 16,
                    packet_.begin() + static_cast<std::ptrdiff_t>(at));
    }
    // RFC 768, RFC 3828: zero is no sum, its other form is sent.
    void put_sum(std::size_t at, std::uint16_t sum) {
        const bool has_no_zero = inner_.protocol == kUdp || inner_.protocol == kUdpLite;
        put(at, has_no_zero && sum == 0 ? std::uint16_t{0xffff} : sum);
    }
    std::uint16_t word(std::size_t at) const { return View(packet_).u16(at); }

    // RFC 1624 over every 16-bit word of the header that is written here.
    void ipv4() {
        put(16, rewrite_.to);
        if (inner_.is_truncated()) put(2, static_cast<std::uint16_t>(packet_.size()));
        if (rewrite_.for_kernel)
            put(6, static_cast<std::uint16_t>(word(6) & ~kDontFragment));
        else
            packet_[8]--;
        ChangedSum sum(was_.u16(10));
        sum.address(inner_.to, rewrite_.to);
        for (const std::size_t at : {2U, 6U, 8U})
            if (was_.u16(at) != word(at)) sum.word(was_.u16(at), word(at));
        put(10, sum.checksum());
    }

    void ipv6() {
        put(24, rewrite_.to);
        if (inner_.is_truncated()) put(4, static_cast<std::uint16_t>(packet_.size() - kIpv6Bytes));
        packet_[7]--;
    }

    void upper_layer() {
        const bool has_writable_port =
            inner_.protocol == kUdp || inner_.protocol == kTcp || inner_.protocol == kUdpLite;
        const bool writes_port = has_writable_port && rewrite_.port;
        if (writes_port) put(inner_.header + 2, *rewrite_.port);
        if (inner_.protocol == kUdp)
            udp();
        else if (const auto at = checksum_offset())
            put_sum(inner_.header + *at, updated(*at));
    }

    std::optional<std::size_t> checksum_offset() const {
        switch (inner_.protocol) {
            case kTcp:
                return 16;
            case kUdp:
            case kUdpLite:
            case kDccp:
                return 6;
            case kIcmp6:
                if (!inner_.is_ipv4()) return 2;
                return {};
            default:
                return {};
        }
    }

    std::uint16_t updated(std::size_t at) const {
        const std::size_t port = inner_.header + 2;
        ChangedSum sum(was_.u16(inner_.header + at));
        sum.address(inner_.to, rewrite_.to);
        if (inner_.port && was_.u16(port) != word(port)) sum.word(was_.u16(port), word(port));
        return sum.checksum();
    }

    void udp() {
        const std::size_t length_at = inner_.header + 4;
        const std::size_t sum_at = inner_.header + 6;
        const std::size_t left = packet_.size() - inner_.header;
        if (inner_.is_truncated() && word(length_at) > left)
            put(length_at, static_cast<std::uint16_t>(left));
        const bool computes = inner_.is_truncated() ||
                              (rewrite_.checksum == Checksum::recompute && !inner_.is_fragment());
        std::uint16_t sum = 0;
        if (rewrite_.checksum == Checksum::zero && inner_.is_ipv4()) {
            put(sum_at, 0);
            return;
        }
        if (computes) {
            put(sum_at, 0);
            const View segment = View(packet_).from(inner_.header).first(word(length_at));
            sum = upper_layer_checksum(inner_.from, rewrite_.to, kUdp, segment);
        } else if (was_.u16(sum_at) == 0) {
            return;
        } else {
            sum = updated(6);
        }
        put_sum(sum_at, sum);
    }

    const Inner& inner_;
    const Rewrite& rewrite_;
    View was_;
    Bytes packet_;
};

}  // namespace

Bytes rewritten(const Inner& inner, const Rewrite& rewrite) {
    return Rewriter(inner, rewrite).packet();
}

}  // namespace xdpmirror::reference
