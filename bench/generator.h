// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The program that makes live frames of many flows and sends them out of one device, loaded; a
// Sender runs it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "bench/flows.h"
#include "maps/result.h"

struct bench_gen_bpf;

namespace xdpmirror::bench {

class Generator {
  public:
    static Result<Generator> make(const FrameSpec& frames, const std::string& device);

    int program_fd() const;
    std::uint64_t sent() const;  // frames so far, of all runs

  private:
    explicit Generator(std::shared_ptr<bench_gen_bpf> object) : object_(std::move(object)) {}

    std::shared_ptr<bench_gen_bpf> object_;
};

}  // namespace xdpmirror::bench
