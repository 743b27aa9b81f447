// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A kernel in miniature: the maps of one loaded program, and frames in memory of exactly their
// size, so that the sanitizers see every byte that is touched beside a row or a frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "maps/layout.h"
#include "selftests/fuzzing/shim/helpers.h"

namespace xdpmirror::shim {

using Row = std::vector<std::uint8_t>;

// A map of one machine. Rows lie apart from each other.
class Map {
  public:
    explicit Map(const shim_map& shape) : shape_(&shape), max_entries_(shape.max_entries) {}

    const shim_map& shape() const { return *shape_; }
    std::uint32_t max_entries() const { return max_entries_; }
    void set_max_entries(std::uint32_t entries) { max_entries_ = entries; }

    // Null if there is no such row.
    std::uint8_t* find(const void* key);
    // False if it does not fit.
    bool set(const void* key, const void* value);
    void fill_rows(std::uint8_t byte);

  private:
    bool is_array() const;
    std::uint8_t* find_longest(const void* key);

    const shim_map* shape_;
    std::uint32_t max_entries_;
    std::map<Row, std::unique_ptr<std::uint8_t[]>> rows_;
};

class Machine {
  public:
    Machine();

    Map* find(const std::string& name);
    Map* at(const void* address);
    std::vector<Map>& maps() { return maps_; }
    xm_config constants{};

    // Runs the program; `frame` is what it leaves.
    int run(std::vector<std::uint8_t>& frame);

    // The one whose program runs; helpers serve it.
    static Machine* running;

  private:
    std::vector<Map> maps_;
    std::unique_ptr<xm_config> constants_;  // a copy that runs are given

    friend const xm_config* ::shim_constants();
};

}  // namespace xdpmirror::shim
