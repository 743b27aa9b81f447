// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Builds the bench's frames as AWS mirrors them: VXLAN in IPv4, foreign inner MACs, NetFlow v9
// inside. Every checksum is computed over the whole, so that none depends on the code under test.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/frame.h"
#include "maps/result.h"

namespace xdpmirror::bench {

using Mac = std::array<std::uint8_t, 6>;

Result<Mac> parse_mac(const std::string& text);
Result<std::uint32_t> parse_address(const std::string& text);  // host order
Result<std::uint32_t> ifindex_of(const std::string& device);

// What is the same in every frame.
struct FrameSpec {
    Mac outer_destination{};
    std::uint32_t node = 0;                     // outer destination, host order
    std::uint32_t vni = 4242;
    std::uint32_t inner_destination = 0;        // host order
    std::uint16_t inner_port = 31756;
    std::uint8_t outer_protocol = 17;           // another one gives a frame that is not UDP
    std::uint8_t inner_protocol = 17;
    std::uint32_t first_sender = 0x0a000100;    // 10.0.1.0
    std::uint32_t first_exporter = 0xc0a80001;  // 192.168.0.1
    std::uint32_t payload_bytes = 160;          // a multiple of 4
    std::uint32_t flow_count = 256;             // a power of two
};

// A reason why the spec cannot be built, or Ok.
Result<> check(const FrameSpec& spec);

// The whole frame of flow 0.
std::vector<std::uint8_t> first_frame(const FrameSpec& spec);

// The fields of every flow.
std::vector<xm_bench_flow> all_flows(const FrameSpec& spec);

}  // namespace xdpmirror::bench
