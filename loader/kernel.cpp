// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Links are found in the kernel's own type information: creating one on no interface fails alike with
// and without them.
#include "loader/kernel.h"

#include <cerrno>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <fmt/core.h>
#include <sys/utsname.h>

#include <cstring>
#include <memory>

#include "loader/libbpf_log.h"

namespace xdpmirror {
namespace {

struct FreeBtf {
    void operator()(btf* types) const { btf__free(types); }
};

// Is `name` a value of the kernel's enum `type`? Yes when the kernel carries no types to look in.
bool kernel_enum_has(const char* type, const char* name) {
    const std::unique_ptr<btf, FreeBtf> types(btf__load_vmlinux_btf());
    if (!types) return true;
    const int id = btf__find_by_name_kind(types.get(), type, BTF_KIND_ENUM);
    if (id < 0) return false;
    const btf_type* found = btf__type_by_id(types.get(), static_cast<__u32>(id));
    const struct btf_enum* values = btf_enum(found);
    for (int i = 0; i < btf_vlen(found); ++i) {
        if (std::strcmp(btf__name_by_offset(types.get(), values[i].name_off), name) == 0)
            return true;
    }
    return false;
}

}  // namespace

std::vector<KernelFeature> probe_kernel() {
    LibbpfLog quiet;
    return {
        {"XDP programs", "4.8", libbpf_probe_bpf_prog_type(BPF_PROG_TYPE_XDP, nullptr) == 1},
        {"LPM tries", "4.11", libbpf_probe_bpf_map_type(BPF_MAP_TYPE_LPM_TRIE, nullptr) == 1},
        {"device maps", "4.14", libbpf_probe_bpf_map_type(BPF_MAP_TYPE_DEVMAP, nullptr) == 1},
        {"XDP links", "5.9", kernel_enum_has("bpf_link_type", "BPF_LINK_TYPE_XDP")},
    };
}

std::string kernel_shortfall(const std::vector<KernelFeature>& features,
                             const std::string& release) {
    std::string missing;
    for (const auto& feature : features) {
        if (feature.present) continue;
        missing += fmt::format("{}{} (Linux {})", missing.empty() ? "" : ", ", feature.name,
                               feature.since);
    }
    if (missing.empty()) return {};
    return fmt::format("this kernel ({}) is too old: it lacks {}; boot Linux 5.10 or newer, tested "
                       "are 6.1 and 6.12",
                       release, missing);
}

std::string kernel_release() {
    utsname name{};
    return ::uname(&name) == 0 ? name.release : "unknown";
}

Error blame_kernel(Error error) {
    if (error.code.value() != EINVAL) return error;
    const auto shortfall = kernel_shortfall(probe_kernel(), kernel_release());
    return shortfall.empty() ? error : Error{shortfall};
}

}  // namespace xdpmirror
