// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Whether this kernel has what the data plane cannot do without: probed, never read off its version.
#pragma once

#include <string>
#include <vector>

#include "maps/result.h"

namespace xdpmirror {

struct KernelFeature {
    const char* name;   // "XDP links"
    const char* since;  // mainline version, for the message only
    bool present;
};

// Asks the running kernel; takes some milliseconds.
std::vector<KernelFeature> probe_kernel();

// One line naming what is missing and the cure; empty when nothing is.
std::string kernel_shortfall(const std::vector<KernelFeature>& features,
                             const std::string& release);

// What an old kernel lacks shows as a bare EINVAL somewhere: asks it only then, and says what is missing.
Error blame_kernel(Error error);

// "6.1.0-56-cloud-amd64"
std::string kernel_release();

}  // namespace xdpmirror
