// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Frames byte by byte, in wire order; see flows.h.
#include "bench/flows.h"

#include <arpa/inet.h>
#include <net/if.h>

#include <cstdio>
#include <cstring>
#include <span>

namespace xdpmirror::bench {

namespace {

using Bytes = std::vector<std::uint8_t>;

void put16(Bytes& frame, std::size_t at, std::uint32_t value) {
    frame[at] = static_cast<std::uint8_t>(value >> 8);
    frame[at + 1] = static_cast<std::uint8_t>(value);
}

void put32(Bytes& frame, std::size_t at, std::uint32_t value) {
    put16(frame, at, value >> 16);
    put16(frame, at + 2, value);
}

std::uint32_t add_words(std::span<const std::uint8_t> bytes, std::uint32_t sum) {
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2)
        sum += static_cast<std::uint32_t>(bytes[i] << 8 | bytes[i + 1]);
    return sum;
}

std::uint32_t finish(std::uint32_t sum) {
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

void put_ipv4(Bytes& frame, std::size_t at, std::uint8_t protocol, std::uint32_t source,
              std::uint32_t destination) {
    frame[at] = 0x45;
    put16(frame, at + 2, static_cast<std::uint32_t>(frame.size() - at));
    put16(frame, at + 6, 0x4000);  // do not fragment
    frame[at + 8] = 63;
    frame[at + 9] = protocol;
    put32(frame, at + 12, source);
    put32(frame, at + 16, destination);
    put16(frame, at + 10, finish(add_words(std::span(frame).subspan(at, 20), 0)));
}

void put_udp(Bytes& frame, std::size_t at, std::uint32_t source, std::uint32_t destination) {
    put16(frame, at, source);
    put16(frame, at + 2, destination);
    put16(frame, at + 4, static_cast<std::uint32_t>(frame.size() - at));
}

// The header of a NetFlow v9 packet and one data set that fills the rest (RFC 3954 section 5).
void put_netflow(Bytes& frame, std::size_t at) {
    const auto left = static_cast<std::uint32_t>(frame.size() - at);

    put16(frame, at, 9);
    put16(frame, at + 2, 1);
    put32(frame, at + 4, 3600000);
    put32(frame, at + 8, 1700000000);
    put32(frame, at + 12, 1);
    if (left < 24) return;
    put16(frame, at + 20, 256);
    put16(frame, at + 22, left - 20);
    for (std::size_t i = at + 24; i < frame.size(); i++)
        frame[i] = static_cast<std::uint8_t>(i * 37);
}

Bytes frame_of(const FrameSpec& spec, std::uint32_t flow) {
    const std::uint32_t exporter = spec.first_exporter + flow;
    Bytes frame(XM_BENCH_PAYLOAD + spec.payload_bytes, 0);

    std::memcpy(&frame[0], spec.outer_destination.data(), 6);
    put16(frame, 6, 0x0200);
    put32(frame, 8, spec.first_sender + flow);
    put16(frame, 12, 0x0800);
    put_udp(frame, XM_BENCH_OUTER_UDP, 49152 + flow * 97 % 16384, 4789);
    frame[XM_BENCH_VXLAN] = 0x08;
    put32(frame, XM_BENCH_VXLAN + 4, spec.vni << 8);
    put32(frame, XM_BENCH_INNER_ETHER, 0x0e5a1107);  // a router's and an exporter's MAC,
    put16(frame, XM_BENCH_INNER_ETHER + 4, 0x0001);  // of a network that is not ours
    put32(frame, XM_BENCH_INNER_ETHER + 6, 0x0e5a1107);
    put16(frame, XM_BENCH_INNER_ETHER + 10, 0x0002);
    put16(frame, XM_BENCH_INNER_ETHER + 12, 0x0800);
    put_udp(frame, XM_BENCH_INNER_UDP, 20000 + flow, spec.inner_port);
    put_netflow(frame, XM_BENCH_PAYLOAD);

    put_ipv4(frame, XM_BENCH_INNER_IP, spec.inner_protocol, exporter, spec.inner_destination);
    std::uint32_t sum = 17 + spec.payload_bytes + 8;
    sum = add_words(std::span(frame).subspan(XM_BENCH_INNER_IP + 12, 8), sum);
    sum = finish(add_words(std::span(frame).subspan(XM_BENCH_INNER_UDP), sum));
    put16(frame, XM_BENCH_INNER_UDP + 6, sum ? sum : 0xffff);
    put_ipv4(frame, XM_BENCH_OUTER_IP, spec.outer_protocol, spec.first_sender + flow, spec.node);
    return frame;
}

template <class T>
void take(T& field, const Bytes& frame, std::size_t at) {
    std::memcpy(&field, &frame[at], sizeof(field));
}

}  // namespace

Result<Mac> parse_mac(const std::string& text) {
    Mac mac{};
    char behind = 0;

    if (std::sscanf(text.c_str(), "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%c", &mac[0], &mac[1],
                    &mac[2], &mac[3], &mac[4], &mac[5], &behind) != 6)
        return configuration_error("'" + text + "' is not a MAC address");
    return mac;
}

Result<std::uint32_t> parse_address(const std::string& text) {
    in_addr address{};

    if (inet_pton(AF_INET, text.c_str(), &address) != 1)
        return configuration_error("'" + text + "' is not an IPv4 address");
    return ntohl(address.s_addr);
}

Result<std::uint32_t> ifindex_of(const std::string& device) {
    const unsigned index = if_nametoindex(device.c_str());

    if (index == 0) return configuration_error("no interface '" + device + "' here");
    return index;
}

Result<> check(const FrameSpec& spec) {
    if (spec.flow_count == 0 || spec.flow_count > XM_BENCH_MAX_FLOWS ||
        (spec.flow_count & (spec.flow_count - 1)) != 0)
        return configuration_error("flows must be a power of two up to " +
                                   std::to_string(XM_BENCH_MAX_FLOWS));
    if (spec.payload_bytes % 4 != 0 || spec.payload_bytes < XM_BENCH_MIN_PAYLOAD ||
        spec.payload_bytes > XM_BENCH_MAX_PAYLOAD)
        return configuration_error("payload must be a multiple of 4 from " +
                                   std::to_string(XM_BENCH_MIN_PAYLOAD) + " to " +
                                   std::to_string(XM_BENCH_MAX_PAYLOAD));
    return Ok{};
}

std::vector<std::uint8_t> first_frame(const FrameSpec& spec) { return frame_of(spec, 0); }

std::vector<xm_bench_flow> all_flows(const FrameSpec& spec) {
    std::vector<xm_bench_flow> flows(spec.flow_count);

    for (std::uint32_t i = 0; i < spec.flow_count; i++) {
        const Bytes frame = frame_of(spec, i);
        take(flows[i].outer_ip_sum, frame, XM_BENCH_OUTER_IP + 10);
        take(flows[i].outer_source, frame, XM_BENCH_OUTER_IP + 12);
        take(flows[i].outer_port, frame, XM_BENCH_OUTER_UDP);
        take(flows[i].inner_ip_sum, frame, XM_BENCH_INNER_IP + 10);
        take(flows[i].inner_source, frame, XM_BENCH_INNER_IP + 12);
        take(flows[i].inner_port, frame, XM_BENCH_INNER_UDP);
        take(flows[i].inner_udp_sum, frame, XM_BENCH_INNER_UDP + 6);
    }
    return flows;
}

}  // namespace xdpmirror::bench
