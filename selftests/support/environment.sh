# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The same environment for every script: tools speak English, and those of the administrator are found
# from any shell. Sourced first.

export LC_ALL=C.UTF-8
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
