// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// posix_spawn: the child gets no descriptor of ours but the pipe.
#include "loader/subprocess.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "maps/unique_fd.h"

namespace xdpmirror {
namespace {

std::string read_to_end(int fd) {
    std::string text;
    std::array<char, 4096> part{};
    for (;;) {
        const ssize_t bytes = ::read(fd, part.data(), part.size());
        if (bytes < 0 && errno == EINTR) continue;
        if (bytes <= 0) return text;
        text.append(part.data(), static_cast<std::size_t>(bytes));
    }
}

std::string last_line(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text.substr(text.rfind('\n') + 1);
}

Result<pid_t> spawn(const std::vector<std::string>& command, int error_fd) {
    std::vector<char*> argv;
    for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, error_fd, STDERR_FILENO);
    pid_t pid = 0;
    const int err = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (err != 0) return system_error("run " + command.front(), err);
    return pid;
}

}  // namespace

Result<> run_to_end(const std::vector<std::string>& command) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        const int err = errno;
        return system_error("make a pipe", err);
    }
    const UniqueFd from_child(ends[0]);
    UniqueFd to_us(ends[1]);
    auto pid = spawn(command, to_us.get());
    if (!pid) return pid.error();
    to_us.reset();
    const std::string said = read_to_end(from_child.get());
    int status = 0;
    while (::waitpid(*pid, &status, 0) < 0 && errno == EINTR) continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return Ok{};
    if (!said.empty()) return Error{last_line(said)};
    if (WIFSIGNALED(status))
        return Error{command.front() + " was ended by signal " + std::to_string(WTERMSIG(status))};
    return Error{command.front() + " ended with status " + std::to_string(WEXITSTATUS(status))};
}

}  // namespace xdpmirror
