// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One entry of `pools`.
#include <map>

#include "config/messages.h"
#include "config/read.h"
#include "config/read_health.h"

namespace xdpmirror {

const char* balance_name(Balance balance) {
    switch (balance) {
        case Balance::exporter_port:
            return "exporter_port";
        case Balance::flow:
            return "flow";
        default:
            return "exporter";
    }
}

const char* all_down_name(AllDown all_down) {
    switch (all_down) {
        case AllDown::drop:
            return "drop";
        case AllDown::spread:
            return "spread";
        default:
            return "hold";
    }
}

const char* templates_name(Templates templates) {
    switch (templates) {
        case Templates::off:
            return "off";
        case Templates::all:
            return "all";
        default:
            return "on_move";
    }
}

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

// The schema admits no other words.
template <class Choice>
Choice read_choice(const Node* node, std::initializer_list<Choice> choices,
                   const char* (*name)(Choice)) {
    for (const Choice choice : choices) {
        if (node && node->text == name(choice)) {
            return choice;
        }
    }
    return *choices.begin();
}

Balance read_balance(const Node* node) {
    return read_choice(node, {Balance::exporter, Balance::exporter_port, Balance::flow},
                       balance_name);
}

AllDown read_all_down(const Node* node) {
    return read_choice(node, {AllDown::hold, AllDown::drop, AllDown::spread}, all_down_name);
}

// By default where there is somewhere to move to; by flow go datagrams that stand alone.
Templates read_templates(const Node* node, std::size_t collectors, Balance balance) {
    if (!node) {
        return collectors > 1 && balance != Balance::flow ? Templates::on_move : Templates::off;
    }
    return read_choice(node, {Templates::on_move, Templates::off, Templates::all}, templates_name);
}

// Every collector can take what any other one takes, and somebody takes something.
Result<Ok> check_collectors(const std::vector<Collector>& collectors, const Node& list,
                            const std::string& path) {
    std::map<IpAddress, std::size_t> seen;
    bool weighs = false;

    for (std::size_t i = 0; i < collectors.size(); i++) {
        const Collector& collector = collectors[i];
        const Place& place = list.items[i].find("address")->place;
        const auto [before, is_new] = seen.emplace(collector.address, i);

        if (!is_new) {
            return error_at<Message::kCollectorTwice>(place, collector.address.text(), path,
                                                      list.items[before->second].place.position().text());
        }
        if (collector.address.family != collectors[0].address.family) {
            return error_at<Message::kCollectorFamilies>(place, collector.address.text(), path,
                                                         collectors[0].address.text(),
                                                         list.items[0].place.position().text());
        }
        weighs = weighs || collector.weight > 0;
    }
    if (!weighs) {
        return error_at<Message::kNoWeight>(list.place, path);
    }
    return Ok{};
}

}  // namespace

Result<Pool> read_pool(const Member& member) {
    const std::string path = "pools." + member.key;
    const Node& collectors = *member.value.find("collectors");
    Pool pool{member.key,
              {},
              member.value.find("via")->text,
              member.place.position(),
              read_balance(member.value.find("balance")),
              read_all_down(member.value.find("all_down"))};

    for (std::size_t i = 0; i < collectors.items.size(); i++) {
        auto collector =
            read_collector(collectors.items[i], fmt::format("{}.collectors[{}]", path, i));
        if (!collector) {
            return collector.error();
        }
        pool.collectors.push_back(*std::move(collector));
    }
    if (auto done = check_collectors(pool.collectors, collectors, path); !done) {
        return done.error();
    }
    if (const Node* health = member.value.find("health")) {
        auto read = read_health(*health, path + ".health");
        if (!read) {
            return read.error();
        }
        pool.health = *std::move(read);
    }
    pool.templates = read_templates(member.value.find("templates"), pool.collectors.size(), pool.balance);
    return pool;
}

}  // namespace xdpmirror
