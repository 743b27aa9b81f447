// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Attaches the tc program at the ingress of a vxlan device, and returns. Deleting the device
// detaches it.
#include <arpa/inet.h>
#include <bpf/libbpf.h>
#include <linux/if_ether.h>

#include <cstdint>
#include <cstring>
#include <memory>

#include "bench/flows.h"
#include "bench/native_link.h"
#include "bench/program.h"
#include "bench/tc_hook.h"
#include "bench_tc_dnat.skel.h"

namespace {

using namespace xdpmirror;
using namespace xdpmirror::bench;

struct Options {
    std::string in;
    std::string out;
    std::string to_address;
    std::string to_mac;
    std::string from_mac;
    std::uint16_t match_port = 31756;
    std::uint16_t to_port = 8081;
};

Result<> run(const Options& options) {
    auto in = ifindex_of(options.in);
    if (!in) return in.error();
    auto out = ifindex_of(options.out);
    if (!out) return out.error();
    auto address = parse_address(options.to_address);
    if (!address) return address.error();
    auto to_mac = parse_mac(options.to_mac);
    if (!to_mac) return to_mac.error();
    auto from_mac = parse_mac(options.from_mac);
    if (!from_mac) return from_mac.error();

    std::unique_ptr<bench_tc_dnat_bpf, Deleter<bench_tc_dnat_bpf::destroy>> object(bench_tc_dnat_bpf::open());
    if (!object) return system_error("open the tc program", errno);
    object->rodata->match_port = htons(options.match_port);
    object->rodata->to_address = htonl(*address);
    object->rodata->to_port = htons(options.to_port);
    object->rodata->out_ifindex = *out;
    std::memcpy(object->bss->to_ether.h_dest, to_mac->data(), to_mac->size());
    std::memcpy(object->bss->to_ether.h_source, from_mac->data(), from_mac->size());
    object->bss->to_ether.h_proto = htons(0x0800);
    if (const int err = bench_tc_dnat_bpf::load(object.get()); err != 0)
        return system_error("load the tc program", -err);
    return attach_tc(bpf_program__fd(object->progs.xm_bench_tc), *in, BPF_TC_INGRESS);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Attach the tc program behind a vxlan device", "xm_bench_tc");
    Options options;

    app.add_option("--in", options.in, "vxlan device")->required();
    app.add_option("--out", options.out, "interface that sends")->required();
    app.add_option("--match-port", options.match_port, "UDP port that is ours");
    app.add_option("--to-address", options.to_address, "collector")->required();
    app.add_option("--to-port", options.to_port, "collector's UDP port");
    app.add_option("--to-mac", options.to_mac, "collector's MAC")->required();
    app.add_option("--from-mac", options.from_mac, "MAC of the interface that sends")->required();
    return run_program(app, argc, argv, [&] { return run(options); });
}
