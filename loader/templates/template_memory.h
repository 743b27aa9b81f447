// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The templates of every stream, the latest of each number. Bounded, so that nobody who invents streams
// pushes out those that are alive. Knows no clock and no socket.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <vector>

#include "loader/templates/export_stream.h"

namespace xdpmirror {

class TemplateMemory {
  public:
    using Time = std::chrono::steady_clock::time_point;

    struct Limits {
        std::size_t streams = 16384;
        std::size_t templates = 512;              // of one stream
        std::size_t bytes = std::size_t{64} << 20;  // of all templates
        std::chrono::seconds stale{3600};         // a full memory gives up streams that were silent so long
    };

    struct Known {
        std::vector<std::uint8_t> header;  // of the latest message with templates
        std::vector<TemplateRecord> templates;  // in order of their arrival
        std::uint8_t hops = 0;   // TTL or hop limit of that message's packet
        std::uint8_t tos = 0;    // or traffic class
        std::uint32_t bytes = 0; // largest packet with templates
        Time seen{};
    };

    TemplateMemory() : TemplateMemory(Limits{}) {}
    explicit TemplateMemory(Limits limits) : limits_(limits) {}

    // False: there is no room. `packet` brings hops, tos and bytes.
    bool learn(const ExportStream& stream, const ExportMessage& message, const Known& packet, Time now);

    const std::map<ExportStream, Known>& streams() const { return streams_; }
    std::size_t templates() const { return templates_; }
    std::size_t bytes() const { return bytes_; }

  private:
    bool make_room(Time now);
    void forget(std::map<ExportStream, Known>::iterator stream);
    bool add(Known& known, const TemplateRecord& record);

    Limits limits_;
    std::map<ExportStream, Known> streams_;
    std::size_t templates_ = 0, bytes_ = 0;
    Time searched_{};  // for a stale stream, in vain
};

}  // namespace xdpmirror
