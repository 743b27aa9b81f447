// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// In place of the skeleton that bpftool makes: as much of one as loader/data_plane.cpp uses, over a
// machine of shim/machine.h. The functions are in shim/libbpf.cpp.
#pragma once

#include "maps/layout.h"

struct bpf_map;
struct bpf_object;
struct bpf_program;

struct xdpmirror_bpf {
    bpf_object* obj;
    struct {
        bpf_map* xm_vnis;
        bpf_map* xm_senders;
        bpf_map* xm_sources;
        bpf_map* xm_exporters;
        bpf_map* xm_rules4;
        bpf_map* xm_rules6;
        bpf_map* xm_port_class;
        bpf_map* xm_pools;
        bpf_map* xm_slots;
        bpf_map* xm_collectors;
        bpf_map* xm_next_hops;
        bpf_map* xm_egress;
        bpf_map* xm_profile;
        bpf_map* xm_secret;
    } maps;
    struct {
        bpf_program* xdpmirror;
    } progs;
    struct config_section {
        xm_config cfg;
    } * rodata_config;

    static xdpmirror_bpf* open();
    static int load(xdpmirror_bpf* skeleton);
    static void destroy(xdpmirror_bpf* skeleton);
};
