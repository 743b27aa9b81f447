// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/forwarded_route.h"

#include <fmt/core.h>

namespace xdpmirror {

Result<> require_forwarded_to(KernelRoutes& routes, const LinkInfo& egress, xm_path path,
                              const IpAddress& collector, const IpAddress& via) {
    if (path != XM_PATH_TC || !egress.is_ethernet() || collector.family == Family::ipv4) return Ok{};
    auto route = routes.lookup_forwarded(collector, egress.ifindex);
    if (!route) return route.error();
    if (route->kind == Route::Kind::unicast && route->gateway.value_or(collector) == via) return Ok{};
    return Error{fmt::format("by path tc the kernel prefers another route to {} than the one by {}; give "
                             "the one by {} the lowest metric: ip -6 route replace PREFIX via {} dev {} "
                             "metric 1, or use an interface that takes redirects",
                             collector.text(), egress.name, egress.name, via.text(), egress.name)};
}

}  // namespace xdpmirror
