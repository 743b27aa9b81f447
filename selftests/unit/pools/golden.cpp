// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "selftests/unit/pools/golden.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace xdpmirror {
namespace {

// The words of a line, each taken as what it is expected to be.
class Words {
  public:
    explicit Words(const std::string& line) : line_(line), words_(line) {}

    std::string text() {
        std::string word;
        if (!(words_ >> word)) throw std::runtime_error("too few words: " + line_);
        return word;
    }
    template <class Number>
    Number number(int base = 10) {
        return static_cast<Number>(std::stoull(text(), nullptr, base));
    }
    IpAddress address() {
        const auto word = text();
        const auto parsed = IpAddress::parse(word);
        if (!parsed) throw std::runtime_error("no address '" + word + "': " + line_);
        return *parsed;
    }
    bool more() { return (words_ >> std::ws).good(); }

  private:
    std::string line_;
    std::istringstream words_;
};

GoldenFlow read_flow(const std::string& line, Words& words) {
    GoldenFlow flow{.line = line, .by = words.text(), .from = words.address(), .to = {}};
    flow.from_port = words.number<std::uint16_t>();
    flow.to = words.address();
    flow.to_port = words.number<std::uint16_t>();
    flow.protocol = words.number<std::uint8_t>();
    flow.hash = words.number<std::uint64_t>(16);
    flow.slot_of_65537 = words.number<std::uint32_t>();
    flow.slot_of_524287 = words.number<std::uint32_t>();
    return flow;
}

void read_member(GoldenPool& pool, Words& words) {
    PoolMember member{.address = words.address()};
    member.port = words.number<std::uint16_t>();
    member.weight = words.number<std::uint16_t>();
    pool.members.push_back(member);
    pool.usable.push_back(words.text() == "up");
}

}  // namespace

Golden read_golden(const std::string& path) {
    Golden golden;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.front() == '#') continue;
        Words words(line);
        const auto what = words.text();
        if (what == "flow") {
            golden.flows.push_back(read_flow(line, words));
        } else if (what == "pool") {
            auto& pool = golden.pools.emplace_back();
            pool.name = words.text();
            pool.slots = words.number<std::uint32_t>();
        } else if (what == "member") {
            read_member(golden.pools.back(), words);
        } else if (what == "result") {
            auto& pool = golden.pools.back();
            pool.home = words.number<std::uint64_t>(16);
            pool.now = words.number<std::uint64_t>(16);
            while (words.more()) pool.shares.push_back(words.number<std::uint32_t>());
        } else {
            throw std::runtime_error("no such word: " + line);
        }
    }
    if (golden.flows.empty() || golden.pools.empty())
        throw std::runtime_error("no vectors in " + path);
    return golden;
}

}  // namespace xdpmirror
