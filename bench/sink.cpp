// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Attaches the counting sink, pins its maps and, if it is XDP, its link into a directory, and returns.
#include <arpa/inet.h>
#include <bpf/libbpf.h>

#include <cstdint>
#include <memory>

#include "bench/flows.h"
#include "bench/native_link.h"
#include "bench/program.h"
#include "bench/tc_hook.h"
#include "bench_sink.skel.h"

namespace {

using namespace xdpmirror;
using namespace xdpmirror::bench;

struct Options {
    std::string device;
    std::string pin;
    std::string address;
    std::uint32_t prefix = 32;
    std::uint16_t port = 8081;
    FrameSpec spec;
    bool encapsulated = false;
    bool without_ethernet = false;
    std::uint32_t sample_every = 61;  // prime: comes round to every flow
};

Result<> run(const Options& options) {
    auto device = ifindex_of(options.device);
    if (!device) return device.error();
    auto address = parse_address(options.address);
    if (!address) return address.error();
    if (auto good = check(options.spec); !good) return good.error();

    std::unique_ptr<bench_sink_bpf, Deleter<bench_sink_bpf::destroy>> object(bench_sink_bpf::open());
    if (!object) return system_error("open the sink", errno);
    const std::uint32_t whole = XM_BENCH_PAYLOAD + options.spec.payload_bytes;
    const std::uint32_t mask = ~0U << (32 - options.prefix);
    object->rodata->expect_address = htonl(*address & mask);
    object->rodata->address_mask = htonl(mask);
    object->rodata->expect_port = htons(options.port);
    object->rodata->ip_at = options.without_ethernet ? 0 : XM_BENCH_OUTER_IP;
    object->rodata->expect_bytes = (options.encapsulated ? whole : whole - XM_BENCH_INNER_ETHER) -
                                   (XM_BENCH_OUTER_IP - object->rodata->ip_at);
    object->rodata->first_exporter = options.spec.first_exporter;
    object->rodata->exporter_count = options.spec.flow_count;
    object->rodata->datagram_bytes = options.encapsulated ? 0 : whole - XM_BENCH_INNER_UDP;
    object->rodata->sample_every = options.sample_every;
    if (const int err = bench_sink_bpf::load(object.get()); err != 0)
        return system_error("load the sink", -err);

    for (bpf_map* map : {object->maps.tally, object->maps.exporters}) {
        const std::string path = options.pin + "/" + bpf_map__name(map);
        if (const int err = bpf_map__pin(map, path.c_str()); err != 0)
            return system_error("pin '" + path + "'", -err);
    }
    if (options.without_ethernet)
        return attach_tc(bpf_program__fd(object->progs.xm_bench_count_tc), *device, BPF_TC_EGRESS);
    return attach_native(bpf_program__fd(object->progs.xm_bench_count), *device,
                         options.pin + "/link");
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Count and drop what arrives", "xm_bench_sink");
    Options options;

    app.add_option("--dev", options.device, "interface to count on")->required();
    app.add_option("--pin", options.pin, "directory in bpffs for link and maps")->required();
    app.add_option("--address", options.address, "destination that is right")->required();
    app.add_option("--prefix", options.prefix, "so many bits of it are held against a packet's")
        ->check(CLI::Range(1, 32));
    app.add_option("--port", options.port, "UDP destination that is right");
    app.add_option("--flows", options.spec.flow_count, "number of exporters");
    app.add_option("--payload", options.spec.payload_bytes, "payload, bytes");
    app.add_option("--sample-every", options.sample_every, "one frame in so many is summed whole")
        ->check(CLI::PositiveNumber);
    app.add_flag("--encapsulated", options.encapsulated, "frames still carry VXLAN");
    app.add_flag("--without-ethernet", options.without_ethernet,
                 "the interface has no Ethernet header: count what leaves by it, at its tc egress");
    return run_program(app, argc, argv, [&] { return run(options); });
}
