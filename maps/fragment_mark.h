/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The fwmark of packets that the kernel fragments into a device without redirects. Not XM_HANDOVER_MARK:
 * that is what profiles route by unless they say otherwise, and these take the unmarked route.
 */
#ifndef XM_FRAGMENT_MARK_H
#define XM_FRAGMENT_MARK_H

#define XM_FRAGMENT_MARK 0x786e

#endif
