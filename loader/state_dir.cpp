// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/state_dir.h"

#include <bpf/bpf.h>
#include <linux/magic.h>
#include <net/if.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cerrno>

#include "loader/readers.h"
#include "loader/rows.h"
#include "loader/xdp_occupant.h"
#include "maps/layout.h"
#include "maps/layout_hash.h"

namespace xdpmirror {
namespace {

const std::string kRoot = std::string(kBpffs) + "/xdpmirror";
constexpr std::string_view kConfiguration = "config_";
constexpr const char* kShown = "config";

std::string swapped(std::string name, char from, char to) {
    std::replace(name.begin(), name.end(), from, to);
    return name;
}

// 0: it is no directory of a configuration.
std::uint32_t number_in(std::string_view name) {
    if (!name.starts_with(kConfiguration)) return 0;
    const auto digits = name.substr(kConfiguration.size());
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc() && end == digits.data() + digits.size() ? number : 0;
}

std::optional<std::uint32_t> program_of_link(int link_fd) {
    bpf_link_info info{};
    __u32 bytes = sizeof(info);
    if (bpf_obj_get_info_by_fd(link_fd, &info, &bytes) != 0) return std::nullopt;
    return info.prog_id;
}

std::optional<std::uint32_t> program_in(const PinDir& configuration) {
    const auto program = configuration.open("program");
    if (!program) return std::nullopt;
    bpf_prog_info info{};
    __u32 bytes = sizeof(info);
    if (bpf_obj_get_info_by_fd(program->get(), &info, &bytes) != 0) return std::nullopt;
    return info.id;
}

// As a configuration describes itself, to those who may not open its program.
std::uint32_t program_said_by(const PinDir& configuration) {
    const auto map = configuration.open_to_read("xm_meta");
    if (!map) return 0;
    const auto rows = read_rows<xm_meta>(map->get(), "xm_meta");
    return rows && rows->at(0).layout_hash == layout_hash() ? rows->at(0).program_id : 0;
}

}  // namespace

StateDir::StateDir(const std::string& interface) : PinDir(kRoot + "/" + swapped(interface, '.', ':')) {}

Result<> StateDir::may_look() { return may_look_into(kRoot); }

Result<> StateDir::create() const {
    if (auto made = PinDir(kRoot).create(); !made) return made;
    return PinDir::create();
}

std::vector<PinDir> StateDir::configurations() const {
    std::vector<PinDir> found;
    for (const auto& name : entries()) {
        if (number_in(name) != 0) found.emplace_back(file(name));
    }
    std::ranges::sort(found, {}, number_of);
    return found;
}

Result<PinDir> StateDir::current() const {
    const auto interface = swapped(path().substr(kRoot.size() + 1), ':', '.');
    const auto half = Error{"only a half of an attachment is in " + path() + "; clear it: xdpmirror detach " + interface};
    const auto shown = target(kShown);
    const auto link = open("link");
    if (!link) {  // behind a dispatcher, and for those who may not open the link
        if (shown.empty() || (!has("link") && !has("extension"))) return half;
        const auto ifindex = has("link") ? ::if_nametoindex(interface.c_str()) : 0;
        for (const auto& configuration : configurations()) {
            if (ifindex != 0 && is_on(program_said_by(configuration), ifindex)) return configuration;
        }
        return PinDir(file(shown));
    }
    for (auto runs = program_of_link(link->get());;) {
        const auto first = target(kShown);
        if (!first.empty() && runs && program_in(PinDir(file(first))) == runs) return PinDir(file(first));
        for (const auto& configuration : configurations()) {
            if (runs && program_in(configuration) == runs) return configuration;
        }
        // a reload may have put another one in its place, and cleared it away
        const auto now = program_of_link(link->get());
        if (now == runs) return half;
        runs = now;
    }
}

bool StateDir::is_current(const PinDir& configuration) const {
    const auto running = current();
    return running && running->path() == configuration.path();
}

Result<PinDir> StateDir::create_next() const {
    if (auto made = PinDir::create(); !made) return made.error();
    const auto all = configurations();
    const auto number = all.empty() ? 1 : number_of(all.back()) + 1;
    PinDir next(file(std::string(kConfiguration) + std::to_string(number)));
    if (auto made = next.create(); !made) return made.error();
    return next;
}

Result<> StateDir::show(const PinDir& configuration) const {
    const auto directory = configuration.path().substr(path().size() + 1);
    if (target(kShown) != directory) {
        if (auto shown = point(kShown, directory); !shown) return shown;
    }
    const std::string prefix = std::string(kShown) + "/";
    for (const auto& name : entries()) {
        const auto where = target(name);
        if (where.starts_with(prefix) && !configuration.has(name)) {
            if (auto removed = remove(name); !removed) return removed;
        }
    }
    for (const auto& name : configuration.entries()) {
        if (target(name) == prefix + name) continue;
        if (auto shown = point(name, prefix + name); !shown) return shown;
    }
    return Ok{};
}

Result<> StateDir::remove_all() const {
    if (auto removed = remove("link"); !removed) return removed.error();
    if (auto removed = PinDir::remove_all(); !removed) return removed.error();
    ::rmdir(kRoot.c_str());  // stays if another attachment is in it
    return Ok{};
}

std::vector<std::string> StateDir::interfaces() {
    std::vector<std::string> interfaces;
    for (const auto& name : PinDir(kRoot).entries()) interfaces.push_back(swapped(name, ':', '.'));
    std::ranges::sort(interfaces);
    return interfaces;
}

std::uint32_t number_of(const PinDir& configuration) {
    return number_in(configuration.path().substr(configuration.path().rfind('/') + 1));
}

Result<> require_bpffs() {
    struct statfs info {};
    if (::statfs(kBpffs, &info) == 0 && static_cast<unsigned long>(info.f_type) == BPF_FS_MAGIC)
        return Ok{};
    return Error{std::string("no BPF file system at ") + kBpffs +
                 ", where the data plane is pinned; mount it: mount -t bpf bpf " + kBpffs};
}

}  // namespace xdpmirror
