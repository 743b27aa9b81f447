// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Damage to the bytes of a frame, without knowing what they mean.
#pragma once

#include "selftests/fuzzing/dice.h"

namespace xdpmirror::fuzz {

// The frame with one to four damages; `other` lends bytes.
Bytes mutated(Dice& dice, Bytes frame, View other);

}  // namespace xdpmirror::fuzz
