// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Netlink messages as values, on libnl's encoder and attribute parser.
#include "loader/netlink_message.h"

#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace xdpmirror {

void NetlinkMessageFree::operator()(nl_msg* message) const {
    nlmsg_free(message);
}

NetlinkRequest::NetlinkRequest(std::uint16_t type, int flags, const void* header, std::size_t size)
    : message_(nlmsg_alloc()) {
    if (!message_) return;
    if (nlmsg_put(message_.get(), NL_AUTO_PORT, NL_AUTO_SEQ, type, 0, flags) == nullptr) return;
    whole_ = nlmsg_append(message_.get(), const_cast<void*>(header), size, NLMSG_ALIGNTO) == 0;
}

NetlinkRequest& NetlinkRequest::put(int attribute, std::span<const std::uint8_t> bytes) {
    whole_ = whole_ &&
             nla_put(message_.get(), attribute, static_cast<int>(bytes.size()), bytes.data()) == 0;
    return *this;
}

NetlinkRequest& NetlinkRequest::put(int attribute, std::uint32_t value) {
    whole_ = whole_ && nla_put_u32(message_.get(), attribute, value) == 0;
    return *this;
}

NetlinkRequest& NetlinkRequest::put(int attribute, const std::string& text) {
    whole_ = whole_ && nla_put_string(message_.get(), attribute, text.c_str()) == 0;
    return *this;
}

NetlinkRequest& NetlinkRequest::put(int attribute, const IpAddress& address) {
    return put(attribute, wire_bytes(address));
}

NetlinkMessage::NetlinkMessage(const nlmsghdr* message) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(message);
    bytes_.assign(bytes, bytes + message->nlmsg_len);
}

// The allocator's alignment is enough for a netlink header, which is what makes the cast legal.
const nlmsghdr* NetlinkMessage::header() const {
    return reinterpret_cast<const nlmsghdr*>(bytes_.data());
}

std::uint16_t NetlinkMessage::type() const {
    return header()->nlmsg_type;
}

const void* NetlinkMessage::payload(std::size_t size) const {
    if (bytes_.size() < NLMSG_HDRLEN + size) return nullptr;
    return bytes_.data() + NLMSG_HDRLEN;
}

Attributes::Attributes(int max) : table_(static_cast<std::size_t>(max) + 1) {}

Attributes::Attributes(const NetlinkMessage& message, std::size_t fixed_size, int max)
    : Attributes(max) {
    const nlmsghdr* header = message.header();
    if (header->nlmsg_len < NLMSG_HDRLEN + NLMSG_ALIGN(fixed_size)) return;
    const int size = static_cast<int>(fixed_size);
    nla_parse(table_.data(), max, nlmsg_attrdata(header, size), nlmsg_attrlen(header, size),
              nullptr);
}

Attributes Attributes::nested(int attribute, int max) const {
    Attributes inner(max);
    if (has(attribute)) {
        nla_parse_nested(inner.table_.data(), max, table_[static_cast<std::size_t>(attribute)],
                         nullptr);
    }
    return inner;
}

std::vector<Attributes> Attributes::list(int attribute, int max) const {
    std::vector<Attributes> elements;
    if (!has(attribute)) return elements;
    const nlattr* array = table_[static_cast<std::size_t>(attribute)];
    int left = nla_len(array);
    for (auto* at = static_cast<nlattr*>(nla_data(array)); nla_ok(at, left); at = nla_next(at, &left)) {
        Attributes element(max);
        nla_parse_nested(element.table_.data(), max, at, nullptr);
        elements.push_back(std::move(element));
    }
    return elements;
}

bool Attributes::has(int attribute) const {
    const auto index = static_cast<std::size_t>(attribute);
    return index < table_.size() && table_[index] != nullptr;
}

std::span<const std::uint8_t> Attributes::bytes(int attribute) const {
    if (!has(attribute)) return {};
    const nlattr* found = table_[static_cast<std::size_t>(attribute)];
    return {static_cast<const std::uint8_t*>(nla_data(found)),
            static_cast<std::size_t>(nla_len(found))};
}

template <class T>
std::optional<T> Attributes::number(int attribute) const {
    const auto found = bytes(attribute);
    if (found.size() < sizeof(T)) return std::nullopt;
    T value{};
    std::memcpy(&value, found.data(), sizeof(T));
    return value;
}

std::optional<std::uint8_t> Attributes::u8(int attribute) const {
    return number<std::uint8_t>(attribute);
}
std::optional<std::uint16_t> Attributes::u16(int attribute) const {
    return number<std::uint16_t>(attribute);
}
std::optional<std::uint32_t> Attributes::u32(int attribute) const {
    return number<std::uint32_t>(attribute);
}
std::optional<std::uint64_t> Attributes::u64(int attribute) const {
    return number<std::uint64_t>(attribute);
}

std::string Attributes::text(int attribute) const {
    const auto found = bytes(attribute);
    const auto end = std::find(found.begin(), found.end(), std::uint8_t{0});
    return {found.begin(), end};
}

std::optional<IpAddress> Attributes::address(int attribute) const {
    return to_address(bytes(attribute));
}

std::optional<MacAddress> Attributes::mac(int attribute) const {
    const auto found = bytes(attribute);
    MacAddress mac;
    if (found.size() != mac.bytes.size()) return std::nullopt;
    std::copy(found.begin(), found.end(), mac.bytes.begin());
    return mac;
}

std::optional<IpAddress> to_address(std::span<const std::uint8_t> bytes) {
    if (bytes.size() != 4 && bytes.size() != 16) return std::nullopt;
    IpAddress address;
    address.family = bytes.size() == 4 ? Family::ipv4 : Family::ipv6;
    std::copy(bytes.begin(), bytes.end(), address.bytes.begin());
    return address;
}

std::span<const std::uint8_t> wire_bytes(const IpAddress& address) {
    return {address.bytes.data(), address.family == Family::ipv4 ? std::size_t{4} : 16};
}

int address_family(const IpAddress& address) {
    return address.family == Family::ipv4 ? AF_INET : AF_INET6;
}

std::optional<NetlinkAnswer> parse_answer(const NetlinkMessage& message) {
    const nlmsghdr* header = message.header();
    // A dump ends with a bare errno, everything else with a nlmsgerr, which starts with one.
    std::size_t size = sizeof(int);
    if (header->nlmsg_type == NLMSG_ERROR) {
        const auto* error = message.fixed<nlmsgerr>();
        if (error == nullptr) return std::nullopt;
        size = sizeof(nlmsgerr);
        // Unless capped, the refused request is repeated before the attributes.
        const bool repeated =
            (header->nlmsg_flags & NLM_F_CAPPED) == 0 && error->msg.nlmsg_len > sizeof(nlmsghdr);
        if (repeated) size += NLMSG_ALIGN(error->msg.nlmsg_len) - sizeof(nlmsghdr);
    } else if (header->nlmsg_type != NLMSG_DONE) {
        return std::nullopt;
    }
    const auto* code = message.fixed<int>();
    if (code == nullptr) return std::nullopt;

    NetlinkAnswer answer{*code < 0 ? -*code : 0, {}};
    if ((header->nlmsg_flags & NLM_F_ACK_TLVS) != 0) {
        answer.text = Attributes(message, size, NLMSGERR_ATTR_MAX).text(NLMSGERR_ATTR_MSG);
    }
    return answer;
}

}  // namespace xdpmirror
