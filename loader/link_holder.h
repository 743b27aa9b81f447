// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Which process holds a bpf_link, by what /proc says of descriptors: kernels without BTF tell
// bpftool no more than the link's number.
#pragma once

#include <cstdint>
#include <string>

namespace xdpmirror {

// "process 812 (xdpfw)"; empty when it is nobody's that is seen from here, as a pinned link is.
std::string link_holder(std::uint32_t link_id);

}  // namespace xdpmirror
