// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "maps/btf_fields.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace xdpmirror {
namespace {

constexpr std::size_t kByteBits = 8;

struct FreeBtf {
    void operator()(btf* types) const { btf__free(types); }
};

// Structs are entered, everything else is a field.
void add_fields(const btf* types, __u32 type, const std::string& name, std::size_t offset,
                std::vector<BtfField>& fields) {
    const auto id = btf__resolve_type(types, type);
    if (id < 0) return;
    const btf_type* resolved = btf__type_by_id(types, static_cast<__u32>(id));
    if (!btf_is_struct(resolved)) {
        const auto bytes = btf__resolve_size(types, static_cast<__u32>(id));
        if (bytes > 0) fields.push_back({name, offset, static_cast<std::size_t>(bytes)});
        return;
    }
    const btf_member* member = btf_members(resolved);
    for (__u32 i = 0; i < btf_vlen(resolved); ++i, ++member) {
        const std::string own = btf__name_by_offset(types, member->name_off);
        add_fields(types, member->type, name.empty() ? own : name + "." + own,
                   offset + btf_member_bit_offset(resolved, i) / kByteBits, fields);
    }
}

}  // namespace

Result<BtfFields> BtfFields::of(int map_fd) {
    bpf_map_info info{};
    __u32 bytes = sizeof(info);
    if (bpf_obj_get_info_by_fd(map_fd, &info, &bytes) != 0) {
        const int err = errno;
        return system_error("describe a map", err);
    }
    if (info.btf_id == 0) return Error{std::string("map ") + info.name + " says nothing of its layout"};
    const std::unique_ptr<btf, FreeBtf> types(btf__load_from_kernel_by_id(info.btf_id));
    if (!types) {
        const int err = errno;
        return system_error(std::string("what another version has laid out, map ") + info.name +
                                " here, is described by BTF, which the kernel gives to CAP_SYS_ADMIN alone; as root: "
                                "xdpmirror upgrade INTERFACE",
                            err);
    }
    BtfFields found;
    found.row_bytes_ = info.value_size;
    add_fields(types.get(), info.btf_value_type_id, {}, 0, found.fields_);
    return found;
}

const BtfField* BtfFields::find(std::string_view name) const {
    const auto found = std::ranges::find(fields_, name, &BtfField::name);
    return found == fields_.end() ? nullptr : &*found;
}

std::span<const std::byte> BtfFields::bytes(std::span<const std::byte> row, std::string_view name) const {
    const auto* field = find(name);
    if (field == nullptr || field->offset + field->bytes > row.size()) return {};
    return row.subspan(field->offset, field->bytes);
}

std::optional<std::uint64_t> BtfFields::number(std::span<const std::byte> row, std::string_view name) const {
    const auto field = bytes(row, name);
    std::uint64_t value = 0;
    if (field.empty() || field.size() > sizeof(value)) return std::nullopt;
    std::memcpy(&value, field.data(), field.size());  // BPF has the machine's byte order, which is little-endian
    return value;
}

std::string BtfFields::text(std::span<const std::byte> row, std::string_view name) const {
    const auto field = bytes(row, name);
    const std::string_view all(reinterpret_cast<const char*>(field.data()), field.size());
    return std::string(all.substr(0, all.find('\0')));
}

bool BtfFields::operator==(const BtfFields& other) const {
    return row_bytes_ == other.row_bytes_ &&
           std::ranges::equal(fields_, other.fields_, [](const BtfField& a, const BtfField& b) {
               return a.name == b.name && a.offset == b.offset && a.bytes == b.bytes;
           });
}

}  // namespace xdpmirror
