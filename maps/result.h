// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Value or error, spelled like std::expected so that it can become an alias for it. Policy: a
// function that can fail for a reason outside the program returns a Result; nothing throws.
#pragma once

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

namespace xdpmirror {

// Which exit status an error ends the program with.
enum class ErrorKind {
    operation,      // exit status 1
    configuration,  // exit status 2: command line or profile
};

// One line for the operator: `what` names the thing and the cure; `code` is set from errno where
// one exists and is printed behind it.
struct Error {
    std::string what;
    std::error_code code{};
    ErrorKind kind = ErrorKind::operation;
};

// The error of a failed call; `err` is errno as read on the line after the call (positive).
inline Error system_error(std::string what, int err) {
    return Error{std::move(what), std::error_code(err, std::generic_category())};
}

inline Error configuration_error(std::string what) {
    return Error{std::move(what), {}, ErrorKind::configuration};
}

struct Ok {};

template <class T = Ok>
class [[nodiscard]] Result {
  public:
    Result(T value) : value_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : value_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const { return value_.index() == 0; }
    T& operator*() { return std::get<0>(value_); }
    const T& operator*() const { return std::get<0>(value_); }
    T* operator->() { return &std::get<0>(value_); }
    const T* operator->() const { return &std::get<0>(value_); }
    const Error& error() const { return std::get<1>(value_); }
    Error& error() { return std::get<1>(value_); }

  private:
    std::variant<T, Error> value_;
};

// As it is printed.
inline std::string one_line(const Error& error) {
    return error.code ? error.what + ": " + error.code.message() : error.what;
}

// The error with what the caller was doing put before it, once for each layer.
inline Error while_doing(std::string action, Error error) {
    error.what = std::move(action) + ": " + error.what;
    return error;
}

}  // namespace xdpmirror
