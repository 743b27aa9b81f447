// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/next_hop_row.h"

#include <cstring>

namespace xdpmirror {

xm_next_hop make_next_hop_row(const Egress& egress, const WayOut& way, const LinkInfo& link,
                              xm_path path, std::size_t way_row, const NextHop& hop) {
    xm_next_hop row{};
    switch (path) {
        case XM_PATH_TC:
            put_handover(row, link.is_ethernet() ? XM_HANDOVER_NEIGHBOUR : XM_HANDOVER_DEVICE,
                         link.ifindex);
            break;
        case XM_PATH_KERNEL:
            put_handover(row, XM_HANDOVER_ROUTE, way.mark);
            break;
        default:
            std::memcpy(row.dst_mac, hop.mac.bytes.data(), sizeof(row.dst_mac));
            std::memcpy(row.src_mac, link.mac.bytes.data(), sizeof(row.src_mac));
    }
    row.egress = static_cast<std::uint32_t>(way_row);
    row.ifindex = link.ifindex;
    row.mtu = way.mtu != 0 ? way.mtu : hop.mtu;
    row.path = static_cast<std::uint8_t>(path);
    row.fragment = egress.fragment;
    return row;
}

bool has_neighbour(xm_path path, const LinkInfo& link) {
    return path != XM_PATH_KERNEL && (path != XM_PATH_TC || link.is_ethernet());
}

}  // namespace xdpmirror
