// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/tune/facts.h"

#include <cctype>
#include <charconv>
#include <sstream>

namespace xdpmirror {
namespace {

std::optional<unsigned> number_of(std::string_view text) {
    unsigned number = 0;
    const auto* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
    return number;
}

// "virtio2-input.0", "eth0-Tx-Rx-3", "mlx5_comp2@pci:0000:00:05.0", "gve-ntfy-blk1@pci:...": the
// number at the end of the part before '@'.
std::optional<unsigned> queue_of(const std::string& name) {
    const auto part = name.substr(0, name.find('@'));
    auto at = part.size();
    while (at > 0 && std::isdigit(static_cast<unsigned char>(part[at - 1])) != 0) --at;
    if (at == part.size() || part.find("mgmnt") != std::string::npos ||
        part.find("async") != std::string::npos) {
        return std::nullopt;
    }
    return number_of(std::string_view(part).substr(at));
}

}  // namespace

std::vector<QueueInterrupt> parse_interrupts(const std::string& text,
                                             const std::set<unsigned>& numbers) {
    std::vector<QueueInterrupt> found;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string first, name;
        if (!(words >> first) || !first.ends_with(':')) continue;
        const auto number = number_of(std::string_view(first).substr(0, first.size() - 1));
        if (!number || !numbers.contains(*number)) continue;
        while (words >> name) continue;
        if (const auto queue = queue_of(name))
            found.push_back({.number = *number, .name = name, .queue = *queue, .cpus = {}});
    }
    return found;
}

std::vector<unsigned> parse_cpu_list(const std::string& text) {
    std::vector<unsigned> cpus;
    std::istringstream parts(text);
    for (std::string part; std::getline(parts, part, ',');) {
        const auto dash = part.find('-');
        const auto first = number_of(std::string_view(part).substr(0, dash));
        const auto last =
            dash == std::string::npos ? first : number_of(std::string_view(part).substr(dash + 1));
        if (!first || !last || *last < *first || *last - *first > 65535) return {};
        for (auto cpu = *first; cpu <= *last; ++cpu) cpus.push_back(cpu);
    }
    return cpus;
}

}  // namespace xdpmirror
