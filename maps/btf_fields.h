// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A map's rows by the names that its BTF gives their fields, for maps of another layout than this one's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "maps/result.h"

namespace xdpmirror {

struct BtfField {
    std::string name;  // of a member of a member: "received.packets"
    std::size_t offset = 0, bytes = 0;
};

class BtfFields {
  public:
    // Of a map's value; arrays are one field. An error if the map says nothing of it.
    static Result<BtfFields> of(int map_fd);

    std::size_t row_bytes() const { return row_bytes_; }
    const std::vector<BtfField>& fields() const { return fields_; }
    // Of a row; nothing if it has no such field, or a longer one than 8 bytes.
    std::optional<std::uint64_t> number(std::span<const std::byte> row, std::string_view name) const;
    // Of an array of characters, up to the first zero; empty if it has no such field.
    std::string text(std::span<const std::byte> row, std::string_view name) const;
    std::span<const std::byte> bytes(std::span<const std::byte> row, std::string_view name) const;

    // The same names at the same places.
    bool operator==(const BtfFields& other) const;

  private:
    const BtfField* find(std::string_view name) const;

    std::size_t row_bytes_ = 0;
    std::vector<BtfField> fields_;
};

}  // namespace xdpmirror
