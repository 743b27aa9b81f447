// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What NetFlow v9 (RFC 3954) and IPFIX (RFC 7011) messages say about later ones: their templates, as bytes.
// Knows no socket and no clock.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "maps/result.h"

namespace xdpmirror {

enum class ExportProtocol : std::uint16_t { netflow9 = 9, ipfix = 10 };  // the version in their headers

// A Template Record or Options Template Record: RFC 3954 sections 5.2 and 6.1, RFC 7011 section 3.4.
struct TemplateRecord {
    std::uint16_t id = 0;  // 256 or more
    bool options = false;
    std::vector<std::uint8_t> bytes;

    bool operator==(const TemplateRecord&) const = default;
};

struct ExportMessage {
    ExportProtocol protocol = ExportProtocol::netflow9;
    std::uint32_t domain = 0;           // Source ID, Observation Domain ID; host order
    std::vector<std::uint8_t> header;   // as it came, 20 or 16 bytes
    std::vector<TemplateRecord> templates;  // in order
};

// The message in a UDP payload. Errors say what about it is not as the standards want it; withdrawals, which
// mean nothing over UDP (RFC 7011 section 8.4), are left out.
Result<ExportMessage> read_export_message(std::span<const std::uint8_t> payload);

// Messages of `header`'s stream that carry these templates and nothing else, each at most `most` bytes: what
// does not fit into one alone is left out. Time and sequence number are those of the header.
std::vector<std::vector<std::uint8_t>> write_export_messages(ExportProtocol protocol,
                                                             std::span<const std::uint8_t> header,
                                                             const std::vector<TemplateRecord>& templates,
                                                             std::size_t most);

}  // namespace xdpmirror
