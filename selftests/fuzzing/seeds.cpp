// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Writes inputs for fuzz_packet: random frames, a few to a file. seeds DIRECTORY [FILES [SEED]]
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "selftests/fuzzing/comparison.h"
#include "selftests/fuzzing/frames.h"
#include "selftests/fuzzing/packets.h"

int main(int argc, char** argv) {
    using namespace xdpmirror::fuzz;
    if (argc < 2) {
        std::cerr << "usage: seeds DIRECTORY [FILES [SEED]]\n";
        return 2;
    }
    const std::size_t files = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1000;
    const std::size_t seed = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 1;
    for (std::size_t profile = 0; profile < profiles().size(); profile++) {
        auto comparison = Comparison::make(profiles()[profile]);
        if (!comparison) {
            std::cerr << comparison.error().what << "\n";
            return 1;
        }
        Frames frames(seed + profile, (*comparison)->config(), (*comparison)->node());
        for (std::size_t file = 0; file < files / profiles().size(); file++) {
            Packets packets{profile, {}};
            for (std::size_t i = 0; i < 1 + file % 4; i++) packets.frames.push_back(frames.next());
            const Bytes bytes = write_packets(packets);
            std::ofstream out(std::string(argv[1]) + "/" + profiles()[profile].name + "-" +
                              std::to_string(file));
            out.write(reinterpret_cast<const char*>(bytes.data()),
                      static_cast<std::streamsize>(bytes.size()));
        }
    }
    return 0;
}
