// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/fuzzing/capture.h"

#include <pcap/pcap.h>

#include <array>
#include <memory>

namespace xdpmirror::fuzz {
namespace {

struct Close {
    void operator()(pcap_t* handle) const { pcap_close(handle); }
    void operator()(pcap_dumper_t* dumper) const { pcap_dump_close(dumper); }
};

constexpr int kSnapLength = 65536;

}  // namespace

bool write_capture(const std::string& path, const std::vector<Frame>& frames) {
    const std::unique_ptr<pcap_t, Close> handle(pcap_open_dead(DLT_EN10MB, kSnapLength));
    const std::unique_ptr<pcap_dumper_t, Close> dumper(pcap_dump_open(handle.get(), path.c_str()));
    if (!dumper) return false;
    for (const Frame& frame : frames) {
        pcap_pkthdr header{};
        header.caplen = header.len = static_cast<bpf_u_int32>(frame.bytes.size());
        header.ts.tv_usec = static_cast<suseconds_t>(frame.present);
        pcap_dump(reinterpret_cast<u_char*>(dumper.get()), &header, frame.bytes.data());
    }
    return pcap_dump_flush(dumper.get()) == 0;
}

std::vector<Frame> read_capture(const std::string& path) {
    std::array<char, PCAP_ERRBUF_SIZE> error{};
    const std::unique_ptr<pcap_t, Close> handle(pcap_open_offline(path.c_str(), error.data()));
    std::vector<Frame> frames;
    pcap_pkthdr* header = nullptr;
    const u_char* data = nullptr;
    while (handle && pcap_next_ex(handle.get(), &header, &data) == 1)
        frames.push_back(
            {Bytes(data, data + header->caplen), static_cast<std::uint32_t>(header->ts.tv_usec)});
    return frames;
}

}  // namespace xdpmirror::fuzz
