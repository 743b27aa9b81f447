// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Hex rows of at most 16 bytes: wanted, got, and marks under the bytes that differ.
#include "selftests/support/packet_diff.h"

#include <algorithm>
#include <cstdio>

namespace xdpmirror::test {
namespace {

constexpr std::size_t kRow = 16;
constexpr std::size_t kMostRows = 4;  // of each layer: enough to find the mistake

bool same(const Bytes& want, const Bytes& got, std::size_t at) {
    return at < want.size() && at < got.size() && want[at] == got[at];
}

std::string byte_or_gap(const Bytes& bytes, std::size_t at) {
    return at < bytes.size() ? hex(&bytes[at], 1) : "--";
}

std::string row(const Bytes& want, const Bytes& got, std::size_t from, std::size_t to) {
    std::string wanted, found, marks;
    bool differs = false;
    for (std::size_t at = from; at < to; at++) {
        wanted += " " + byte_or_gap(want, at);
        found += " " + byte_or_gap(got, at);
        marks += same(want, got, at) ? "   " : " ^^";
        differs = differs || !same(want, got, at);
    }
    if (!differs) return "";
    char offset[32];
    std::snprintf(offset, sizeof(offset), "%5zu", from);
    return std::string("  ") + offset + "  want" + wanted + "\n" + "         got " + found + "\n" +
           "             " + marks + "\n";
}

std::string span_diff(const LayerSpan& span, const Bytes& want, const Bytes& got) {
    std::string rows;
    std::size_t shown = 0;
    const std::size_t end = span.offset + span.length;
    for (std::size_t at = span.offset; at < end; at += kRow) {
        const std::string text = row(want, got, at, std::min(at + kRow, end));
        if (!text.empty() && shown++ == kMostRows) {
            rows += "         ... and more\n";
            break;
        }
        rows += text;
    }
    return span.name + (rows.empty() ? ": same\n" : ":\n" + rows);
}

}  // namespace

std::string hex(const std::uint8_t* bytes, std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < size; i++) {
        char digits[4];
        std::snprintf(digits, sizeof(digits), "%s%02x", i == 0 ? "" : " ", bytes[i]);
        text += digits;
    }
    return text;
}

std::string packet_text(const Packet& packet) {
    const Bytes bytes = packet.bytes();
    std::string text;
    for (const LayerSpan& span : packet.spans()) {
        const std::size_t shown = std::min(span.length, kMostRows * kRow);
        text += span.name + ": " + hex(&bytes[span.offset], shown) +
                (shown < span.length ? " ..." : "") + "\n";
    }
    return text;
}

std::string packet_diff(const Bytes& want, const std::vector<LayerSpan>& layers, const Bytes& got) {
    if (want == got) return "";
    std::string text =
        "want " + std::to_string(want.size()) + " bytes, got " + std::to_string(got.size()) + "\n";
    std::size_t covered = 0;
    for (const LayerSpan& span : layers) {
        text += span_diff(span, want, got);
        covered = std::max(covered, span.offset + span.length);
    }
    const std::size_t longest = std::max(want.size(), got.size());
    if (covered < longest) text += span_diff({"beyond", covered, longest - covered}, want, got);
    return text;
}

std::string packet_diff(const Packet& want, const Bytes& got) {
    return packet_diff(want.bytes(), want.spans(), got);
}

}  // namespace xdpmirror::test
