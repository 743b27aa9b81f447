// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Capture files through libpcap: pcap and pcapng in, Ethernet pcap with nanosecond stamps out.
// Cooked and raw IP captures get an Ethernet header with zero MACs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "maps/result.h"

struct pcap;
struct pcap_dumper;

namespace xdpmirror {

struct CapturedFrame {
    std::int64_t seconds = 0;      // since the epoch
    std::uint32_t nanoseconds = 0;
    std::uint32_t wire_length = 0; // more than bytes.size() if the capture cut it
    std::vector<std::byte> bytes;  // from the Ethernet header on
};

struct ClosePcap {
    void operator()(pcap* file) const;
};
struct CloseDumper {
    void operator()(pcap_dumper* file) const;
};

class PcapReader {
  public:
    static Result<PcapReader> open(const std::string& path);
    // Nothing at the end of the file; an error where it is cut or broken.
    Result<std::optional<CapturedFrame>> next();

  private:
    PcapReader(pcap* file, std::string path, int link_type)
        : file_(file), path_(std::move(path)), link_type_(link_type) {}

    std::unique_ptr<pcap, ClosePcap> file_;
    std::string path_;
    int link_type_;
    std::size_t frames_ = 0;
};

class PcapWriter {
  public:
    static Result<PcapWriter> create(const std::string& path);
    void write(const CapturedFrame& frame);
    Result<> finish();  // errors of all writes, a full disk among them

  private:
    PcapWriter(pcap* file, pcap_dumper* dumper, std::string path)
        : file_(file), dumper_(dumper), path_(std::move(path)) {}

    std::unique_ptr<pcap, ClosePcap> file_;
    std::unique_ptr<pcap_dumper, CloseDumper> dumper_;
    std::string path_;
};

}  // namespace xdpmirror
