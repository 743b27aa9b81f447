// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Load with a conscience: sends live frames into a device until told to stop, and holds what comes
// out of others to one generation. Commands on standard input, one a line, each answered by one
// line of JSON:
//
//   send      sends from now on                  tally   what was sent and seen so far
//   stop      ends it, waits for what is under way, and answers like tally
//   rate N    N frames a second from now on; 0: as fast as one CPU can
//
// The end of input ends it.
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <thread>

#include "bench/flows.h"
#include "bench/generator.h"
#include "bench/program.h"
#include "bench/sender.h"
#include "selftests/endurance/sink.h"

namespace {

using namespace xdpmirror;
using namespace xdpmirror::bench;
using namespace xdpmirror::endurance;
using namespace std::chrono_literals;
using Json = nlohmann::ordered_json;

// No event tells that nothing more will come: arrival is over when two looks see the same.
constexpr auto kLook = 50ms;

struct Options {
    std::string device;
    std::vector<std::string> sinks;
    std::string to_mac;
    std::string to_address;
    std::string inner_address = "172.16.0.10";
    FrameSpec frames;
    std::uint32_t rate = 0;
    int cpu = 1;
};

Json in_words(const xm_load_tally& tally) {
    return {{"packets", tally.packets},
            {"mixed", tally.mixed},
            {"mixed_port", tally.mixed_port},
            {"mixed_mac", tally.mixed_mac},
            {"mixed_device", tally.mixed_device},
            {"stale", tally.stale},
            {"switches", tally.switches},
            {"other", tally.other},
            {"last", tally.last}};
}

class Load {
  public:
    Load(const Options& options, Generator generator, Sink sink)
        : frames_(options.frames),
          cpu_(options.cpu),
          rate_(options.rate),
          generator_(std::move(generator)),
          sink_(std::move(sink)) {}

    Result<Json> obey(const std::string& line);

  private:
    Result<> send();
    Result<> stop();
    Result<> change_rate(std::uint32_t rate);
    Result<std::uint64_t> seen() const;
    Result<Json> tally() const;

    FrameSpec frames_;
    int cpu_;
    std::uint32_t rate_;
    Generator generator_;
    Sink sink_;
    std::unique_ptr<Sender> sender_;
};

Result<> Load::send() {
    if (sender_) return Ok{};
    auto sender = Sender::start(generator_.program_fd(), first_frame(frames_), cpu_, rate_);
    if (!sender) return sender.error();
    sender_ = std::move(*sender);
    return Ok{};
}

Result<> Load::stop() {
    if (sender_) {
        auto stopped = sender_->stop();
        sender_.reset();
        if (!stopped) return stopped;
    }
    auto before = seen();
    while (before) {
        std::this_thread::sleep_for(kLook);
        auto now = seen();
        if (!now) return now.error();
        if (*now == *before) return Ok{};
        before = now;
    }
    return before.error();
}

Result<> Load::change_rate(std::uint32_t rate) {
    const bool sends = sender_ != nullptr;
    if (auto stopped = stop(); !stopped) return stopped;
    rate_ = rate;
    return sends ? send() : Ok{};
}

Result<std::uint64_t> Load::seen() const {
    auto tallies = sink_.tallies();
    if (!tallies) return tallies.error();
    std::uint64_t packets = 0;
    for (const auto& one : *tallies) packets += one.packets;
    return packets;
}

Result<Json> Load::tally() const {
    const auto sent = generator_.sent();  // before what was seen, which may be more while it sends
    auto tallies = sink_.tallies();
    if (!tallies) return tallies.error();
    Json answer = {{"sent", sent}, {"seen", 0}, {"mixed", 0}, {"stale", 0}, {"last", 0}};
    for (const auto& one : *tallies) {
        answer["seen"] = answer["seen"].get<std::uint64_t>() + one.packets;
        answer["mixed"] = answer["mixed"].get<std::uint64_t>() + one.mixed;
        answer["stale"] = answer["stale"].get<std::uint64_t>() + one.stale;
        answer["last"] = std::max(answer["last"].get<std::uint32_t>(), one.last);
        answer["sinks"].push_back(in_words(one));
    }
    return answer;
}

Result<Json> Load::obey(const std::string& line) {
    std::istringstream words(line);
    std::string command;
    std::uint32_t rate = 0;
    Result<> done = Ok{};

    words >> command;
    if (command == "send") {
        done = send();
    } else if (command == "stop") {
        done = stop();
    } else if (command == "rate" && words >> rate) {
        done = change_rate(rate);
    } else if (command != "tally") {
        return configuration_error("'" + line + "' is no command: send, stop, tally, rate N");
    }
    if (!done) return done.error();
    return tally();
}

Result<> run(Options& options) {
    auto mac = parse_mac(options.to_mac);
    if (!mac) return mac.error();
    auto node = parse_address(options.to_address);
    if (!node) return node.error();
    auto inner = parse_address(options.inner_address);
    if (!inner) return inner.error();
    options.frames.outer_destination = *mac;
    options.frames.node = *node;
    options.frames.inner_destination = *inner;
    if (auto good = check(options.frames); !good) return good.error();

    auto generator = Generator::make(options.frames, options.device);
    if (!generator) return generator.error();
    auto sink = Sink::make(options.sinks);
    if (!sink) return sink.error();
    Load load(options, std::move(*generator), std::move(*sink));
    for (std::string line; std::getline(std::cin, line);) {
        auto answer = load.obey(line);
        if (!answer) return answer.error();
        std::cout << answer->dump() << std::endl;
    }
    return Ok{};
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Sends live frames, and holds each that comes back to one configuration",
                 "xm_load");
    Options options;

    app.add_option("--dev", options.device, "interface that sends")->required();
    app.add_option("--sink", options.sinks, "interface where packets come out, in order")
        ->required();
    app.add_option("--to-mac", options.to_mac, "MAC of the node's ingress")->required();
    app.add_option("--to-address", options.to_address, "outer destination")->required();
    app.add_option("--inner-address", options.inner_address, "inner destination");
    app.add_option("--inner-port", options.frames.inner_port, "inner UDP destination");
    app.add_option("--vni", options.frames.vni, "VXLAN network identifier");
    app.add_option("--flows", options.frames.flow_count, "number of exporters, a power of two");
    app.add_option("--payload", options.frames.payload_bytes, "payload, bytes");
    app.add_option("--rate", options.rate, "frames a second; 0: as fast as one CPU can");
    app.add_option("--cpu", options.cpu, "CPU that everything runs on");
    return run_program(app, argc, argv, [&] { return run(options); });
}
