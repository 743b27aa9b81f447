// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Reading goes twice: first the whole of the gzip stream, since a tar reader stops at the end of
// the tar and would not see that the rest is missing.
#include "loader/backup/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <filesystem>
#include <memory>
#include <set>

namespace xdpmirror {
namespace {

constexpr std::size_t kLargest = std::size_t{512} << 20;  // unpacked
constexpr std::size_t kMostFiles = 100'000;

using Reader = std::unique_ptr<archive, decltype(&archive_read_free)>;
using Writer = std::unique_ptr<archive, decltype(&archive_write_free)>;
using Entry = std::unique_ptr<archive_entry, decltype(&archive_entry_free)>;

Error failed(archive* archive) {
    const char* why = archive_error_string(archive);
    return Error{why == nullptr ? "it cannot be read" : why};
}

la_ssize_t append(archive*, void* to, const void* bytes, std::size_t count) {
    static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), count);
    return static_cast<la_ssize_t>(count);
}

Result<> read_data(archive* archive, std::string& text) {
    for (;;) {
        const void* bytes = nullptr;
        std::size_t count = 0;
        la_int64_t offset = 0;
        const int status = archive_read_data_block(archive, &bytes, &count, &offset);
        if (status == ARCHIVE_EOF) return Ok{};
        if (status != ARCHIVE_OK) return failed(archive);
        if (static_cast<std::size_t>(offset) + count > kLargest)
            return Error{"it is too large to be a backup"};
        text.resize(static_cast<std::size_t>(offset));  // of a sparse file, which ours are not
        text.append(static_cast<const char*>(bytes), count);
    }
}

Result<std::string> gunzip(const std::string& bytes) {
    const Reader reader(archive_read_new(), archive_read_free);
    archive_entry* entry = nullptr;
    std::string tar;

    if (!bytes.starts_with("\x1f\x8b")) return Error{"it is no gzip file"};
    archive_read_support_filter_gzip(reader.get());
    archive_read_support_format_raw(reader.get());
    if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK ||
        archive_read_next_header(reader.get(), &entry) != ARCHIVE_OK)
        return failed(reader.get());
    if (archive_filter_code(reader.get(), 0) != ARCHIVE_FILTER_GZIP)
        return Error{"it is cut, or no gzip file"};
    if (auto read = read_data(reader.get(), tar); !read) return read.error();
    return tar;
}

// Only for messages, which are one line.
std::string shown(std::string path) {
    for (char& c : path) c = static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    return "'" + path + "'";
}

bool leads_elsewhere(const std::string& path) {
    const std::filesystem::path whole(path);
    return path.empty() || whole.is_absolute() || path.find('\\') != std::string::npos ||
           whole.lexically_normal().native() != path || path.starts_with("..");
}

Result<BackupFile> read_file(archive* archive, archive_entry* entry) {
    const char* name = archive_entry_pathname(entry);
    BackupFile file{
        .path = name == nullptr ? "" : name, .mode = archive_entry_perm(entry) & 0777, .text = {}};

    if (leads_elsewhere(file.path))
        return Error{"it has the path " + shown(file.path) + ", which leads elsewhere"};
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr ||
        archive_entry_symlink(entry) != nullptr)
        return Error{"it has " + shown(file.path) + ", which is no regular file"};
    if (auto read = read_data(archive, file.text); !read) return read.error();
    return file;
}

Result<> write_file(archive* archive, const BackupFile& file, std::int64_t time) {
    const Entry entry(archive_entry_new(), archive_entry_free);

    archive_entry_set_pathname(entry.get(), file.path.c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), file.mode);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.text.size()));
    archive_entry_set_mtime(entry.get(), time, 0);
    if (archive_write_header(archive, entry.get()) != ARCHIVE_OK) return failed(archive);
    const auto written = archive_write_data(archive, file.text.data(), file.text.size());
    if (written != static_cast<la_ssize_t>(file.text.size())) return failed(archive);
    return Ok{};
}

}  // namespace

Result<std::string> pack(const std::vector<BackupFile>& files, std::int64_t time) {
    std::string bytes;
    const Writer writer(archive_write_new(), archive_write_free);

    archive_write_add_filter_gzip(writer.get());
    archive_write_set_format_pax_restricted(writer.get());
    archive_write_set_bytes_in_last_block(writer.get(), 1);  // nothing behind the end
    if (archive_write_open(writer.get(), &bytes, nullptr, append, nullptr) != ARCHIVE_OK)
        return failed(writer.get());
    for (const auto& file : files) {
        if (auto written = write_file(writer.get(), file, time); !written)
            return while_doing("put " + file.path + " into the backup", written.error());
    }
    if (archive_write_close(writer.get()) != ARCHIVE_OK) return failed(writer.get());
    return bytes;
}

Result<std::vector<BackupFile>> unpack(const std::string& bytes) {
    auto tar = gunzip(bytes);
    if (!tar) return tar.error();
    const Reader reader(archive_read_new(), archive_read_free);
    std::vector<BackupFile> files;
    std::set<std::string> paths;

    archive_read_support_format_tar(reader.get());
    if (archive_read_open_memory(reader.get(), tar->data(), tar->size()) != ARCHIVE_OK)
        return failed(reader.get());
    for (;;) {
        archive_entry* entry = nullptr;
        const int status = archive_read_next_header(reader.get(), &entry);
        if (status == ARCHIVE_EOF) return files;
        if (status != ARCHIVE_OK) return failed(reader.get());
        auto file = read_file(reader.get(), entry);
        if (!file) return file.error();
        if (!paths.insert(file->path).second)
            return Error{"it has " + shown(file->path) + " twice"};
        if (paths.size() > kMostFiles) return Error{"it has too many files to be a backup"};
        files.push_back(std::move(*file));
    }
}

}  // namespace xdpmirror
