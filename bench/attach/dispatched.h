// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Programs inside libxdp's dispatcher, beside others. libxdp loads a program when it attaches it, so
// tables are made and filled before and handed over.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/attach/mechanism.h"
#include "maps/unique_fd.h"

struct att_whole_bpf;
struct bpf_object;
struct xdp_program;

namespace xdpmirror::bench::attach {

// Keeps what libxdp and libbpf have to say, for as long as it lives: their return values alone do not
// tell why. One at a time.
class LibraryLog {
  public:
    LibraryLog();
    ~LibraryLog();
    LibraryLog(const LibraryLog&) = delete;
    LibraryLog& operator=(const LibraryLog&) = delete;

    // The line in which the kernel or libxdp gives its reason, as far as one did.
    std::string reason() const;
};

// A program of libxdp's that closes and frees what it was opened from.
struct DispatchedProgram {
    std::shared_ptr<void> object;  // the skeleton; outlives the program
    std::shared_ptr<xdp_program> program;
};

// Takes a program of an opened, not loaded, object.
Result<DispatchedProgram> to_dispatch(std::shared_ptr<void> object, bpf_object* opened,
                                      const char* name);
// Succeeds only inside a dispatcher.
Result<> attach_dispatched(const DispatchedProgram& program, std::uint32_t ifindex);
Result<> detach_dispatched(const DispatchedProgram& program, std::uint32_t ifindex);
// Whatever is attached through libxdp.
void detach_all_dispatched(std::uint32_t ifindex);

// The pipeline inside a dispatcher; the next one is put in front of the last, which then goes.
class Dispatched : public Mechanism {
  public:
    ~Dispatched() override;
    Result<> start(const Target& target, std::uint32_t generation,
                   const std::string& pins) override;
    Result<ReloadTime> reload(std::uint32_t generation, const Observer& observer) override;
    int program() const override;
    int counts() const override { return counts_.get(); }

  private:
    struct Generation {
        DispatchedProgram program;
        UniqueFd rules, hops, egress;
    };
    Result<Generation> build(std::uint32_t generation) const;
    Result<> fill(const Generation& next, std::uint32_t generation) const;

    Target target_;
    UniqueFd counts_;
    Generation current_;
    unsigned priority_ = 0;
};

}  // namespace xdpmirror::bench::attach
