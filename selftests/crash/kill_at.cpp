// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Runs a command and kills it at the entry of one of its system calls, which is then not done; see
// usage().
//
// Calls are numbered from the first that could change anything outside the process or load anything
// into the kernel: one that is killed before has only read. Threads and children count with the
// others, and die with them.
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr int kEnded = 0, kWrong = 2, kKilled = 3;

[[noreturn]] void usage() {
    std::fputs(
        "usage: xm_kill_at [--all] [--hide-xdp-features] [--report FILE] N COMMAND...\n"
        "  kills COMMAND at the entry of its Nth call that changes something outside the process "
        "and exits with\n"
        "  status 3; with 0 if COMMAND ends before, and its status is in the report. N 0 kills "
        "never.\n"
        "  --all  number all calls, from the first that changes or loads anything\n"
        "  --hide-xdp-features  let the kernel seem older than 6.3, which does not say what XDP a "
        "device can do\n"
        "  --report FILE  one JSON object: the call it died at, or all calls that change "
        "something, and the status\n",
        stderr);
    std::exit(kWrong);
}

[[noreturn]] void die(const char* what) {
    std::perror(what);
    std::exit(kWrong);
}

struct Options {
    bool all = false, hide = false;
    std::string report;
    std::uint64_t at = 0;
    char** command = nullptr;
};

Options parse(int argc, char** argv) {
    Options options;
    int i = 1;
    for (; i < argc && std::string_view(argv[i]).starts_with("--"); ++i) {
        const std::string_view word = argv[i];
        if (word == "--all")
            options.all = true;
        else if (word == "--hide-xdp-features")
            options.hide = true;
        else if (word == "--report" && i + 1 < argc)
            options.report = argv[++i];
        else
            usage();
    }
    if (i + 1 >= argc) usage();
    const std::string_view number = argv[i];
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), options.at);
    if (error != std::errc() || end != number.data() + number.size()) usage();
    options.command = argv + i + 1;
    return options;
}

struct Call {
    pid_t pid;
    std::uint64_t number;
    const std::uint64_t* arguments;

    std::vector<std::byte> read(std::uint64_t from, std::size_t bytes) const {
        std::vector<std::byte> into(bytes);
        const iovec here{into.data(), bytes}, there{reinterpret_cast<void*>(from), bytes};
        const auto got = ::process_vm_readv(pid, &here, 1, &there, 1, 0);
        into.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
        return into;
    }
    std::string path(std::size_t argument) const {
        const auto bytes =
            read(arguments[argument], 256);  // what is not mapped behind it is left out
        const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        return text.substr(0, text.find('\0'));
    }
    template <class T>
    T object(std::uint64_t from) const {
        T value{};
        const auto bytes = read(from, sizeof(value));
        std::memcpy(&value, bytes.data(), bytes.size());
        return value;
    }
};

// Those that Changes looks at.
constexpr long kMayChange[] = {
    SYS_bpf,      SYS_openat, SYS_mkdirat, SYS_unlinkat, SYS_renameat, SYS_renameat2, SYS_symlinkat,
    SYS_linkat,   SYS_flock,  SYS_write,   SYS_pwrite64, SYS_writev,   SYS_ftruncate, SYS_fchmod,
    SYS_fchmodat, SYS_kill,   SYS_sendto,  SYS_sendmsg,
#ifdef SYS_mkdir
    SYS_open,     SYS_mkdir,  SYS_rmdir,   SYS_unlink,   SYS_rename,   SYS_symlink,   SYS_link,
#endif
};

// What a call does to the world, in words; empty: nothing.
class Changes {
  public:
    std::string of(const Call& call) {
        switch (call.number) {
            case SYS_bpf:
                return of_bpf(call);
            case SYS_openat:
                if ((call.arguments[2] & (O_CREAT | O_TRUNC)) == 0) return {};
                return "create " + call.path(1);
            case SYS_mkdirat:
                return "mkdir " + call.path(1);
            case SYS_unlinkat:
                return "unlink " + call.path(1);
            case SYS_renameat2:
                return "rename " + call.path(1) + " " + call.path(3);
            case SYS_symlinkat:
                return "symlink " + call.path(2);
            case SYS_linkat:
                return "link " + call.path(3);
#ifdef SYS_mkdir
            case SYS_open:
                if ((call.arguments[1] & (O_CREAT | O_TRUNC)) == 0) return {};
                return "create " + call.path(0);
            case SYS_mkdir:
                return "mkdir " + call.path(0);
            case SYS_rmdir:
                return "rmdir " + call.path(0);
            case SYS_unlink:
                return "unlink " + call.path(0);
            case SYS_rename:
                return "rename " + call.path(0) + " " + call.path(1);
            case SYS_symlink:
                return "symlink " + call.path(1);
            case SYS_link:
                return "link " + call.path(1);
#endif
            case SYS_renameat:
                return "rename " + call.path(1) + " " + call.path(3);
            case SYS_flock:
                return "flock";
            case SYS_write:
            case SYS_pwrite64:
            case SYS_writev:
                return "write";
            case SYS_ftruncate:
                return "ftruncate";
            case SYS_fchmod:
                return "fchmod";
            case SYS_fchmodat:
                return "chmod " + call.path(1);
            case SYS_kill:
                return "kill";
            case SYS_sendto:
                return of_message(call, call.arguments[1]);
            case SYS_sendmsg: {
                const auto header = call.object<msghdr>(call.arguments[1]);
                const auto first =
                    call.object<iovec>(reinterpret_cast<std::uint64_t>(header.msg_iov));
                return of_message(call, reinterpret_cast<std::uint64_t>(first.iov_base));
            }
            default:
                return {};
        }
    }

  private:
    std::string of_bpf(const Call& call) {
        const auto attr = call.object<bpf_attr>(call.arguments[1]);
        switch (call.arguments[0]) {
            case BPF_OBJ_PIN: {
                pinned_ = true;
                const std::uint64_t path = attr.pathname;
                return "pin " + Call{call.pid, call.number, &path}.path(0);
            }
            // before the first pin only into maps that nobody else sees
            case BPF_MAP_UPDATE_ELEM:
            case BPF_MAP_DELETE_ELEM:
            case BPF_MAP_UPDATE_BATCH:
            case BPF_MAP_DELETE_BATCH:
                return pinned_ ? "fill a map" : "";
            case BPF_LINK_CREATE:
                return "link create";
            case BPF_LINK_UPDATE:
                return "link update";
            case BPF_LINK_DETACH:
                return "link detach";
            case BPF_PROG_ATTACH:
                return "program attach";
            case BPF_PROG_DETACH:
                return "program detach";
            case BPF_RAW_TRACEPOINT_OPEN:
                return "tracepoint attach";
            default:
                return {};
        }
    }

    // Questions to netlink are no changes; what is of no netlink socket is a packet.
    static std::string of_message(const Call& call, std::uint64_t at) {
        const auto protocol = netlink_protocol(call);
        if (protocol < 0) return "send";
        if (protocol != NETLINK_ROUTE) return {};
        const auto type = call.object<nlmsghdr>(at).nlmsg_type;
        constexpr unsigned kGet = 2;  // of each four: new, delete, get, set
        return type % 4 == kGet ? std::string() : "netlink request " + std::to_string(type);
    }

    // Of the socket that it sends by; -1: it is none of netlink's.
    static int netlink_protocol(const Call& call) {
        const auto process = ::syscall(SYS_pidfd_open, call.pid, 0);
        const auto socket = ::syscall(SYS_pidfd_getfd, process, call.arguments[0], 0);
        int domain = -1, protocol = -1;
        socklen_t bytes = sizeof(int);
        ::getsockopt(static_cast<int>(socket), SOL_SOCKET, SO_DOMAIN, &domain, &bytes);
        ::getsockopt(static_cast<int>(socket), SOL_SOCKET, SO_PROTOCOL, &protocol, &bytes);
        ::close(static_cast<int>(socket));
        ::close(static_cast<int>(process));
        return domain == AF_NETLINK ? protocol : -1;
    }

    bool pinned_ = false;
};

// Only these stop the command, since each stop costs; `all`: every call does.
void stop_at(bool all) {
    std::vector<sock_filter> filter = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
    if (!all) {
        for (const auto call : kMayChange) {
            filter.push_back(
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 1));
            filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE));
        }
    }
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, all ? SECCOMP_RET_TRACE : SECCOMP_RET_ALLOW));
    const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) die("seccomp");
}

// The question for the family that tells XDP features goes to one that no kernel has.
void hide_family(const Call& call) {
    std::uint64_t at = 0, bytes = 0;
    if (call.number == SYS_sendmsg) {
        const auto header = call.object<msghdr>(call.arguments[1]);
        const auto first = call.object<iovec>(reinterpret_cast<std::uint64_t>(header.msg_iov));
        at = reinterpret_cast<std::uint64_t>(first.iov_base), bytes = first.iov_len;
    } else if (call.number == SYS_sendto) {
        at = call.arguments[1], bytes = call.arguments[2];
    } else {
        return;
    }
    const auto sent = call.read(at, bytes < 256 ? bytes : 256);
    const std::string_view text(reinterpret_cast<const char*>(sent.data()), sent.size());
    const auto found = text.find(std::string_view("netdev\0", 7));
    if (found == std::string_view::npos) return;
    char other[] = "nonesuch";
    const iovec here{other, 6}, there{reinterpret_cast<void*>(at + found), 6};
    if (::process_vm_writev(call.pid, &here, 1, &there, 1, 0) != 6) die("hide the netdev family");
}

class Run {
  public:
    explicit Run(const Options& options) : options_(options) {}

    int to_end() {
        start();
        for (;;) {
            int status = 0;
            const pid_t pid = ::waitpid(-1, &status, __WALL);
            if (pid < 0) die("waitpid");
            if (WIFEXITED(status) || WIFSIGNALED(status)) {
                processes_.erase(pid);
                if (pid != first_) continue;
                report(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
                return killed_.empty() ? kEnded : kKilled;
            }
            processes_.insert(pid);
            int signal = WSTOPSIG(status);
            if (status >> 8 == (SIGTRAP | (PTRACE_EVENT_SECCOMP << 8))) at_call(pid);
            if (signal == SIGTRAP || signal == SIGSTOP) signal = 0;  // also a new thread or child
            ::ptrace(PTRACE_CONT, pid, nullptr, signal);
        }
    }

  private:
    void start() {
        first_ = ::fork();
        if (first_ < 0) die("fork");
        if (first_ == 0) {
            ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
            ::raise(SIGSTOP);
            stop_at(options_.all);
            ::execvp(options_.command[0], options_.command);
            die(options_.command[0]);
        }
        int status = 0;
        if (::waitpid(first_, &status, 0) < 0) die("waitpid");
        if (!WIFSTOPPED(status)) std::exit(kWrong);
        const long follow = PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE |
                            PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK;
        if (::ptrace(PTRACE_SETOPTIONS, first_, nullptr, follow) != 0) die("ptrace");
        processes_.insert(first_);
        ::ptrace(PTRACE_CONT, first_, nullptr, nullptr);
    }

    void at_call(pid_t pid) {
        __ptrace_syscall_info info{};
        if (::ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0) return;
        const Call call{pid, info.seccomp.nr, info.seccomp.args};
        if (options_.hide) hide_family(call);
        const auto change = changes_.of(call);
        begun_ = begun_ || !change.empty() || call.number == SYS_bpf;
        if (!begun_ || !killed_.empty()) return;
        ++calls_;
        if (!change.empty()) all_.push_back(change);
        if (!options_.all && change.empty()) return;
        if (++counted_ != options_.at) return;
        killed_ = change.empty() ? "call " + std::to_string(call.number) : change;
        for (const auto each : processes_) ::kill(each, SIGKILL);
    }

    static void put_text(std::FILE* file, const std::string& text) {
        std::fputc('"', file);
        for (const char c : text) {
            if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' ')
                std::fputc('?', file);
            else
                std::fputc(c, file);
        }
        std::fputc('"', file);
    }

    void report(int status) const {
        if (options_.report.empty()) return;
        std::FILE* file = std::fopen(options_.report.c_str(), "w");
        if (file == nullptr) die(options_.report.c_str());
        std::fprintf(file, "{\"status\": %d, \"calls\": %llu, \"killed_at\": ", status,
                     static_cast<unsigned long long>(calls_));
        put_text(file, killed_);
        std::fputs(", \"changes\": [", file);
        for (std::size_t i = 0; i < all_.size(); ++i) {
            if (i != 0) std::fputs(", ", file);
            put_text(file, all_[i]);
        }
        std::fputs("]}\n", file);
        if (std::fclose(file) != 0) die(options_.report.c_str());
    }

    const Options& options_;
    Changes changes_;
    pid_t first_ = 0;
    std::set<pid_t> processes_;
    bool begun_ = false;
    std::uint64_t calls_ = 0, counted_ = 0;
    std::string killed_;
    std::vector<std::string> all_;
};

}  // namespace

int main(int argc, char** argv) {
    const auto options = parse(argc, argv);
    return Run(options).to_end();
}
