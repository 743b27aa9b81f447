// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "maps/template_rings.h"

#include <bpf/libbpf.h>

#include <cerrno>

namespace xdpmirror {

void TemplateRings::Free::operator()(ring_buffer* rings) const { ring_buffer__free(rings); }

int TemplateRings::on_record(void* take, void* data, std::size_t bytes) {
    if (bytes >= sizeof(xm_template_packet))
        (*static_cast<Take*>(take))(*static_cast<const xm_template_packet*>(data));
    return 0;
}

Result<TemplateRings> TemplateRings::make(const std::vector<int>& ring_fds) {
    TemplateRings rings;
    rings.take_ = std::make_unique<Take>();
    for (const int fd : ring_fds) {
        int err = 0;
        if (!rings.rings_) {
            rings.rings_.reset(ring_buffer__new(fd, on_record, rings.take_.get(), nullptr));
            err = rings.rings_ ? 0 : errno;
        } else {
            err = -ring_buffer__add(rings.rings_.get(), fd, on_record, rings.take_.get());
        }
        if (err != 0) return system_error("read the rings of xm_templates", err);
    }
    return rings;
}

std::size_t TemplateRings::read(const Take& take) {
    *take_ = take;
    const int read = rings_ ? ring_buffer__consume(rings_.get()) : 0;
    return read < 0 ? 0 : static_cast<std::size_t>(read);
}

}  // namespace xdpmirror
