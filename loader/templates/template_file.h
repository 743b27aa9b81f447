// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The memory of templates from one daemon of an attachment to the next: /run/xdpmirror/<interface>.templates.
// CBOR (RFC 8949): streams with their export messages, rules by name.
#pragma once

#include <string>

#include "config/config.h"
#include "loader/templates/template_memory.h"
#include "maps/result.h"

namespace xdpmirror {

std::string write_templates(const TemplateMemory& memory, const Config& config);

// Adds what stands in the text; streams whose rule is gone are left out. An error if it is not what
// write_templates() writes.
Result<> read_templates(const std::string& text, const Config& config, TemplateMemory& memory);

// Errors: the file cannot be written.
Result<> save_templates(const std::string& interface, const TemplateMemory& memory, const Config& config);
// Nothing if there is no file. An error if it says nothing sensible.
Result<> load_templates(const std::string& interface, const Config& config, TemplateMemory& memory);
void remove_templates(const std::string& interface);

}  // namespace xdpmirror
