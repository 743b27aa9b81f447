// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <unistd.h>

#include "loader/doctor/gather.h"
#include "loader/libbpf_log.h"
#include "loader/privileges.h"
#include "loader/state_dir.h"
#include "maps/unique_fd.h"

namespace xdpmirror {
namespace {

// A program that passes everything, loaded and forgotten.
bool takes_program(std::uint32_t flags) {
    const bpf_insn instructions[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_K,
         .dst_reg = 0,
         .src_reg = 0,
         .off = 0,
         .imm = XDP_PASS},
        {.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0}};
    LIBBPF_OPTS(bpf_prog_load_opts, options, .prog_flags = flags);
    const UniqueFd program(bpf_prog_load(BPF_PROG_TYPE_XDP, "xm_probe", "GPL", instructions,
                                         std::size(instructions), &options));
    return static_cast<bool>(program);
}

std::optional<bool> probe_multi_buffer() {
    const LibbpfLog quiet;
    if (takes_program(BPF_F_XDP_HAS_FRAGS)) return true;
    if (takes_program(0)) return false;
    return std::nullopt;
}

}  // namespace

KernelFacts gather_kernel() {
    KernelFacts kernel;
    kernel.release = kernel_release();
    if (auto allowed = require_capabilities(); !allowed) {
        kernel.missing_capabilities = allowed.error().what;
    } else {
        kernel.features = probe_kernel();
        kernel.multi_buffer = probe_multi_buffer();
    }
    if (auto mounted = require_bpffs(); !mounted) kernel.bpffs_missing = mounted.error().what;
    kernel.jit = number_in("/proc/sys/net/core/bpf_jit_enable");
    kernel.unprivileged_bpf_disabled = number_in("/proc/sys/kernel/unprivileged_bpf_disabled");
    kernel.page_size = static_cast<std::uint32_t>(::sysconf(_SC_PAGESIZE));
    kernel.cpus = static_cast<unsigned>(::sysconf(_SC_NPROCESSORS_ONLN));
    return kernel;
}

}  // namespace xdpmirror
