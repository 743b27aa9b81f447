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

/* What most profiles do without. */
#define XM_FEATURES_SPARED                                                                         \
	(XM_FEATURE_GENEVE | XM_FEATURE_PLAIN | XM_FEATURE_POLICY | XM_FEATURE_PROTOCOLS |         \
	 XM_FEATURE_OVERSIZE | XM_FEATURE_HANDOVER | XM_FEATURE_BALANCE_PORTS |             \
	 XM_FEATURE_COPIES)

/* The verifier removes the branch that a constant decides, but not the instructions that load and test
 * the constant: two or three for each question. So the program has its journey twice, and one question
 * at its beginning: in the lean one the spared features are off for the compiler already, and what is
 * left of the other one is that question.
 */
static __always_inline int xm_feature(const struct xm_pkt *p, __u32 any_of)
{
	if (p->is_lean && !(any_of & ~XM_FEATURES_SPARED))
		return 0;
	return (p->cfg->features & any_of) != 0;
}

#endif
