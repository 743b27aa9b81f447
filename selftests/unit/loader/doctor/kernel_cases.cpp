// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "cases.h"

namespace xdpmirror::test {

std::vector<DoctorCase> kernel_cases() {
    const auto good = machine(kernel_6_12(), veth());
    return {
        {"no capability",
         with(good,
              [](Facts& f) {
                  f.kernel.missing_capabilities = "loading needs CAP_BPF; run it as root";
                  f.kernel.features.clear();
                  f.kernel.multi_buffer.reset();
              }),
         "capabilities", "kernel", Level::error, "loading needs CAP_BPF", "run it as root", false},
        {"no capability: nothing is guessed of the kernel",
         with(good,
              [](Facts& f) {
                  f.kernel.missing_capabilities = "loading needs CAP_BPF; run it as root";
                  f.kernel.features.clear();
              }),
         "kernel_features", "kernel", Level::note,
         "cannot be read here: probing needs the capabilities above", "run the doctor as root",
         false},
        {"kernel too old", with(good, [](Facts& f) { f.kernel.features[1].present = false; }),
         "kernel_features", "kernel", Level::error,
         "this kernel (6.12.30-cloud-amd64) is too old: it lacks XDP links (Linux 5.9)",
         "boot Linux 5.10 or newer, tested are 6.1 and 6.12", false},
        {"no multi-buffer", with(good, [](Facts& f) { f.kernel.multi_buffer = false; }),
         "multi_buffer", "kernel", Level::note,
         "6.12.30-cloud-amd64 takes no multi-buffer XDP programs (Linux 5.18 does)",
         "boot Linux 5.18 or newer if mirrors are larger than that", false},
        {"JIT off", with(good, [](Facts& f) { f.kernel.jit = 0; }), "jit", "kernel", Level::warning,
         "the BPF JIT compiler is off", "echo 1 > /proc/sys/net/core/bpf_jit_enable", true},
        {"JIT unknown", with(good, [](Facts& f) { f.kernel.jit.reset(); }), "jit", "kernel",
         Level::note,
         "cannot be read here: /proc/sys/net/core/bpf_jit_enable is only in the first network "
         "namespace",
         "in the first network namespace: cat /proc/sys/net/core/bpf_jit_enable", false},
        {"unprivileged BPF", with(good, [](Facts& f) { f.kernel.unprivileged_bpf_disabled = 0; }),
         "unprivileged_bpf", "kernel", Level::note, "unprivileged users may load BPF programs",
         "echo 2 > /proc/sys/kernel/unprivileged_bpf_disabled", false},
        {"no bpffs",
         with(good,
              [](Facts& f) { f.kernel.bpffs_missing = "no BPF file system; mount it: mount"; }),
         "bpffs", "kernel", Level::error, "no BPF file system", "mount -t bpf bpf /sys/fs/bpf",
         true},
    };
}

}  // namespace xdpmirror::test
