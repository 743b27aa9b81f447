// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One configuration in the kernel: the shipped program loaded with the profile's constants, and its
// tables filled. Not attached to anything yet. Owns all its descriptors.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/plan.h"
#include "maps/books.h"
#include "maps/layout.h"
#include "maps/result.h"

struct bpf_object;

namespace xdpmirror {

// What only the machine knows, beside the Plan.
struct Resolved {
    // Outer destinations that are ours, at most XM_MAX_LOCAL of each family.
    std::vector<IpAddress> local;
    // Addresses of the node on any interface: an inner source among them is our own output. Beyond
    // XM_MAX_OWN of a family they are left out.
    std::vector<IpAddress> own;
    MacAddress ingress_mac{};
    std::uint32_t ingress_ifindex = 0;
    std::uint32_t features = 0;  // enum xm_feature, of ways that packets may take later on
    bool on_paper = false;  // explain: every outer destination and every kernel route is good

    std::array<std::uint8_t, 6> secret{};  // of struct xm_handover; zero: no packet is handed over

    std::vector<xm_next_hop> next_hops;  // also rows for changes in place
    std::vector<std::uint32_t> collector_next_hop;  // row of next_hops for each of Plan::collectors
    // Collectors that take nothing yet: drained, or without a way to them. Only of pools that have others.
    std::vector<bool> unused;  // by row of Plan::collectors; empty: none
    std::vector<std::uint32_t> egress_ifindex;      // devmap rows
};

// Maps of a data plane that another one takes over, by name: descriptors, borrowed.
using SharedMaps = std::vector<std::pair<std::string, int>>;

// The names of those that outlast a configuration: the books, and what is remembered from packet to packet.
std::vector<std::string> lasting_maps();

class DataPlane {
  public:
    // Opens, sets constants and sizes, loads, fills. Tries the multi-buffer variant first and the
    // single-buffer one where the kernel does not know it; features() says which it became.
    // A verifier refusal carries the end of the verifier's log. `profile_text` is the effective
    // profile, kept beside the tables so that the state explains itself.
    // `verifier_stats`, if given, gets the verifier's own line of figures. What is in `shared` is not made
    // anew; rings are where the new ones would have another size.
    static Result<DataPlane> make(const Plan& plan, const Resolved& resolved,
                                  const std::string& profile_text = {},
                                  std::string* verifier_stats = nullptr, const SharedMaps& shared = {});

    DataPlane(DataPlane&&) noexcept;
    DataPlane& operator=(DataPlane&&) noexcept;
    ~DataPlane();

    int program_fd() const;
    std::uint32_t features() const;  // enum xm_feature
    // Descriptor of a map by its name in bpf/ ("xm_totals"); -1 when there is none.
    int map_fd(const std::string& name) const;
    // All maps that stand in the object's own tables and books, by name.
    std::vector<std::string> map_names() const;
    BookMaps book_maps() const;

    // Calls `use` with a second instance of the program on the same constants and maps, opened but not
    // loaded, for libxdp, which insists on loading by itself. The instance dies afterwards. It has a
    // devmap of its own, filled alike, which map_fd("xm_egress") names from then on: kernels such as
    // 6.1 bind a devmap to the type of the first program that uses it.
    Result<> with_unloaded_copy(const std::function<Result<>(bpf_object*)>& use);

    // Says what is attached, for later commands.
    Result<> describe(const xm_meta& meta);

  private:
    struct State;
    explicit DataPlane(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace xdpmirror
