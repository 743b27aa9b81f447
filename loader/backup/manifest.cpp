// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/backup/manifest.h"

#include <fmt/core.h>
#include <net/if.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "loader/backup/archive.h"
#include "loader/history/sha256.h"

namespace xdpmirror {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kFormat = 1;

Json attachment_json(const BackupAttachment& attachment) {
    return {{"interface", attachment.interface},
            {"profile", attachment.profile},
            {"mode", attachment.mode},
            {"shared", attachment.shared},
            {"hash", sha256(attachment.effective_json)},
            {"configuration", attachment.effective_json}};
}

std::string manifest_text(const Backup& backup) {
    const auto& manifest = backup.manifest;
    Json json = {
        {"format", kFormat},           {"version", manifest.version},  {"host", manifest.host},
        {"time_ns", manifest.time_ns}, {"attachments", Json::array()}, {"files", Json::array()}};
    for (const auto& attachment : manifest.attachments)
        json["attachments"].push_back(attachment_json(attachment));
    for (const auto& file : backup.files)
        json["files"].push_back({{"path", file.path}, {"hash", sha256(file.text)}});
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Error no_manifest(const char* what) {
    return Error{fmt::format("its {} {}; make a new one: xdpmirror backup", kManifestName, what)};
}

template <class T>
bool take(const Json& json, const char* key, T& value) {
    const auto found = json.find(key);
    if (found == json.end()) return false;
    const bool fits = std::is_same_v<T, std::string> ? found->is_string()
                      : std::is_same_v<T, bool>      ? found->is_boolean()
                                                     : found->is_number_unsigned();
    if (fits) value = found->get<T>();
    return fits;
}

bool is_interface_name(const std::string& name) {
    return !name.empty() && name.size() < IFNAMSIZ && name != "." && name != ".." &&
           std::ranges::none_of(
               name, [](char c) { return c == '/' || static_cast<unsigned char>(c) <= ' '; });
}

bool take_attachment(const Json& json, BackupAttachment& attachment) {
    std::string hash;
    return json.is_object() && take(json, "interface", attachment.interface) &&
           take(json, "profile", attachment.profile) && take(json, "mode", attachment.mode) &&
           take(json, "shared", attachment.shared) && take(json, "hash", hash) &&
           take(json, "configuration", attachment.effective_json) &&
           is_interface_name(attachment.interface) &&
           (attachment.mode == "native" || attachment.mode == "generic") &&
           sha256(attachment.effective_json) == hash;
}

using Hashes = std::map<std::string, std::string>;  // by path

Result<Manifest> parse_manifest(const std::string& text, Hashes& hashes) {
    const auto json = Json::parse(text, nullptr, false);
    Manifest manifest;
    std::uint64_t format = 0;

    if (!json.is_object() || !take(json, "format", format))
        return no_manifest("is not what xdpmirror has written");
    if (format > kFormat)
        return Error{fmt::format(
            "it is of format {}, and this xdpmirror reads format {}; restore it with the newer "
            "one that wrote it",
            format, kFormat)};
    bool sound = take(json, "version", manifest.version) && take(json, "host", manifest.host) &&
                 take(json, "time_ns", manifest.time_ns) && json.contains("attachments") &&
                 json.contains("files") && json["attachments"].is_array() &&
                 json["files"].is_array();
    if (!sound) return no_manifest("is not what xdpmirror has written");
    for (const auto& one : json["attachments"]) {
        sound = sound && take_attachment(one, manifest.attachments.emplace_back());
    }
    for (const auto& one : json["files"]) {
        std::string path, hash;
        sound = sound && one.is_object() && take(one, "path", path) && take(one, "hash", hash);
        hashes[path] = hash;
    }
    if (!sound) return no_manifest("is not what xdpmirror has written");
    return manifest;
}

Result<> check_files(const std::vector<BackupFile>& files, Hashes hashes) {
    for (const auto& file : files) {
        const auto known = hashes.find(file.path);
        if (known == hashes.end() || !is_backup_path(file.path))
            return Error{"it has '" + file.path + "', which no backup of xdpmirror has"};
        if (sha256(file.text) != known->second)
            return Error{"'" + file.path +
                         "' in it was changed since it was written: it has another hash"};
        hashes.erase(known);
    }
    if (!hashes.empty()) return Error{"'" + hashes.begin()->first + "' is missing in it"};
    return Ok{};
}

}  // namespace

Result<std::string> to_archive(const Backup& backup) {
    std::vector<BackupFile> files = {
        {.path = kManifestName, .mode = 0600, .text = manifest_text(backup)}};

    files.insert(files.end(), backup.files.begin(), backup.files.end());
    return pack(files, static_cast<std::int64_t>(backup.manifest.time_ns / 1'000'000'000));
}

Result<Backup> from_archive(const std::string& bytes) {
    auto files = unpack(bytes);
    if (!files) return files.error();
    if (files->empty() || files->front().path != kManifestName)
        return Error{fmt::format("it has no {}, so it is no backup of xdpmirror", kManifestName)};
    Hashes hashes;
    auto manifest = parse_manifest(files->front().text, hashes);
    if (!manifest) return manifest.error();
    files->erase(files->begin());
    if (auto sound = check_files(*files, std::move(hashes)); !sound) return sound.error();
    return Backup{.manifest = std::move(*manifest), .files = std::move(*files)};
}

}  // namespace xdpmirror
