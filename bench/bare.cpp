// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Attaches the program that only redirects, and returns.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cstdint>

#include "bench_bare.skel.h"
#include "bench/flows.h"
#include "bench/native_link.h"
#include "bench/program.h"

namespace {

using namespace xdpmirror;
using namespace xdpmirror::bench;

struct Options {
    std::string in;
    std::string out;
    std::string pin;
};

Result<> run(const Options& options) {
    auto in = ifindex_of(options.in);
    if (!in) return in.error();
    auto out = ifindex_of(options.out);
    if (!out) return out.error();
    std::unique_ptr<bench_bare_bpf, Deleter<bench_bare_bpf::destroy>> object(bench_bare_bpf::open_and_load());
    if (!object) return system_error("load the program that only redirects", errno);

    const std::uint32_t first = 0;
    if (bpf_map_update_elem(bpf_map__fd(object->maps.out_device), &first, &*out, BPF_ANY) != 0)
        return system_error("put '" + options.out + "' into the devmap", errno);
    return attach_native(bpf_program__fd(object->progs.xm_bench_bare), *in, options.pin);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Attach the program that only redirects", "xm_bench_bare");
    Options options;

    app.add_option("--in", options.in, "interface that receives")->required();
    app.add_option("--out", options.out, "interface that sends")->required();
    app.add_option("--pin", options.pin, "where the link is pinned")->required();
    return run_program(app, argc, argv, [&] { return run(options); });
}
