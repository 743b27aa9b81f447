// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/history/sha256.h"

#include <fmt/core.h>
#include <gcrypt.h>

#include <array>

namespace xdpmirror {
namespace {

constexpr std::size_t kBytes = 32;

// The library wants to be asked for its version before anything else.
void set_up() {
    static const bool done = [] {
        if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P) == 0) {
            gcry_check_version(nullptr);
            gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
            gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
        }
        return true;
    }();
    static_cast<void>(done);
}

}  // namespace

std::string sha256(std::string_view bytes) {
    std::array<unsigned char, kBytes> digest{};
    std::string text;

    set_up();
    gcry_md_hash_buffer(GCRY_MD_SHA256, digest.data(), bytes.data(), bytes.size());
    for (const unsigned char byte : digest) text += fmt::format("{:02x}", byte);
    return text;
}

std::string short_hash(const std::string& hash) {
    return hash.substr(0, 12);
}

}  // namespace xdpmirror
