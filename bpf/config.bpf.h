/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The program's read-only data. It stands alone in its section, is set between open and load, and
 * lets the verifier remove what the profile does not use.
 */
#ifndef XM_CONFIG_BPF_H
#define XM_CONFIG_BPF_H

#include "bpf/packet.bpf.h"

const volatile struct xm_config cfg SEC(".rodata.config") = {};

static __always_inline int xm_feature(enum xm_feature feature)
{
	return (cfg.features & feature) != 0;
}

#endif
