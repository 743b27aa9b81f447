// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What the kernel must have and how it is set, whichever the NIC.
#include <fmt/format.h>

#include "loader/doctor/checks.h"

namespace xdpmirror {
namespace {

constexpr const char* kSubject = "kernel";

void check_capabilities(const KernelFacts& kernel, Findings& findings) {
    if (kernel.missing_capabilities.empty()) {
        findings.push_back(fine("capabilities", kSubject, "may load and attach BPF programs"));
        return;
    }
    auto found = kernel.missing_capabilities;
    auto cure = take_cure(found);
    findings.push_back(finding("capabilities", kSubject, Level::error, std::move(found),
                               "without them nothing can be loaded, nor probed here",
                               std::move(cure)));
}

void check_features(const KernelFacts& kernel, Findings& findings) {
    if (kernel.features.empty()) {
        findings.push_back(finding("kernel_features", kSubject, Level::note,
                                   "cannot be read here: probing needs the capabilities above",
                                   "an old kernel would refuse the data plane",
                                   "run the doctor as root"));
        return;
    }
    auto shortfall = kernel_shortfall(kernel.features, kernel.release);
    if (shortfall.empty()) {
        findings.push_back(
            fine("kernel_features", kSubject, kernel.release + " has all that is needed"));
        return;
    }
    auto cure = take_cure(shortfall);
    findings.push_back(finding("kernel_features", kSubject, Level::error, std::move(shortfall),
                               "the kernel would refuse the data plane", std::move(cure)));
}

void check_multi_buffer(const KernelFacts& kernel, Findings& findings) {
    if (!kernel.multi_buffer) return;
    if (*kernel.multi_buffer)
        findings.push_back(fine("multi_buffer", kSubject, "takes multi-buffer XDP programs"));
    else
        findings.push_back(finding(
            "multi_buffer", kSubject, Level::note,
            kernel.release + " takes no multi-buffer XDP programs (Linux 5.18 does)",
            "frames must fit one buffer, about 3.5 kB: jumbo mirrors need a lower MTU or a newer "
            "kernel",
            "boot Linux 5.18 or newer if mirrors are larger than that"));
}

void check_jit(const KernelFacts& kernel, Findings& findings) {
    constexpr const char* kPath = "/proc/sys/net/core/bpf_jit_enable";
    if (!kernel.jit)
        findings.push_back(
            finding("jit", kSubject, Level::note,
                    std::string("cannot be read here: ") + kPath +
                        " is only in the first network namespace",
                    "without the JIT compiler every packet costs about ten times as much",
                    std::string("in the first network namespace: cat ") + kPath));
    else if (*kernel.jit == 0)
        findings.push_back(
            mendable("jit", kSubject, Level::warning, "the BPF JIT compiler is off",
                     "programs are interpreted: every packet costs about ten times as much",
                     {.kind = Change::Kind::file, .name = kPath, .value = "1"}));
    else
        findings.push_back(fine("jit", kSubject, "the BPF JIT compiler is on"));
}

void check_unprivileged(const KernelFacts& kernel, Findings& findings) {
    constexpr const char* kPath = "/proc/sys/kernel/unprivileged_bpf_disabled";
    if (!kernel.unprivileged_bpf_disabled) return;  // kernels that have no such switch
    if (*kernel.unprivileged_bpf_disabled != 0)
        findings.push_back(
            fine("unprivileged_bpf", kSubject, "unprivileged users load no BPF programs"));
    else
        findings.push_back(finding(
            "unprivileged_bpf", kSubject, Level::note, "unprivileged users may load BPF programs",
            "nothing here needs it, and attackers have used it", std::string("echo 2 > ") + kPath));
}

void check_bpffs(const KernelFacts& kernel, Findings& findings) {
    if (kernel.bpffs_missing.empty()) {
        findings.push_back(fine("bpffs", kSubject, "the BPF file system is mounted"));
        return;
    }
    auto found = kernel.bpffs_missing;
    static_cast<void>(take_cure(found));  // the change says it
    findings.push_back(mendable("bpffs", kSubject, Level::error, std::move(found),
                                "what is not pinned ends with the command that loaded it",
                                {.kind = Change::Kind::bpffs}));
}

}  // namespace

void check_kernel(const Facts& facts, Findings& findings) {
    check_capabilities(facts.kernel, findings);
    check_features(facts.kernel, findings);
    check_multi_buffer(facts.kernel, findings);
    check_jit(facts.kernel, findings);
    check_unprivileged(facts.kernel, findings);
    check_bpffs(facts.kernel, findings);
}

}  // namespace xdpmirror
