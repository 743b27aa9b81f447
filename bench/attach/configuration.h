// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One generation of the experiment's configuration as table rows, every one of them marked with its
// number, and the writing of the rows into tables.
#pragma once

#include <cstdint>

#include "bench/attach/attach_layout.h"
#include "bench/flows.h"
#include "maps/result.h"

namespace xdpmirror::bench::attach {

// What a generation is configured for; the same in all of them.
struct Target {
    std::uint32_t ingress = 0;  // ifindex that the program is attached to
    std::uint32_t egress = 0;   // ifindex that packets are redirected to
    FrameSpec frames;           // what will arrive
    bool decap = true;
};

xm_att_settings settings_of(const Target& target, std::uint32_t generation);

// All XM_ATT_RULES rows. `value_size` is the table's: rows are padded with zeros to it.
Result<> fill_rules(int table, const Target& target, std::uint32_t generation,
                    std::size_t value_size = sizeof(xm_att_rule));
// `first_egress` is the devmap's first key for this generation.
Result<> fill_hops(int table, std::uint32_t generation, std::uint32_t first_egress);
Result<> fill_egress(int devmap, const Target& target, std::uint32_t first_egress);

}  // namespace xdpmirror::bench::attach
