// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <dirent.h>
#include <fmt/format.h>
#include <linux/netlink.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>

#include "loader/tune/facts.h"

namespace xdpmirror {
namespace {

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

std::vector<std::string> names_in(const std::string& path) {
    std::vector<std::string> names;
    const std::unique_ptr<DIR, CloseDirectory> directory(::opendir(path.c_str()));
    if (!directory) return names;
    while (const auto* entry = ::readdir(directory.get())) {
        if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::string content_of(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream content;
    content << file.rdbuf();
    return content.str();
}

// virtio's stand at the PCI device that its own device is on.
std::set<unsigned> interrupts_of(const LinkInfo& link) {
    std::set<unsigned> numbers;
    const auto device = "/sys/class/net/" + link.name + "/device";
    const char* directory = link.driver == "virtio_net" ? "/../msi_irqs" : "/msi_irqs";
    for (const auto& entry : names_in(device + directory)) {
        const auto number = parse_cpu_list(entry);
        if (number.size() == 1) numbers.insert(number.front());
    }
    return numbers;
}

bool runs(const std::string& command) {
    for (const auto& process : names_in("/proc")) {
        if (process.find_first_not_of("0123456789") == std::string::npos &&
            first_line("/proc/" + process + "/comm") == command)
            return true;
    }
    return false;
}

void gather_queues(TuneFacts& facts) {
    const auto& name = facts.device.link.name;
    const auto queues = "/sys/class/net/" + name + "/queues";
    for (const auto& queue : names_in(queues)) {
        if (!queue.starts_with("rx-")) continue;
        const auto path = queues + "/" + queue + "/rps_cpus";
        if (const auto cpus = first_line(path)) facts.rps.push_back({path, *cpus});
    }
    facts.interrupts =
        parse_interrupts(content_of("/proc/interrupts"), interrupts_of(facts.device.link));
    for (auto& interrupt : facts.interrupts)
        interrupt.cpus = first_line(fmt::format("/proc/irq/{}/smp_affinity_list", interrupt.number))
                             .value_or("");
}

}  // namespace

Result<TuneFacts> gather_tune(const std::string& interface) {
    auto socket = NetlinkSocket::open(NETLINK_ROUTE);
    if (!socket) return socket.error();
    const auto link = find_link(*socket, interface);
    if (!link) return link.error();
    TuneFacts facts;
    facts.device = gather_device(*socket, *link);
    facts.cpus = parse_cpu_list(first_line("/sys/devices/system/cpu/online").value_or(""));
    if (facts.cpus.empty()) facts.cpus = {0};
    if (facts.device.sysfs) gather_queues(facts);
    facts.irqbalance = !facts.interrupts.empty() && runs("irqbalance");
    return facts;
}

}  // namespace xdpmirror
