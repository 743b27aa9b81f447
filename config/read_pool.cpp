// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One entry of `pools`.
#include "config/messages.h"
#include "config/read.h"
#include "config/read_health.h"

namespace xdpmirror {
namespace {

Result<Collector> read_collector(const Node& node, const std::string& path) {
    const Node& where = *node.find("address");
    auto address = read_address(where, path + ".address");

    if (!address) {
        return address.error();
    }
    if (const std::string why = why_no_host(*address); !why.empty()) {
        return error_at<Message::kCollectorAddress>(where.place, where.text, why);
    }
    Collector collector{*address, 1, node.place.position()};
    if (const Node* weight = node.find("weight")) {
        collector.weight = static_cast<std::uint32_t>(weight->integer);
    }
    return collector;
}

void warn_not_acted(const Node& node, const std::string& path, std::vector<Warning>& warnings) {
    const std::pair<const char*, const char*> keys[] = {
        {"health", "collectors are not probed, and stay in use when they fail"},
        {"all_down", "without probes no pool is ever taken as down"},
    };

    for (const auto& [key, consequence] : keys) {
        if (const Member* member = node.find_member(key)) {
            warnings.push_back(warning_at<Message::kWarnNotActed>(member->place.position(), key,
                                                                  path, consequence));
        }
    }
}

}  // namespace

Result<Pool> read_pool(const Member& member, std::vector<Warning>& warnings) {
    const std::string path = "pools." + member.key;
    const Node& collectors = *member.value.find("collectors");
    Pool pool{member.key, {}, member.value.find("via")->text, member.place.position()};

    if (collectors.items.size() > 1) {
        return error_at<Message::kNotInVersion>(collectors.items[1].place,
                                                path + " with more than one collector",
                                                "give each collector its own pool");
    }
    for (std::size_t i = 0; i < collectors.items.size(); i++) {
        auto collector =
            read_collector(collectors.items[i], fmt::format("{}.collectors[{}]", path, i));
        if (!collector) {
            return collector.error();
        }
        pool.collectors.push_back(*std::move(collector));
    }
    if (const Node* health = member.value.find("health")) {
        auto read = read_health(*health, path + ".health");
        if (!read) {
            return read.error();
        }
        pool.health = *std::move(read);
    }
    warn_not_acted(member.value, path, warnings);
    return pool;
}

}  // namespace xdpmirror
