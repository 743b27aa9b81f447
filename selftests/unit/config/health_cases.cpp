// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Bad `health` of a pool. It begins in column 51 of line 7.
#include "error_cases.h"

namespace xdpmirror::test {
namespace {

std::string health(const std::string& fields) {
    return profile_with(
        {{7, "  p: {via: e, collectors: [{address: 192.0.2.1}], health: {" + fields + "}}"}});
}

}  // namespace

const std::vector<ErrorCase>& health_cases() {
    static const std::vector<ErrorCase> cases = {
        {"nothing asked", health("rise: 2"),
         "p.yaml:7:59: pools.p.health does not say what is asked; add one of 'tcp: {port: ...}', "
         "'http: {port: ...}', 'icmp: {}' and 'udp: {port: ...}'"},
        {"health of nothing", health(""),
         "p.yaml:7:59: pools.p.health does not say what is asked; add one of 'tcp: {port: ...}', "
         "'http: {port: ...}', 'icmp: {}' and 'udp: {port: ...}'"},
        {"two ways to ask", health("icmp: {}, every: 2s, tcp: {port: 1}"),
         "p.yaml:7:81: pools.p.health has 'icmp' and 'tcp'; a pool is asked in one way, remove one "
         "of them"},
        {"health misspelt", health("htp: {port: 1}"),
         "p.yaml:7:60: unknown key 'htp' in pools.p.health; did you mean 'http'?"},
        {"key of http misspelt", health("http: {prot: 1}"),
         "p.yaml:7:67: unknown key 'prot' in pools.p.health.http; did you mean 'port'?"},
        {"icmp has no port", health("icmp: {port: 1}"),
         "p.yaml:7:67: unknown key 'port' in pools.p.health.icmp; known keys: none"},
        {"icmp is a mapping", health("icmp: true"),
         "p.yaml:7:66: bad value true for pools.p.health.icmp; give a mapping of keys"},
        {"tcp without a port", health("tcp: {}"),
         "p.yaml:7:65: key 'port' is missing in pools.p.health.tcp; add 'port: ...'"},
        {"udp without a port", health("udp: {}"),
         "p.yaml:7:65: key 'port' is missing in pools.p.health.udp; add 'port: ...'"},
        {"port of a check too large", health("tcp: {port: 65536}"),
         "p.yaml:7:72: bad value 65536 for pools.p.health.tcp.port; give a whole number from 1 to "
         "65535 (TCP port)"},
        {"path without a slash", health("http: {port: 1, path: healthz}"),
         "p.yaml:7:82: bad HTTP path 'healthz' for pools.p.health.http.path; begin with '/', and "
         "use no blank, quote, bracket or fragment"},
        {"path with a token", health("http: {port: 1, path: '/up?full=1&access_token=hush'}"),
         "p.yaml:7:82: parameter 'access_token' in pools.p.health.http.path looks like a secret, but "
         "a profile is shown, recorded and backed up; ask for a page that needs none"},
        {"path with a header", health(R"(http: {port: 1, path: "/\r\nHost: x"})"),
         "p.yaml:7:82: bad HTTP path '/??Host: x' for pools.p.health.http.path; begin with '/', "
         "and use no blank, quote, bracket or fragment"},
        {"path with a fragment", health("http: {port: 1, path: '/a#b'}"),
         "p.yaml:7:82: bad HTTP path '/a#b' for pools.p.health.http.path; begin with '/', and use "
         "no blank, quote, bracket or fragment"},
        {"path beyond ASCII", health("http: {port: 1, path: /\xc3\xa4}"),
         "p.yaml:7:82: bad HTTP path '/\xc3\xa4' for pools.p.health.http.path; begin with '/', and "
         "use no blank, quote, bracket or fragment"},
        {"host with a header", health(R"(http: {port: 1, host: "a\r\nX: y"})"),
         "p.yaml:7:82: bad host 'a??X: y' for pools.p.health.http.host; give a name such as "
         "flows.example, or an address"},
        {"host is a URL", health("http: {port: 1, host: 'http://a/'}"),
         "p.yaml:7:82: bad host 'http://a/' for pools.p.health.http.host; give a name such as "
         "flows.example, or an address"},
        {"status too small", health("http: {port: 1, status: 100}"),
         "p.yaml:7:84: bad value 100 for pools.p.health.http.status; give status code from 200 to "
         "599, a range such as 200-299, or a list of these"},
        {"status in words", health("http: {port: 1, status: OK}"),
         "p.yaml:7:84: bad status 'OK' for pools.p.health.http.status; give a code from 200 to "
         "599, a range such as 200-299, or a list of these"},
        {"range of status reversed", health("http: {port: 1, status: 299-200}"),
         "p.yaml:7:84: bad status '299-200' for pools.p.health.http.status; give a code from 200 "
         "to 599, a range such as 200-299, or a list of these"},
        {"range of status too wide", health("http: {port: 1, status: [204, 200-600]}"),
         "p.yaml:7:90: bad status '200-600' for pools.p.health.http.status[1]; give a code from "
         "200 to 599, a range such as 200-299, or a list of these"},
        {"range of status without an end", health("http: {port: 1, status: 200-}"),
         "p.yaml:7:84: bad status '200-' for pools.p.health.http.status; give a code from 200 to "
         "599, a range such as 200-299, or a list of these"},
        {"no status", health("http: {port: 1, status: []}"),
         "p.yaml:7:84: pools.p.health.http.status is empty; give at least one entry"},
        {"every too often", health("icmp: {}, every: 50ms"),
         "p.yaml:7:77: bad value for pools.p.health.every: '50ms' is not a time from 100ms to 1h, "
         "such as 500ms or 2s"},
        {"timeout in other words", health("icmp: {}, timeout: soon"),
         "p.yaml:7:79: bad value for pools.p.health.timeout: 'soon' is not a time from 100ms to "
         "1h, such as 500ms or 2s"},
        {"timeout longer than every", health("icmp: {}, timeout: 3s"),
         "p.yaml:7:70: pools.p.health waits 3000 ms for an answer and asks every 2000 ms; make "
         "'timeout' at most 'every'"},
        {"every shorter than the timeout by default", health("icmp: {}, every: 500ms"),
         "p.yaml:7:70: pools.p.health waits 1000 ms for an answer and asks every 500 ms; make "
         "'timeout' at most 'every'"},
        {"rise 0", health("icmp: {}, rise: 0"),
         "p.yaml:7:76: bad value 0 for pools.p.health.rise; give a whole number from 1 to 100 "
         "(answers in a row until a collector is up)"},
    };
    return cases;
}

}  // namespace xdpmirror::test
