// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// The watcher is the program anew (exec), so it holds no map, lock or descriptor of the command
// that starts it. It waits for the deadline and for the end of its file, whichever is first.
#include "loader/confirm_watch.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <syslog.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <string_view>
#include <vector>

#include "loader/attach.h"
#include "loader/confirm.h"
#include "loader/lock.h"
#include "loader/subprocess.h"
#include "maps/unique_fd.h"

namespace xdpmirror {
namespace {

std::string link_target(const char* path) {
    std::array<char, PATH_MAX> target{};
    const ssize_t bytes = ::readlink(path, target.data(), target.size());
    return bytes < 0 ? "" : std::string(target.data(), static_cast<std::size_t>(bytes));
}

// The watcher says who speaks, as every command does.
Error without_name(Error error) {
    constexpr std::string_view kName = "xdpmirror: ";
    if (error.what.starts_with(kName)) error.what.erase(0, kName.size());
    return error;
}

// systemd can start the watcher only in the namespaces of its own, where the attachment may not be.
bool systemd_shares_our_namespaces() {
    if (::access("/run/systemd/system", F_OK) != 0) return false;
    for (const std::string kind : {"net", "mnt", "pid"}) {
        const auto ours = link_target(("/proc/self/ns/" + kind).c_str());
        if (ours.empty() || ours != link_target(("/proc/1/ns/" + kind).c_str())) return false;
    }
    return true;
}

bool has_no_name(int file_fd) {
    struct stat about {};
    return ::fstat(file_fd, &about) != 0 || about.st_nlink == 0;
}

Result<UniqueFd> deadline_timer(std::uint64_t deadline_ns) {
    UniqueFd timer(::timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC));
    itimerspec at{};
    at.it_value.tv_sec = static_cast<time_t>(deadline_ns / 1'000'000'000);
    at.it_value.tv_nsec = static_cast<long>(deadline_ns % 1'000'000'000);
    if (!timer || ::timerfd_settime(timer.get(), TFD_TIMER_ABSTIME, &at, nullptr) != 0) {
        const int err = errno;
        return system_error("set the timer", err);
    }
    return timer;
}

Result<UniqueFd> name_watch(int file_fd) {
    UniqueFd watch(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    const std::string path = "/proc/self/fd/" + std::to_string(file_fd);
    if (!watch || ::inotify_add_watch(watch.get(), path.c_str(), IN_ATTRIB) < 0) {
        const int err = errno;
        return system_error("watch the file of the trial", err);
    }
    return watch;
}

struct Watch {
    std::string interface;
    std::uint64_t attached_ns = 0;
    UniqueFd file, timer, names;
};

// True when the time is over, false when the trial was ended.
bool wait_for_deadline(const Watch& watch) {
    for (;;) {
        std::array<pollfd, 2> events = {
            {{watch.timer.get(), POLLIN, 0}, {watch.names.get(), POLLIN, 0}}};
        if (::poll(events.data(), events.size(), -1) < 0 && errno != EINTR) return true;
        if (has_no_name(watch.file.get())) return false;
        if ((events[0].revents & POLLIN) != 0) return true;
        std::array<char, 4096> seen{};
        static_cast<void>(::read(watch.names.get(), seen.data(), seen.size()));
    }
}

// Whoever confirms, detaches or attaches holds the lock meanwhile, and ends the trial.
Result<> undo(const Watch& watch) {
    auto lock = wait_for_interface(watch.interface);
    if (!lock) return lock.error();
    if (has_no_name(watch.file.get())) return Ok{};
    if (!is_attached(watch.interface, watch.attached_ns)) {
        end_trial(watch.interface);
        return Ok{};
    }
    if (auto done = detach(watch.interface, *lock); !done) return done.error();
    ::syslog(LOG_WARNING, "%s: detached, because nobody confirmed the attachment in time",
             watch.interface.c_str());
    return Ok{};
}

void leave_the_session() {
    ::setsid();
    ::signal(SIGHUP, SIG_IGN);
    static_cast<void>(::chdir("/"));
    const int null = ::open("/dev/null", O_RDWR);
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(null, fd);
    if (null > STDERR_FILENO) ::close(null);
}

Result<> watch_to_the_end(const Watch& watch) {
    leave_the_session();
    ::openlog("xdpmirror", LOG_PID, LOG_DAEMON);
    if (!wait_for_deadline(watch)) return Ok{};
    auto done = undo(watch);
    if (!done)
        ::syslog(LOG_ERR, "%s: nobody confirmed the attachment, and it cannot be taken off: %s",
                 watch.interface.c_str(), one_line(done.error()).c_str());
    return done;
}

}  // namespace

Result<std::string> start_watcher(const std::string& interface, std::uint64_t attached_ns,
                                  std::chrono::seconds time) {
    const auto time_ns = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(time).count());
    std::vector<std::string> watcher = {link_target("/proc/self/exe"), "confirm-watch", interface,
                                        std::to_string(attached_ns),
                                        std::to_string(boottime_ns() + time_ns)};
    std::string note;
    if (systemd_shares_our_namespaces()) {
        std::vector<std::string> unit = {
            "systemd-run",
            "--quiet",
            "--collect",
            "--service-type=forking",
            "--unit=xdpmirror-confirm-" + interface + "-" + std::to_string(::getpid()),
            "--description=takes xdpmirror off " + interface + " unless confirmed"};
        unit.insert(unit.end(), watcher.begin(), watcher.end());
        auto started = run_to_end(unit);
        if (started) return note;
        note = "the timer of --confirm runs in this session, not as a unit of systemd (" +
               one_line(started.error()) + "), and ends with it where logind kills users' processes";
    }
    if (auto started = run_to_end(watcher); !started)
        return while_doing("start the timer of --confirm", without_name(started.error()));
    return note;
}

Result<> watch_trial(const std::string& interface, std::uint64_t attached_ns,
                     std::uint64_t deadline_ns) {
    ::close_range(STDERR_FILENO + 1, ~0U, 0);  // the shell's own
    Watch watch{
        .interface = interface, .attached_ns = attached_ns, .file = {}, .timer = {}, .names = {}};
    auto file = create_trial_file(interface);
    if (!file) return file.error();
    auto timer = deadline_timer(deadline_ns);
    if (!timer) return timer.error();
    auto names = name_watch(file->get());
    if (!names) return names.error();
    watch.file = std::move(*file);
    watch.timer = std::move(*timer);
    watch.names = std::move(*names);
    const pid_t watcher = ::fork();
    if (watcher < 0) {
        const int err = errno;
        return system_error("start a process", err);
    }
    if (watcher == 0) return watch_to_the_end(watch);
    auto begun = begin_trial(interface, watch.file.get(),
                             {.attached_ns = attached_ns,
                              .deadline_ns = deadline_ns,
                              .watcher_pid = static_cast<std::uint64_t>(watcher)});
    if (!begun) ::kill(watcher, SIGKILL);
    return begun;
}

}  // namespace xdpmirror
