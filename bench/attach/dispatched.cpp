// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// libxdp, wrapped; see dispatched.h.
#include "bench/attach/dispatched.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <xdp/libxdp.h>

#include <cstdarg>
#include <cstdio>
#include <sstream>

#include "att_whole.skel.h"

namespace xdpmirror::bench::attach {

namespace {

// libxdp's print functions take no context.
std::string library_text;

void keep(const char* format, va_list arguments) {
    char line[4096];
    if (std::vsnprintf(line, sizeof(line), format, arguments) > 0) library_text += line;
}

int keep_from_libbpf(libbpf_print_level level, const char* format, va_list arguments) {
    if (level != LIBBPF_DEBUG) keep(format, arguments);
    return 0;
}

// At debug level libxdp says what it falls back to.
int keep_from_libxdp(libxdp_print_level, const char* format, va_list arguments) {
    keep(format, arguments);
    return 0;
}

// What the line begins or goes on with that gives a reason, the best one first.
constexpr const char* kReasons[] = {"xtension program", "Kernel error message",
                                    "ompatibility check", "Existing program", "failed to load"};

// libxdp quietly attaches a program by itself where the dispatcher does not work.
bool stands_alone(std::uint32_t ifindex) {
    xdp_multiprog* attached = xdp_multiprog__get_from_ifindex(static_cast<int>(ifindex));
    if (libxdp_get_error(attached) != 0) return true;
    const bool alone = xdp_multiprog__is_legacy(attached);
    xdp_multiprog__close(attached);
    return alone;
}

// The lower number runs first.
constexpr unsigned kHighestPriority = 1000000;

Result<UniqueFd> make_map(bpf_map_type type, const char* name, std::size_t key, std::size_t value,
                          std::uint32_t entries) {
    UniqueFd map(bpf_map_create(type, name, static_cast<__u32>(key), static_cast<__u32>(value),
                                entries, nullptr));
    if (!map) return system_error(std::string("make ") + name, errno);
    return map;
}

}  // namespace

LibraryLog::LibraryLog() {
    library_text.clear();
    libbpf_set_print(keep_from_libbpf);
    libxdp_set_print(keep_from_libxdp);
}

LibraryLog::~LibraryLog() {
    libbpf_set_print(nullptr);
    libxdp_set_print(nullptr);
}

std::string LibraryLog::reason() const {
    for (const char* reason : kReasons) {
        std::istringstream lines(library_text);
        for (std::string line; std::getline(lines, line);) {
            if (line.find(reason) != std::string::npos) return line;
        }
    }
    return "no reason given";
}

Result<DispatchedProgram> to_dispatch(std::shared_ptr<void> object, bpf_object* opened,
                                      const char* name) {
    DECLARE_LIBXDP_OPTS(xdp_program_opts, options, .obj = opened, .prog_name = name);
    xdp_program* program = xdp_program__create(&options);
    if (const long err = libxdp_get_error(program); err != 0)
        return system_error("take the program to libxdp", static_cast<int>(-err));
    return DispatchedProgram{std::move(object), {program, xdp_program__close}};
}

Result<> attach_dispatched(const DispatchedProgram& program, std::uint32_t ifindex) {
    const LibraryLog log;
    const int err = xdp_program__attach(program.program.get(), static_cast<int>(ifindex),
                                        XDP_MODE_NATIVE, 0);
    if (err != 0) return system_error(log.reason(), -err);
    // libxdp says why once for each process
    if (stands_alone(ifindex)) return Error{"attached, but without a dispatcher: " + log.reason()};
    return Ok{};
}

Result<> detach_dispatched(const DispatchedProgram& program, std::uint32_t ifindex) {
    const LibraryLog log;
    const int err = xdp_program__detach(program.program.get(), static_cast<int>(ifindex),
                                        XDP_MODE_NATIVE, 0);
    if (err != 0) return system_error(log.reason(), -err);
    return Ok{};
}

void detach_all_dispatched(std::uint32_t ifindex) {
    const LibraryLog log;  // there may be none, which libxdp mentions
    xdp_multiprog* attached = xdp_multiprog__get_from_ifindex(static_cast<int>(ifindex));
    if (libxdp_get_error(attached) != 0) return;
    xdp_multiprog__detach(attached);
    xdp_multiprog__close(attached);
}

Dispatched::~Dispatched() { detach_all_dispatched(target_.ingress); }

Result<> Dispatched::start(const Target& target, std::uint32_t generation, const std::string&) {
    target_ = target;
    priority_ = kHighestPriority;
    auto counts = make_map(BPF_MAP_TYPE_PERCPU_ARRAY, "xm_att_counts", sizeof(__u32),
                           sizeof(__u64), XM_ATT_COUNTS);
    if (!counts) return counts.error();
    counts_ = std::move(*counts);
    auto first = build(generation);
    if (!first) return first.error();
    if (auto filled = fill(*first, generation); !filled) return filled;
    current_ = std::move(*first);
    xdp_program__set_run_prio(current_.program.program.get(), priority_--);
    return attach_dispatched(current_.program, target_.ingress);
}

Result<Dispatched::Generation> Dispatched::build(std::uint32_t generation) const {
    auto rules = make_map(BPF_MAP_TYPE_HASH, "xm_att_rules", sizeof(xm_att_key),
                          sizeof(xm_att_rule), XM_ATT_RULES);
    if (!rules) return rules.error();
    auto hops = make_map(BPF_MAP_TYPE_ARRAY, "xm_att_hops", sizeof(__u32), sizeof(xm_att_hop),
                         XM_ATT_HOPS);
    if (!hops) return hops.error();
    auto egress = make_map(BPF_MAP_TYPE_DEVMAP, "xm_att_egress", sizeof(__u32), sizeof(__u32),
                           XM_ATT_HOPS);
    if (!egress) return egress.error();

    std::shared_ptr<att_whole_bpf> object(att_whole_bpf::open(),
                                          [](att_whole_bpf* o) { att_whole_bpf::destroy(o); });
    if (!object) return system_error("open the pipeline", errno);
    const xm_att_settings settings = settings_of(target_, generation);
    object->rodata->settings.vni = settings.vni;
    object->rodata->settings.decap = settings.decap;
    object->rodata->settings.ttl = settings.ttl;
    const std::pair<bpf_map*, int> tables[] = {
        {object->maps.xm_att_rules, rules->get()},
        {object->maps.xm_att_hops, hops->get()},
        {object->maps.xm_att_egress, egress->get()},
        {object->maps.xm_att_counts, counts_.get()},
    };
    for (const auto& [map, fd] : tables) {
        if (const int err = bpf_map__reuse_fd(map, fd); err != 0)
            return system_error("hand a table over", -err);
    }
    bpf_object* opened = object->obj;
    auto program = to_dispatch(std::move(object), opened, "xm_att_whole");
    if (!program) return program.error();
    return Generation{std::move(*program), std::move(*rules), std::move(*hops),
                      std::move(*egress)};
}

Result<> Dispatched::fill(const Generation& next, std::uint32_t generation) const {
    if (auto done = fill_rules(next.rules.get(), target_, generation); !done) return done;
    if (auto done = fill_hops(next.hops.get(), generation, 0); !done) return done;
    return fill_egress(next.egress.get(), target_, 0);
}

Result<ReloadTime> Dispatched::reload(std::uint32_t generation, const Observer& observer) {
    ReloadTime time;
    StepClock clock(observer);

    auto next = build(generation);
    if (!next) return next.error();
    clock.reached(Step::built, time.build);
    if (auto filled = fill(*next, generation); !filled) return filled.error();
    clock.reached(Step::filled, time.fill);
    xdp_program__set_run_prio(next->program.program.get(), priority_--);
    if (auto attached = attach_dispatched(next->program, target_.ingress); !attached)
        return attached.error();
    clock.reached(Step::swapped, time.swap);
    if (auto detached = detach_dispatched(current_.program, target_.ingress); !detached)
        return detached.error();
    current_ = std::move(*next);
    time.retire = clock.lap();
    return time;
}

int Dispatched::program() const { return xdp_program__fd(current_.program.program.get()); }

}  // namespace xdpmirror::bench::attach
