// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "config/secret.h"

#include <algorithm>
#include <array>
#include <string>

namespace xdpmirror {
namespace {

constexpr std::array<std::string_view, 8> kWords = {
    "PASSWORD", "PASSWD", "PASSPHRASE", "TOKEN", "SECRET", "KEY", "APIKEY", "CREDENTIAL",
};

bool is_secret_word(std::string word) {
    std::ranges::transform(word, word.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    if (std::ranges::find(kWords, word) != kWords.end()) {
        return true;
    }
    return word.ends_with('S') &&
           std::ranges::find(kWords, word.substr(0, word.size() - 1)) != kWords.end();
}

}  // namespace

bool is_secret_name(std::string_view name) {
    while (!name.empty()) {
        const auto end = std::min(name.find_first_of("_-."), name.size());
        if (is_secret_word(std::string(name.substr(0, end)))) {
            return true;
        }
        name.remove_prefix(std::min(end + 1, name.size()));
    }
    return false;
}

std::string_view secret_parameter(std::string_view target) {
    auto query = target.substr(std::min(target.find('?'), target.size()));

    while (!query.empty()) {
        query.remove_prefix(1);
        const auto parameter = query.substr(0, query.find_first_of("&;"));
        const auto name = parameter.substr(0, parameter.find('='));
        if (is_secret_name(name)) {
            return name;
        }
        query.remove_prefix(parameter.size());
    }
    return {};
}

}  // namespace xdpmirror
