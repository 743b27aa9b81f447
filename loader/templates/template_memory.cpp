// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/templates/template_memory.h"

#include <algorithm>

namespace xdpmirror {
namespace {

using namespace std::chrono_literals;

// A full memory is searched no more often.
constexpr auto kSearchEvery = 1s;

}  // namespace

void TemplateMemory::forget(std::map<ExportStream, Known>::iterator stream) {
    templates_ -= stream->second.templates.size();
    for (const auto& record : stream->second.templates) bytes_ -= record.bytes.size();
    streams_.erase(stream);
}

bool TemplateMemory::make_room(Time now) {
    if (searched_ != Time{} && now - searched_ < kSearchEvery) return false;
    searched_ = now;
    const auto before = streams_.size();
    for (auto stream = streams_.begin(); stream != streams_.end();) {
        const auto next = std::next(stream);
        if (now - stream->second.seen >= limits_.stale) forget(stream);
        stream = next;
    }
    return streams_.size() < before;
}

bool TemplateMemory::add(Known& known, const TemplateRecord& record) {
    auto& templates = known.templates;
    const auto before = std::ranges::find_if(templates, [&](const auto& old) { return old.id == record.id; });
    const auto freed = before == templates.end() ? 0 : before->bytes.size();
    if (bytes_ - freed + record.bytes.size() > limits_.bytes) return false;
    if (before == templates.end() && templates.size() >= limits_.templates) return false;
    bytes_ = bytes_ - freed + record.bytes.size();
    if (before == templates.end()) {
        templates.push_back(record);
        ++templates_;
    } else {
        *before = record;
    }
    return true;
}

bool TemplateMemory::learn(const ExportStream& stream, const ExportMessage& message, const Known& packet,
                           Time now) {
    auto found = streams_.find(stream);
    if (found == streams_.end()) {
        if ((streams_.size() >= limits_.streams || bytes_ >= limits_.bytes) && !make_room(now)) return false;
        found = streams_.emplace(stream, Known{}).first;
    }
    auto& known = found->second;
    known.header = message.header;
    known.hops = packet.hops;
    known.tos = packet.tos;
    known.bytes = std::max(known.bytes, packet.bytes);
    known.seen = now;
    bool fits = true;
    for (const auto& record : message.templates) fits = add(known, record) && fits;
    if (known.templates.empty()) forget(found);
    return fits;
}

}  // namespace xdpmirror
