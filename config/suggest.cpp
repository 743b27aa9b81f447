// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Nearness is edit distance without regard to case; a word that is cut short is near as well.
#include "config/suggest.h"

#include <fmt/format.h>

#include <algorithm>

namespace xdpmirror {
namespace {

constexpr std::size_t kLongestWord = 64;  // longer ones are not typing mistakes
constexpr std::size_t kListedWords = 12;

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

// One mistake in short words, one in three letters in longer ones.
std::size_t tolerated(std::size_t length) {
    return std::max<std::size_t>(1, length / 3);
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);

    for (std::size_t j = 0; j <= b.size(); j++) {
        last[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); i++) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); j++) {
            const std::size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replace});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before_last[j - 2] + 1);
            }
        }
        std::swap(before_last, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
    const std::string wanted = lower(word);
    std::string best;
    std::size_t best_distance = kLongestWord;

    if (wanted.empty() || wanted.size() > kLongestWord) {
        return {};
    }
    for (const std::string& candidate : known) {
        if (candidate.size() > kLongestWord) {
            continue;
        }
        const std::string folded = lower(candidate);
        std::size_t distance = edit_distance(wanted, folded);
        if (wanted.size() >= 3 && folded.starts_with(wanted)) {
            distance = 0;  // cut short: more likely than a slip of the finger
        }
        if (distance <= tolerated(std::max(wanted.size(), folded.size())) &&
            distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known,
                         std::string_view known_are) {
    if (const std::string guess = nearest(word, known); !guess.empty()) {
        return fmt::format("; did you mean '{}'?", guess);
    }
    std::string list;
    for (std::size_t i = 0; i < std::min(known.size(), kListedWords); i++) {
        list += (i ? ", " : "") + known[i];
    }
    if (known.size() > kListedWords) {
        list += ", ...";
    }
    return fmt::format("; {}: {}", known_are, list.empty() ? "none" : list);
}

}  // namespace xdpmirror
