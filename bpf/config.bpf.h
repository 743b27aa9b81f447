/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The program's read-only data. It stands alone in its section, is set between open and load, and
 * lets the verifier remove what the profile does not use.
 */
#ifndef XM_CONFIG_BPF_H
#define XM_CONFIG_BPF_H

#include "bpf/packet.bpf.h"

const volatile struct xm_config cfg SEC(".rodata.config") = {};

/* The constants by a pointer that the compiler cannot see through: it may keep a loaded value in a
 * register, which volatile forbids, and must not take the zeros above for the values. The verifier
 * still knows every load.
 */
static __always_inline const struct xm_config *xm_constants(void)
{
	const struct xm_config *constants = (const struct xm_config *)&cfg;

	asm volatile("" : "+r"(constants));
	return constants;
}

static __always_inline int xm_feature(const struct xm_pkt *p, enum xm_feature feature)
{
	return (p->cfg->features & feature) != 0;
}

#endif
