// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Link types: https://www.tcpdump.org/linktypes.html.
#include "loader/pcap.h"

#include <fmt/core.h>
#include <linux/if_ether.h>
#include <pcap/pcap.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace xdpmirror {
namespace {

constexpr int kSnapLength = 262144;

std::vector<std::byte> ethernet(std::uint16_t ether_type, const std::byte* payload,
                                std::size_t bytes) {
    std::vector<std::byte> frame(ETH_HLEN + bytes);
    frame[12] = static_cast<std::byte>(ether_type >> 8);
    frame[13] = static_cast<std::byte>(ether_type & 0xff);
    std::memcpy(frame.data() + ETH_HLEN, payload, bytes);
    return frame;
}

std::uint16_t big16(const std::byte* at) {
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(at[0]) << 8 |
                                      std::to_integer<unsigned>(at[1]));
}

// A cooked header of `header` bytes whose ether type stands at `type_at`.
std::vector<std::byte> from_cooked(const std::byte* data, std::size_t bytes, std::size_t header,
                                   std::size_t type_at) {
    if (bytes < header) return {};
    return ethernet(big16(data + type_at), data + header, bytes - header);
}

std::vector<std::byte> from_raw(const std::byte* data, std::size_t bytes) {
    if (bytes == 0) return {};
    const bool ipv6 = std::to_integer<unsigned>(data[0]) >> 4 == 6;
    return ethernet(ipv6 ? ETH_P_IPV6 : ETH_P_IP, data, bytes);
}

bool is_known(int link_type) {
    return link_type == DLT_EN10MB || link_type == DLT_LINUX_SLL || link_type == DLT_LINUX_SLL2 ||
           link_type == DLT_RAW || link_type == DLT_IPV4 || link_type == DLT_IPV6;
}

std::vector<std::byte> to_ethernet(int link_type, const std::byte* data, std::size_t bytes) {
    switch (link_type) {
        case DLT_EN10MB:
            return {data, data + bytes};
        case DLT_LINUX_SLL:
            return from_cooked(data, bytes, 16, 14);
        case DLT_LINUX_SLL2:
            return from_cooked(data, bytes, 20, 0);
        default:
            return from_raw(data, bytes);
    }
}

}  // namespace

void ClosePcap::operator()(pcap* file) const { pcap_close(file); }
void CloseDumper::operator()(pcap_dumper* file) const { pcap_dump_close(file); }

Result<PcapReader> PcapReader::open(const std::string& path) {
    std::array<char, PCAP_ERRBUF_SIZE> why{};
    pcap* file = pcap_open_offline_with_tstamp_precision(path.c_str(), PCAP_TSTAMP_PRECISION_NANO,
                                                         why.data());
    if (file == nullptr)
        return configuration_error("cannot read the capture: " + std::string(why.data()));
    PcapReader reader(file, path, pcap_datalink(file));
    if (!is_known(reader.link_type_)) {
        const char* name = pcap_datalink_val_to_name(reader.link_type_);
        return configuration_error(
            fmt::format("{}: link type {} is not supported; capture on an Ethernet interface", path,
                        name != nullptr ? name : std::to_string(reader.link_type_)));
    }
    return reader;
}

Result<std::optional<CapturedFrame>> PcapReader::next() {
    pcap_pkthdr* header = nullptr;
    const u_char* data = nullptr;
    const int got = pcap_next_ex(file_.get(), &header, &data);
    if (got == PCAP_ERROR_BREAK) return std::optional<CapturedFrame>();
    if (got < 0)
        return Error{fmt::format("{}: broken after packet {}: {}", path_, frames_,
                                 pcap_geterr(file_.get()))};
    ++frames_;
    CapturedFrame frame;
    frame.seconds = header->ts.tv_sec;
    frame.nanoseconds = static_cast<std::uint32_t>(header->ts.tv_usec);  // precision is nano
    frame.bytes = to_ethernet(link_type_, reinterpret_cast<const std::byte*>(data), header->caplen);
    frame.wire_length =
        static_cast<std::uint32_t>(frame.bytes.size()) + (header->len - header->caplen);
    return std::optional<CapturedFrame>(std::move(frame));
}

Result<PcapWriter> PcapWriter::create(const std::string& path) {
    pcap* file = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, kSnapLength,
                                                      PCAP_TSTAMP_PRECISION_NANO);
    if (file == nullptr) return Error{"no memory for a capture file"};
    pcap_dumper* dumper = pcap_dump_open(file, path.c_str());
    if (dumper == nullptr) {
        const std::string why = pcap_geterr(file);
        pcap_close(file);
        return Error{"cannot write the capture: " + why};
    }
    return PcapWriter(file, dumper, path);
}

void PcapWriter::write(const CapturedFrame& frame) {
    pcap_pkthdr header{};
    header.ts.tv_sec = frame.seconds;
    header.ts.tv_usec = static_cast<suseconds_t>(frame.nanoseconds);
    header.caplen = static_cast<bpf_u_int32>(frame.bytes.size());
    header.len = header.caplen;
    pcap_dump(reinterpret_cast<u_char*>(dumper_.get()), &header,
              reinterpret_cast<const u_char*>(frame.bytes.data()));
}

Result<> PcapWriter::finish() {
    if (pcap_dump_flush(dumper_.get()) != 0 || std::ferror(pcap_dump_file(dumper_.get())) != 0) {
        const int err = errno;
        return system_error("write " + path_, err);
    }
    return Ok{};
}

}  // namespace xdpmirror
