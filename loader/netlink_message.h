// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Netlink messages as values: building one to send, reading one that came. Knows no socket, and a
// reader never looks past the end of its message, whatever the message says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/address.h"

struct nl_msg;
struct nlattr;
struct nlmsghdr;

namespace xdpmirror {

struct NetlinkMessageFree {
    void operator()(nl_msg* message) const;
};

// A request under construction. An attribute that does not fit is remembered, not reported: the
// socket refuses to send such a request.
class NetlinkRequest {
  public:
    // `header` is the protocol's own fixed header (rtmsg, ndmsg, genlmsghdr, ...).
    template <class Header>
    NetlinkRequest(std::uint16_t type, int flags, const Header& header)
        : NetlinkRequest(type, flags, &header, sizeof(header)) {}

    NetlinkRequest& put(int attribute, std::span<const std::uint8_t> bytes);
    NetlinkRequest& put(int attribute, std::uint32_t value);
    NetlinkRequest& put(int attribute, const std::string& text);  // with its end mark
    NetlinkRequest& put(int attribute, const IpAddress& address);

    bool is_whole() const { return whole_; }
    nl_msg* get() const { return message_.get(); }

  private:
    NetlinkRequest(std::uint16_t type, int flags, const void* header, std::size_t size);

    std::unique_ptr<nl_msg, NetlinkMessageFree> message_;
    bool whole_ = false;
};

// One received message with its header, copied out of the receive buffer.
class NetlinkMessage {
  public:
    explicit NetlinkMessage(const nlmsghdr* message);

    const nlmsghdr* header() const;
    std::uint16_t type() const;
    // The protocol's fixed header, or null when the message is shorter than that.
    template <class Header>
    const Header* fixed() const {
        return static_cast<const Header*>(payload(sizeof(Header)));
    }

  private:
    const void* payload(std::size_t size) const;

    std::vector<std::uint8_t> bytes_;
};

// The attributes of a message behind its fixed header. Borrows the message.
class Attributes {
  public:
    Attributes(const NetlinkMessage& message, std::size_t fixed_size, int max);

    bool has(int attribute) const;
    std::optional<std::uint8_t> u8(int attribute) const;
    std::optional<std::uint16_t> u16(int attribute) const;
    std::optional<std::uint32_t> u32(int attribute) const;
    std::optional<std::uint64_t> u64(int attribute) const;
    std::string text(int attribute) const;  // empty when it is not there
    std::span<const std::uint8_t> bytes(int attribute) const;
    std::optional<IpAddress> address(int attribute) const;  // family by its length
    std::optional<MacAddress> mac(int attribute) const;
    Attributes nested(int attribute, int max) const;
    // One for each element of an array, which has its elements as attributes in it.
    std::vector<Attributes> list(int attribute, int max) const;

  private:
    explicit Attributes(int max);
    template <class T>
    std::optional<T> number(int attribute) const;

    std::vector<nlattr*> table_;
};

// 4 or 16 bytes as an address.
std::optional<IpAddress> to_address(std::span<const std::uint8_t> bytes);
// The bytes that stand for the address on the wire.
std::span<const std::uint8_t> wire_bytes(const IpAddress& address);
int address_family(const IpAddress& address);  // AF_INET or AF_INET6

// What an NLMSG_ERROR or NLMSG_DONE says.
struct NetlinkAnswer {
    int error = 0;     // errno, 0 is an acknowledgement
    std::string text;  // the kernel's own words, often empty
};
std::optional<NetlinkAnswer> parse_answer(const NetlinkMessage& message);

}  // namespace xdpmirror
