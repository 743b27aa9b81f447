// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// A batch of frames at a time, one system call for each device; see user_sender.h.
#include "bench/copies/user_sender.h"

#include <arpa/inet.h>
#include <bpf/libbpf.h>
#include <linux/if_packet.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "bench/cpu.h"
#include "maps/unique_fd.h"

namespace xdpmirror::bench {

namespace {

constexpr std::size_t kBatch = 64;

std::uint16_t replace(std::uint16_t sum, std::uint32_t from, std::uint32_t to) {
    std::uint32_t next = static_cast<std::uint16_t>(~sum);
    next += (~from & 0xffff) + (~from >> 16) + (to & 0xffff) + (to >> 16);
    next = (next & 0xffff) + (next >> 16);
    return static_cast<std::uint16_t>(~(next + (next >> 16)));
}

void rewrite(std::uint8_t* frame, const xm_bench_copy& copy) {
    auto* ip = reinterpret_cast<iphdr*>(frame + sizeof(ethhdr));
    auto* udp = reinterpret_cast<udphdr*>(ip + 1);

    if (udp->check != 0) {
        udp->check = replace(udp->check, ip->daddr, copy.address);
        udp->check = replace(udp->check, udp->dest, copy.port);
        if (udp->check == 0) udp->check = 0xffff;
    }
    ip->check = replace(ip->check, ip->daddr, copy.address);
    ip->daddr = copy.address;
    udp->dest = copy.port;
    std::memcpy(frame, &copy.ether, sizeof(copy.ether));
}

Result<UniqueFd> raw_socket(std::uint32_t ifindex) {
    UniqueFd fd(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    if (!fd) return system_error("open a raw socket", errno);
    const int on = 1;
    if (setsockopt(fd.get(), SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)) != 0)
        return system_error("send past the qdisc", errno);
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_ifindex = static_cast<int>(ifindex);
    if (bind(fd.get(), reinterpret_cast<sockaddr*>(&to), sizeof(to)) != 0)
        return system_error("bind a raw socket", errno);
    return fd;
}

// Frames of one copy that wait for the system call.
struct Outlet {
    UniqueFd socket;
    xm_bench_copy copy;
    std::array<std::array<std::uint8_t, XM_BENCH_RECORD_DATA>, kBatch> frames;
    std::array<iovec, kBatch> pieces;
    std::array<mmsghdr, kBatch> messages;
    std::size_t count = 0;

    void add(const xm_bench_record& record) {
        auto* frame = frames[count].data();
        std::memcpy(frame, record.data, record.bytes);
        rewrite(frame, copy);
        pieces[count] = {frame, record.bytes};
        messages[count] = {};
        messages[count].msg_hdr.msg_iov = &pieces[count];
        messages[count].msg_hdr.msg_iovlen = 1;
        if (++count == kBatch) flush();
    }

    // What the kernel does not take is lost, and the sink misses it.
    void flush() {
        if (count > 0)
            (void)sendmmsg(socket.get(), messages.data(), static_cast<unsigned>(count), 0);
        count = 0;
    }
};

using Outlets = std::vector<std::unique_ptr<Outlet>>;

int on_record(void* context, void* data, std::size_t) {
    for (auto& outlet : *static_cast<Outlets*>(context))
        outlet->add(*static_cast<const xm_bench_record*>(data));
    return 0;
}

}  // namespace

Result<> send_copies(int ring, const std::vector<xm_bench_copy>& copies, int cpu) {
    Outlets outlets;
    for (const auto& copy : copies) {
        auto socket = raw_socket(copy.ifindex);
        if (!socket) return socket.error();
        auto outlet = std::make_unique<Outlet>();
        outlet->socket = std::move(*socket);
        outlet->copy = copy;
        outlets.push_back(std::move(outlet));
    }
    if (auto pinned = stay_on(cpu, pthread_self()); !pinned) return pinned.error();
    const sched_param ahead{.sched_priority = 1};
    if (sched_setscheduler(0, SCHED_FIFO, &ahead) != 0)
        return system_error("run ahead of the generator", errno);
    ring_buffer* records = ring_buffer__new(ring, on_record, &outlets, nullptr);
    if (records == nullptr) return system_error("read the ring buffer", errno);
    int err = 0;
    while (err >= 0) {
        err = ring_buffer__poll(records, -1);
        for (auto& outlet : outlets) outlet->flush();
    }
    ring_buffer__free(records);
    return system_error("read the ring buffer", -err);
}

}  // namespace xdpmirror::bench
