// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// One netlink socket: libnl opens, sends and receives, the answers are sorted here so that the
// kernel's errno and text are kept (libnl's own error numbers lose both).
#include "loader/netlink_socket.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace xdpmirror {
namespace {

// A dump that something changed under is asked for again this often, then it is an error.
constexpr int kDumpAttempts = 5;

struct MallocFree {
    void operator()(unsigned char* buffer) const { std::free(buffer); }
};

Error libnl_error(const std::string& what, int code) {
    return Error{what + ": " + nl_geterror(code)};
}

// Both only make answers better: kernels without them still work.
void ask_for_details(int fd) {
    const int on = 1;
    ::setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
    ::setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
    ::setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
}

Error refusal(const NetlinkAnswer& answer) {
    if (answer.text.empty()) return system_error("the kernel refuses", answer.error);
    return system_error("the kernel refuses with '" + answer.text + "'", answer.error);
}

}  // namespace

void NetlinkSocketFree::operator()(nl_sock* socket) const {
    nl_socket_free(socket);
}

struct NetlinkSocket::Batch {
    std::vector<NetlinkMessage> messages;
    bool lost = false;
    bool empty = false;  // a listening socket had nothing
};

Result<NetlinkSocket> NetlinkSocket::open(int protocol) {
    NetlinkSocket opened(nl_socket_alloc());
    if (!opened.socket_) return system_error("open netlink socket", ENOMEM);
    const int code = nl_connect(opened.socket_.get(), protocol);
    if (code < 0) return libnl_error("open netlink socket", code);
    ask_for_details(opened.fd());
    return opened;
}

int NetlinkSocket::fd() const {
    return nl_socket_get_fd(socket_.get());
}

Result<NetlinkSocket::Batch> NetlinkSocket::receive() {
    sockaddr_nl from{};
    unsigned char* buffer = nullptr;
    const int length = nl_recv(socket_.get(), &from, &buffer, nullptr);
    const std::unique_ptr<unsigned char, MallocFree> owned(buffer);

    Batch batch;
    if (length == -NLE_AGAIN || length == 0) {
        batch.empty = true;
        return batch;
    }
    // libnl's name for ENOBUFS: the socket's queue ran over.
    if (length == -NLE_NOMEM) {
        batch.lost = true;
        return batch;
    }
    if (length < 0) return libnl_error("read netlink socket", length);
    if (from.nl_pid != 0) return batch;  // not the kernel

    int left = length;
    for (auto* at = reinterpret_cast<nlmsghdr*>(buffer); nlmsg_ok(at, left);
         at = nlmsg_next(at, &left)) {
        batch.messages.emplace_back(at);
    }
    return batch;
}

Result<std::vector<NetlinkMessage>> NetlinkSocket::request_once(const NetlinkRequest& request,
                                                                bool& torn) {
    torn = false;
    const int code = nl_send_auto(socket_.get(), request.get());
    if (code < 0) return libnl_error("write netlink socket", code);
    const std::uint32_t sequence = nlmsg_hdr(request.get())->nlmsg_seq;

    std::vector<NetlinkMessage> collected;
    while (true) {
        auto batch = receive();
        if (!batch) return batch.error();
        if (batch->lost) return Error{"read netlink socket: the answer was lost, queue overrun"};
        for (auto& message : batch->messages) {
            // What an earlier, abandoned request may have left behind.
            if (message.header()->nlmsg_seq != sequence) continue;
            if ((message.header()->nlmsg_flags & NLM_F_DUMP_INTR) != 0) torn = true;
            const auto answer = parse_answer(message);
            if (!answer) {
                collected.push_back(std::move(message));
                continue;
            }
            if (answer->error != 0) return refusal(*answer);
            return collected;
        }
    }
}

Result<std::vector<NetlinkMessage>> NetlinkSocket::request(const NetlinkRequest& request) {
    if (!request.is_whole()) return system_error("build netlink request", EMSGSIZE);
    for (int attempt = 0; attempt < kDumpAttempts; ++attempt) {
        // libnl keeps a sequence number that is set, but the next attempt needs its own.
        nlmsg_hdr(request.get())->nlmsg_seq = NL_AUTO_SEQ;
        bool torn = false;
        auto messages = request_once(request, torn);
        if (!messages || !torn) return messages;
    }
    return Error{"the kernel's tables change too fast to be read"};
}

Result<> NetlinkSocket::subscribe(unsigned group) {
    const int code = nl_socket_add_membership(socket_.get(), static_cast<int>(group));
    if (code < 0) return libnl_error("subscribe to netlink events", code);
    const int blocking = nl_socket_set_nonblocking(socket_.get());
    if (blocking < 0) return libnl_error("subscribe to netlink events", blocking);
    return Ok{};
}

Result<NetlinkSocket::Events> NetlinkSocket::receive_events() {
    Events events;
    while (true) {
        auto batch = receive();
        if (!batch) return batch.error();
        events.lost = batch->lost;
        if (batch->empty || batch->lost) return events;
        for (auto& message : batch->messages) events.messages.push_back(std::move(message));
    }
}

Result<bool> NetlinkSocket::wait(std::chrono::nanoseconds time) const {
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + time;
    while (true) {
        const auto left = std::max(std::chrono::nanoseconds{0},
                                   std::chrono::nanoseconds{deadline - Clock::now()});
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
        const timespec span{seconds.count(), (left - seconds).count()};
        pollfd watched{fd(), POLLIN, 0};
        const int ready = ::ppoll(&watched, 1, &span, nullptr);
        const int err = errno;
        if (ready > 0) return true;
        if (ready == 0) return false;
        if (err != EINTR) return system_error("wait for netlink events", err);
    }
}

}  // namespace xdpmirror
