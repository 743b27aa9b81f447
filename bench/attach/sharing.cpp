// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Which kinds of program libxdp's dispatcher takes on this kernel, beside a program that passes
// everything; and, where it takes the pipeline, what replacing it in there costs.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "att_probe.skel.h"
#include "bench/attach/dispatched.h"
#include "bench/attach/experiments.h"

namespace xdpmirror::bench::attach {

using nlohmann::json;

namespace {

constexpr const char* kPasses = "xm_att_pass";
constexpr const char* kTailCalls = "xm_att_tail";

struct Kind {
    const char* what;
    const char* program;
};

constexpr Kind kKinds[] = {
    {"passes", kPasses},
    {"moves the packet's head", "xm_att_head"},
    {"tail-calls", kTailCalls},
};

Result<DispatchedProgram> probe(const char* name) {
    std::shared_ptr<att_probe_bpf> object(att_probe_bpf::open(),
                                          [](att_probe_bpf* o) { att_probe_bpf::destroy(o); });
    if (!object) return system_error("open the probe", errno);
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, object->obj) {
        bpf_program__set_autoload(program, std::string(bpf_program__name(program)) == name);
    }
    bpf_object* opened = object->obj;
    return to_dispatch(std::move(object), opened, name);
}

// An entry program that attaches is of use only when something can be put into its slot.
Result<> fill_slot(const DispatchedProgram& entry) {
    const std::shared_ptr<att_probe_bpf> callee(
        att_probe_bpf::open_and_load(), [](att_probe_bpf* o) { att_probe_bpf::destroy(o); });
    if (!callee) return system_error("load a program to call", errno);
    const auto* object = static_cast<att_probe_bpf*>(entry.object.get());
    const std::uint32_t first = 0;
    const int program = bpf_program__fd(callee->progs.xm_att_pass);
    if (bpf_map_update_elem(bpf_map__fd(object->maps.xm_att_slot), &first, &program, BPF_ANY) != 0)
        return system_error("attached, but filling its program array fails", errno);
    return Ok{};
}

Result<> attach_beside(const Bench& bench, const Kind& kind) {
    auto first = probe(kPasses);
    if (!first) return first.error();
    if (auto attached = attach_dispatched(*first, bench.target.ingress); !attached)
        return while_doing("the first program", attached.error());
    auto second = probe(kind.program);
    if (!second) return second.error();
    if (auto attached = attach_dispatched(*second, bench.target.ingress); !attached)
        return attached;
    return kind.program == kTailCalls ? fill_slot(*second) : Result<>(Ok{});
}

std::string told(const Error& error) {
    return error.code ? error.what + ": " + error.code.message() : error.what;
}

json kinds_taken(const Bench& bench) {
    json results = json::array();
    for (const auto& kind : kKinds) {
        const auto attached = attach_beside(bench, kind);
        detach_all_dispatched(bench.target.ingress);
        results.push_back({{"kind", kind.what},
                           {"taken", static_cast<bool>(attached)},
                           {"answer", attached ? "" : told(attached.error())}});
    }
    return results;
}

}  // namespace

Result<json> observe_sharing(const Bench& bench) {
    json result{{"kinds", kinds_taken(bench)}};
    if (!result["kinds"][1]["taken"].get<bool>()) return result;
    static const Contender dispatched{
        "inside a dispatcher", false,
        []() -> MechanismPtr { return std::make_unique<Dispatched>(); }};
    auto load = measure_load(bench, {dispatched});
    if (!load) return load;
    result["load"] = std::move(*load);
    return result;
}

}  // namespace xdpmirror::bench::attach
