// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/templates/export_message.h"

#include <fmt/core.h>

#include <optional>

namespace xdpmirror {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kNetflow9Header = 20;
constexpr std::size_t kIpfixHeader = 16;
constexpr std::size_t kSetHeader = 4;
constexpr std::size_t kCountOffset = 2;  // v9: records in the message; IPFIX: its bytes
constexpr std::uint16_t kFirstTemplateId = 256;
constexpr std::uint16_t kEnterpriseBit = 0x8000;

std::uint16_t word(Bytes bytes, std::size_t at) {
    return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

void put_word(std::vector<std::uint8_t>& bytes, std::size_t at, std::size_t value) {
    bytes[at] = static_cast<std::uint8_t>(value >> 8);
    bytes[at + 1] = static_cast<std::uint8_t>(value);
}

std::size_t header_bytes(ExportProtocol protocol) {
    return protocol == ExportProtocol::netflow9 ? kNetflow9Header : kIpfixHeader;
}

std::uint16_t set_id(ExportProtocol protocol, bool options) {
    if (protocol == ExportProtocol::netflow9) return options ? 1 : 0;
    return options ? 3 : 2;
}

// Is it a set of templates, and of which kind?
std::optional<bool> kind_of(ExportProtocol protocol, std::uint16_t id) {
    for (const bool options : {false, true}) {
        if (id == set_id(protocol, options)) return options;
    }
    return std::nullopt;
}

// Bytes of the field specifiers of an IPFIX record: eight where an enterprise has named the field. More than
// there are if they are cut.
std::size_t ipfix_fields(Bytes set, std::size_t at, std::size_t count) {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (at + bytes + 4 > set.size()) return set.size() + 1;
        bytes += (word(set, at + bytes) & kEnterpriseBit) != 0 ? 8U : 4U;
    }
    return bytes;
}

// Bytes of the record at `at`; more than there are if it is cut.
std::size_t record_bytes(ExportProtocol protocol, bool options, Bytes set, std::size_t at) {
    const std::size_t left = set.size() - at;
    if (protocol == ExportProtocol::netflow9) {
        if (!options) return 4 + std::size_t{4} * word(set, at + 2);
        if (left < 6) return 6;
        return std::size_t{6} + word(set, at + 2) + word(set, at + 4);  // lengths in bytes
    }
    const std::size_t count = word(set, at + 2);
    const bool withdraws = count == 0;
    if (!options || withdraws) return 4 + ipfix_fields(set, at + 4, count);
    if (left < 6) return 6;
    return 6 + ipfix_fields(set, at + 6, count);
}

// `set` without its header.
Result<> read_templates(ExportProtocol protocol, bool options, Bytes set,
                        std::vector<TemplateRecord>& templates) {
    std::size_t at = 0;
    while (set.size() - at >= kSetHeader) {  // less is padding
        const auto id = word(set, at);
        if (id == 0 && word(set, at + 2) == 0) break;  // likewise
        const auto bytes = record_bytes(protocol, options, set, at);
        if (bytes > set.size() - at)
            return Error{fmt::format("template {} reaches beyond its set", id)};
        const bool withdraws = bytes == 4;
        if (!withdraws) {
            if (id < kFirstTemplateId) return Error{fmt::format("a template has the reserved number {}", id)};
            templates.push_back({id, options, {set.begin() + static_cast<std::ptrdiff_t>(at),
                                               set.begin() + static_cast<std::ptrdiff_t>(at + bytes)}});
        }
        at += bytes;
    }
    return Ok{};
}

}  // namespace

Result<ExportMessage> read_export_message(Bytes payload) {
    if (payload.size() < 2) return Error{"too short for a version"};
    const auto version = word(payload, 0);
    if (version != 9 && version != 10)
        return Error{fmt::format("version {} is neither NetFlow v9 nor IPFIX", version)};
    ExportMessage message;
    message.protocol = static_cast<ExportProtocol>(version);
    const auto header = header_bytes(message.protocol);
    if (payload.size() < header) return Error{"too short for its header"};
    if (message.protocol == ExportProtocol::ipfix) {
        const std::size_t length = word(payload, kCountOffset);
        if (length < header || length > payload.size())
            return Error{fmt::format("says {} bytes and has {}", length, payload.size())};
        payload = payload.first(length);
    }
    message.header.assign(payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(header));
    // Source ID and Observation Domain ID are the last word of either header
    message.domain = static_cast<std::uint32_t>(word(payload, header - 4)) << 16 | word(payload, header - 2);
    std::size_t at = header;
    while (payload.size() - at >= kSetHeader) {
        const std::size_t bytes = word(payload, at + 2);
        if (bytes < kSetHeader || bytes > payload.size() - at)
            return Error{fmt::format("set {} says {} bytes, {} are left", word(payload, at), bytes,
                                     payload.size() - at)};
        if (const auto options = kind_of(message.protocol, word(payload, at))) {
            auto read = read_templates(message.protocol, *options,
                                       payload.subspan(at + kSetHeader, bytes - kSetHeader), message.templates);
            if (!read) return read.error();
        }
        at += bytes;
    }
    return message;
}

namespace {

// One message that grows.
class Writer {
  public:
    Writer(ExportProtocol protocol, Bytes header, std::size_t most)
        : protocol_(protocol), header_(header), most_(most) {}

    void add(const TemplateRecord& record) {
        if (!fits(record)) finish();
        if (!fits(record)) return;  // not even alone
        if (bytes_.empty()) bytes_.assign(header_.begin(), header_.end());
        if (!in_set_ || options_ != record.options) open_set(record.options);
        bytes_.insert(bytes_.end(), record.bytes.begin(), record.bytes.end());
        ++records_;
    }

    std::vector<std::vector<std::uint8_t>> take() {
        finish();
        return std::move(messages_);
    }

  private:
    bool fits(const TemplateRecord& record) const {
        constexpr std::size_t kPadding = 3;
        const auto begun = bytes_.empty() ? header_.size() : bytes_.size();
        return begun + 2 * kPadding + kSetHeader + record.bytes.size() <= most_;
    }

    // Sets end on a multiple of four bytes: RFC 3954 section 5.2; RFC 7011 section 3.3.1 allows it.
    void close_set() {
        if (!in_set_) return;
        while ((bytes_.size() - set_) % 4 != 0) bytes_.push_back(0);
        put_word(bytes_, set_ + 2, bytes_.size() - set_);
        in_set_ = false;
    }

    void open_set(bool options) {
        close_set();
        in_set_ = true;
        set_ = bytes_.size();
        options_ = options;
        bytes_.resize(bytes_.size() + kSetHeader);
        put_word(bytes_, set_, set_id(protocol_, options));
    }

    void finish() {
        if (bytes_.empty()) return;
        close_set();
        put_word(bytes_, kCountOffset, protocol_ == ExportProtocol::netflow9 ? records_ : bytes_.size());
        messages_.push_back(std::move(bytes_));
        bytes_.clear();
        records_ = 0;
    }

    ExportProtocol protocol_;
    Bytes header_;
    std::size_t most_;
    std::vector<std::vector<std::uint8_t>> messages_;
    std::vector<std::uint8_t> bytes_;
    bool in_set_ = false;  // one is open
    std::size_t set_ = 0;  // where it begins
    bool options_ = false;  // it is one of options
    std::size_t records_ = 0;
};

}  // namespace

std::vector<std::vector<std::uint8_t>> write_export_messages(ExportProtocol protocol, Bytes header,
                                                             const std::vector<TemplateRecord>& templates,
                                                             std::size_t most) {
    Writer writer(protocol, header, most);
    for (const auto& record : templates) writer.add(record);
    return writer.take();
}

}  // namespace xdpmirror
