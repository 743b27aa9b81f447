// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/explain_copies.h"

#include <algorithm>

#include "maps/reasons.h"

namespace xdpmirror {
namespace {

// Every rule with one send: this one, or its last.
Config with_send(Config config, std::size_t number) {
    for (auto& rule : config.rules) {
        const auto sends = sends_of(rule);
        const auto& send = sends[std::min(number, sends.size() - 1)];
        rule.pool = send.pool;
        rule.port = send.port;
        rule.copies.clear();
    }
    return config;
}

}  // namespace

Result<CopyExplainer> CopyExplainer::make(const Config& config, std::vector<std::string>& notes) {
    CopyExplainer made(config);
    std::size_t most = 1;
    for (const auto& rule : config.rules) most = std::max(most, 1 + rule.copies.size());
    for (std::size_t number = 0; number < most; ++number) {
        std::vector<std::string> again;
        auto explainer = Explainer::make(with_send(config, number), number == 0 ? notes : again);
        if (!explainer) return explainer.error();
        made.explainers_.push_back(std::move(*explainer));
    }
    return made;
}

Result<std::vector<Explanation>> CopyExplainer::explain(const std::vector<std::byte>& frame) {
    std::vector<Explanation> copies;
    std::size_t sends = 1;
    // all of them see every packet, since fragments are remembered
    for (std::size_t number = 0; number < explainers_.size(); ++number) {
        auto explanation = explainers_[number].explain(frame);
        if (!explanation) return explanation.error();
        const bool is_copied = explanation->rule && explanation->reason != drop_reason(XM_DROP_TTL_EXPIRED).label;
        if (number == 0 && is_copied) sends = sends_of(config_.rules[*explanation->rule]).size();
        if (number < sends) copies.push_back(std::move(*explanation));
    }
    return copies;
}

}  // namespace xdpmirror
