// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Which rows of the books are whose: by index of a configuration's sources, rules, and collectors over all pools.
#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace xdpmirror {

struct BookRows {
    std::vector<std::uint32_t> sources, rules, collectors;

    // Of a configuration that nothing was counted for before: the row is the index.
    static BookRows by_index(std::size_t sources, std::size_t rules, std::size_t collectors) {
        BookRows all{std::vector<std::uint32_t>(sources), std::vector<std::uint32_t>(rules),
                     std::vector<std::uint32_t>(collectors)};
        for (auto* book : {&all.sources, &all.rules, &all.collectors})
            std::iota(book->begin(), book->end(), std::uint32_t{0});
        return all;
    }
};

}  // namespace xdpmirror
