// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A second implementation of docs/packets.md, which the data plane is held against: from the text
// and the RFCs alone, whole packets in plain C++, nothing shared with bpf/.
#pragma once

#include "config/config.h"
#include "selftests/fuzzing/answer.h"
#include "selftests/fuzzing/fragments.h"
#include "selftests/fuzzing/node.h"
#include "selftests/fuzzing/tunnel.h"

namespace xdpmirror::reference {

class Reference {
  public:
    Reference(Config config, Node node) : config_(std::move(config)), node_(std::move(node)) {}

    // What happens to `frame` at `now`. First fragments are remembered. `present` bytes are in the
    // first buffer, 0: all.
    Answer run(const Bytes& frame, Time now, std::size_t present = 0);

    void forget_fragments() { fragments_.forget_all(); }
    const Config& config() const { return config_; }
    const Node& node() const { return node_; }

  private:
    // A packet that has a source, on its way to a collector.
    struct Passage {
        std::size_t source = 0;
        std::optional<std::uint32_t> vni;  // none: plain input
        Inner inner;
        IpAddress sender;           // outermost
        std::uint8_t protocol = 0;  // of a later fragment: what its first has shown
        std::optional<std::uint16_t> port;
    };

    void mirror(View frame, Time now, Answer& answer);
    void check_inner_source(std::size_t source, const Inner& inner) const;
    bool is_nested(const Inner& inner) const;

    // Section 5: is it claimed? Then it is sent.
    bool plain(View frame, Time now, Answer& answer);
    std::optional<Passage> plain_passage(View frame, Time now) const;

    Fragments::Origin origin_of(const Passage& passage) const;
    void learn_from_first(Passage& passage, Time now) const;
    std::optional<std::size_t> find_rule(const Passage& passage) const;
    void remember(const Passage& passage, Time now, Answer& answer);
    void send(const Passage& passage, Answer& answer) const;
    bool takes_other_protocols() const;

    Config config_;
    Node node_;
    Fragments fragments_;
};

}  // namespace xdpmirror::reference
