// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// All books of one rig as one list of numbers, so that millions of frames can be compared cheaply.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "selftests/fuzzing/answer.h"
#include "selftests/prog_run/rig.h"

namespace xdpmirror::fuzz {

class Counters {
  public:
    // All zero, for the rows that the profile of `rig` uses. The rig must outlive this.
    explicit Counters(const test::Rig& rig);

    // The kernel's numbers, summed over its processors.
    static Counters read(const test::Rig& rig);
    // What `answer` adds.
    void add(const reference::Answer& answer);

    bool operator==(const Counters& other) const { return numbers_ == other.numbers_; }
    Counters operator-(const Counters& other) const;
    // One line for each number that is not as wanted.
    std::string difference(const Counters& want) const;

  private:
    enum Book { totals, drops, passes, notes, sources, rules, collectors, books };
    static const char* map_name(Book book);
    std::uint64_t& packets(Book book, std::size_t row, std::size_t which);
    void count(Book book, std::size_t row, std::size_t which, std::uint64_t bytes);
    std::string name(std::size_t index) const;

    struct Shape {
        std::size_t rows = 0;
        std::size_t counts = 0;  // pairs of packets and bytes in a row
        std::size_t start = 0;   // in numbers_
    };
    const test::Rig* rig_;
    Shape shapes_[books];
    std::vector<std::uint64_t> numbers_;
};

}  // namespace xdpmirror::fuzz
