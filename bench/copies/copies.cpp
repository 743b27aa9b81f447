// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Attaches one of the ways to make copies and returns; for the way through user space a process stays
// behind, and its number is printed.
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "bench/copies/user_sender.h"
#include "bench/flows.h"
#include "bench/native_link.h"
#include "bench/program.h"
#include "bench/tc_hook.h"
#include "bench_copies.skel.h"

namespace {

using namespace xdpmirror;
using namespace xdpmirror::bench;
using Object = std::unique_ptr<bench_copies_bpf, Deleter<bench_copies_bpf::destroy>>;
using Copies = std::vector<xm_bench_copy>;

struct Options {
    std::string way;
    std::string in;
    std::vector<std::string> to;
    std::string to_mac;
    std::string from_mac;
    std::string pin;
    int cpu = 1;
    bool watch = false;
    bool frags = false;
};

// DEVICE,ADDRESS,PORT
Result<xm_bench_copy> parse_copy(const std::string& text, const ethhdr& ether) {
    const auto first = text.find(',');
    const auto last = text.rfind(',');
    if (first == last) return configuration_error("'" + text + "' is not DEVICE,ADDRESS,PORT");
    auto device = ifindex_of(text.substr(0, first));
    if (!device) return device.error();
    auto address = parse_address(text.substr(first + 1, last - first - 1));
    if (!address) return address.error();
    const int port = std::atoi(text.c_str() + last + 1);
    return xm_bench_copy{*device, htonl(*address), htons(static_cast<std::uint16_t>(port)), ether};
}

Result<Copies> parse_copies(const Options& options) {
    auto to_mac = parse_mac(options.to_mac);
    if (!to_mac) return to_mac.error();
    auto from_mac = parse_mac(options.from_mac);
    if (!from_mac) return from_mac.error();
    ethhdr ether{};
    std::memcpy(ether.h_dest, to_mac->data(), to_mac->size());
    std::memcpy(ether.h_source, from_mac->data(), from_mac->size());
    ether.h_proto = htons(ETH_P_IP);

    Copies copies;
    for (const auto& text : options.to) {
        auto copy = parse_copy(text, ether);
        if (!copy) return copy.error();
        copies.push_back(*copy);
    }
    return copies;
}

Result<Object> load(const Copies& copies, const Options& options) {
    struct stat netns {};
    if (stat("/proc/self/ns/net", &netns) != 0) return system_error("find the namespace", errno);
    Object object(bench_copies_bpf::open());
    if (!object) return system_error("open the programs", errno);
    object->rodata->copy_count = static_cast<std::uint32_t>(copies.size());
    object->rodata->clone_last = options.way == "every";
    object->rodata->node_netns = static_cast<std::uint32_t>(netns.st_ino);
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, object->obj) {
        if (options.frags && bpf_program__type(program) == BPF_PROG_TYPE_XDP)
            bpf_program__set_flags(program, BPF_F_XDP_HAS_FRAGS);
    }
    if (const int err = bench_copies_bpf::load(object.get()); err != 0)
        return system_error("load the programs", -err);
    std::memcpy(object->bss->copies, copies.data(), copies.size() * sizeof(copies[0]));
    return object;
}

// `one` sends without a program in the map, as the product does.
Result<> fill_devices(const bench_copies_bpf& object, const Copies& copies, bool one) {
    const std::array programs = {object.progs.xm_bench_to_0, object.progs.xm_bench_to_1,
                                 object.progs.xm_bench_to_2};
    for (std::uint32_t i = 0; i < copies.size(); i++) {
        bpf_devmap_val value{};
        value.ifindex = copies[i].ifindex;
        value.bpf_prog.fd = one ? -1 : bpf_program__fd(programs[i % programs.size()]);
        if (bpf_map_update_elem(bpf_map__fd(object.maps.out_devices), &i, &value, BPF_ANY) != 0)
            return system_error("put copy " + std::to_string(i) + " into the devmap", errno);
    }
    return Ok{};
}

Result<> watch(bench_copies_bpf& object, const std::string& pin) {
    const std::string events = pin + "/events";
    if (bpf_map__pin(object.maps.events, events.c_str()) != 0)
        return system_error("pin '" + events + "'", errno);
    for (bpf_program* program :
         {object.progs.xm_bench_freed, object.progs.xm_bench_xmit, object.progs.xm_bench_refused}) {
        bpf_link* link = bpf_program__attach(program);
        const std::string path = pin + "/" + bpf_program__name(program);
        if (link == nullptr || bpf_link__pin(link, path.c_str()) != 0)
            return system_error("attach to the tracepoint of '" + path + "'", errno);
    }
    return Ok{};
}

Result<> stay_behind(const bench_copies_bpf& object, const Copies& copies, int cpu) {
    const pid_t child = fork();
    if (child < 0) return system_error("start a process", errno);
    if (child > 0) {
        std::printf("%d\n", child);
        return Ok{};
    }
    const UniqueFd null(open("/dev/null", O_RDWR | O_CLOEXEC));
    dup2(null.get(), STDOUT_FILENO);
    return send_copies(bpf_map__fd(object.maps.to_user), copies, cpu);
}

Result<> run(const Options& options) {
    auto in = ifindex_of(options.in);
    if (!in) return in.error();
    auto copies = parse_copies(options);
    if (!copies) return copies.error();
    auto loaded = load(*copies, options);
    if (!loaded) return loaded.error();
    bench_copies_bpf& object = **loaded;
    if (options.watch) {
        if (auto watching = watch(object, options.pin); !watching) return watching.error();
    }

    const auto attach = [&](const bpf_program* program) {
        return attach_native(bpf_program__fd(program), *in, options.pin + "/link");
    };
    if (options.way == "clone" || options.way == "every") {
        auto tc = attach_tc(bpf_program__fd(object.progs.xm_bench_clone), *in, BPF_TC_INGRESS);
        return tc ? attach(object.progs.xm_bench_hand_over) : tc;
    }
    if (options.way == "user") {
        if (auto attached = attach(object.progs.xm_bench_to_user); !attached) return attached;
        return stay_behind(object, *copies, options.cpu);
    }
    const bool one = options.way == "one";
    if (auto filled = fill_devices(object, *copies, one); !filled) return filled;
    return attach(one ? object.progs.xm_bench_one : object.progs.xm_bench_broadcast);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Attach one way to make copies", "xm_bench_copies");
    Options options;

    app.add_option("--way", options.way, "one, broadcast, clone (all but the last), every (clone) or user")
        ->required()
        ->check(CLI::IsMember({"one", "broadcast", "clone", "every", "user"}));
    app.add_option("--in", options.in, "interface that receives")->required();
    app.add_option("--to", options.to, "DEVICE,ADDRESS,PORT of a copy, once for each")
        ->required()
        ->expected(1, XM_BENCH_MAX_COPIES);
    app.add_option("--to-mac", options.to_mac, "MAC of the collectors")->required();
    app.add_option("--from-mac", options.from_mac, "MAC that sends")->required();
    app.add_option("--pin", options.pin, "directory in bpffs for what stays")->required();
    app.add_option("--cpu", options.cpu, "CPU of the process that sends from user space");
    app.add_flag("--frags", options.frags, "frames of several buffers too");
    app.add_flag("--watch", options.watch, "note what the kernel tells of losses in PIN/events");
    return run_program(app, argc, argv, [&] { return run(options); });
}
