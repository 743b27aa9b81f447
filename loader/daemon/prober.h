// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Asks the far end of each way that has a probe, through that very way: ICMP echo (RFC 792, RFC 4443
// section 4.1) from a socket that is bound to the device.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "config/config.h"
#include "maps/result.h"
#include "maps/unique_fd.h"

namespace xdpmirror {

// Up until `fall` questions in a row had no answer, down until `rise` in a row had one.
class ProbeCount {
  public:
    ProbeCount(std::uint32_t fall, std::uint32_t rise) : fall_(fall), rise_(rise) {}

    void answered();
    void missed();
    bool is_up() const { return up_; }

  private:
    std::uint32_t fall_, rise_;
    std::uint32_t answered_ = 0, missed_ = 0;
    bool up_ = true;
};

class Prober {
  public:
    using Time = std::chrono::steady_clock::time_point;

    // An error if some way has a probe, or some pool asks by ICMP, and this process may open no raw socket.
    static Result<Prober> make(const Config& config);

    // Reads answers, and asks where it is time; waits for nothing. To be called often.
    void tick(Time now);

    struct Finding {
        std::size_t way_row;  // row of xm_egress
        std::string why_not;  // empty: it answers, or was not asked often enough to say
    };
    std::vector<Finding> findings() const;

  private:
    struct Probe {
        std::size_t way_row;
        std::string interface;
        IpAddress address;
        std::uint32_t mark;
        std::chrono::seconds every;
        ProbeCount count;
        std::uint16_t id;
        std::uint16_t sequence = 0;
        bool waiting = false;
        Time asked{};
        UniqueFd socket{};
    };

    explicit Prober(const Config& config);
    static void read_answers(Probe& probe);
    static void ask(Probe& probe);

    std::vector<Probe> probes_;
};

}  // namespace xdpmirror
