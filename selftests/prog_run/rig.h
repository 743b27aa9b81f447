// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One profile in the kernel, attached to nothing: the shipped program with its tables filled, one
// frame in, verdict and frame out, through the kernel's program test-run.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/plan.h"
#include "config/profile.h"
#include "loader/data_plane.h"
#include "maps/array.h"
#include "maps/books.h"
#include "selftests/support/packet.h"

namespace xdpmirror::test {

// What the loader would learn from the machine. Egresses are devmap rows on the loopback device,
// since test-run asks only whether the row is there; their next hop is the MAC in the profile.
struct Machine {
    std::vector<IpAddress> local{kNode, kNode6};
    std::vector<IpAddress> own{kNode, kNode6, kNodeEgress, kNodeEgress6};
    bool on_paper = false;
    std::uint32_t mtu = 1500;
    xm_path path = XM_PATH_REDIRECT;
};

struct Outcome {
    int verdict = -1;  // enum xdp_action
    Bytes frame;
};

class Rig {
  public:
    static Result<Rig> make(const std::string& profile_yaml, const Machine& machine = {});
    static Result<Rig> make(const Config& config, const Machine& machine = {});

    // `linear` bytes go into the first buffer and the rest into others; 0 leaves it to the kernel,
    // which fills the first buffer. Kernels that cannot place the border say EINVAL.
    Result<Outcome> run(const Bytes& frame, std::uint32_t linear = 0) const;

    Result<Books> books() const;

    const Config& config() const { return config_; }
    const Plan& plan() const { return plan_; }
    const DataPlane& data_plane() const { return data_plane_; }

    // Rows by the names in the profile; a collector is "pool/address".
    std::uint32_t source_row(const std::string& name) const;
    std::uint32_t rule_row(const std::string& name) const;
    std::uint32_t collector_row(const std::string& label) const;

    // Every row of an array map, also the unused ones.
    template <class Row>
    std::vector<Row> rows(const char* map) const {
        std::vector<Row> all;
        for (std::uint32_t i = 0; i < capacity(map); i++) {
            auto row = array_get<Row>(data_plane_.map_fd(map), i);
            if (!row) return {};
            all.push_back(*row);
        }
        return all;
    }

    // Overwrites a table row behind the loader's back.
    template <class Key, class Value>
    Result<> poke(const char* map, const Key& key, const Value& value) const {
        return map_set(data_plane_.map_fd(map), key, value);
    }

  private:
    std::uint32_t capacity(const char* map) const;

    Rig(Config config, Plan plan, DataPlane data_plane)
        : config_(std::move(config)), plan_(std::move(plan)), data_plane_(std::move(data_plane)) {}

    Config config_;
    Plan plan_;
    DataPlane data_plane_;
};

}  // namespace xdpmirror::test
