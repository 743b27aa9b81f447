// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Bad `metrics`. It begins in column 10 of line 10.
#include "error_cases.h"

namespace xdpmirror::test {
namespace {

std::string metrics(const std::string& fields) {
    return profile_with({{10, "metrics: {" + fields + "}"}});
}

}  // namespace

std::vector<ErrorCase> metrics_cases() {
    return {
        {"metrics: misspelt", metrics("listn: '127.0.0.1:9435'"),
         "p.yaml:10:11: unknown key 'listn' in metrics; did you mean 'listen'?"},
        {"metrics: a relative file", metrics("textfile: xdpmirror.prom"),
         "p.yaml:10:21: bad path 'xdpmirror.prom' for metrics.textfile; give the absolute name of "
         "a file that ends in .prom, or of a directory that ends in '/'"},
        {"metrics: a file that no node exporter reads", metrics("textfile: /var/lib/metrics.txt"),
         "p.yaml:10:21: bad path '/var/lib/metrics.txt' for metrics.textfile; give the absolute "
         "name of a file that ends in .prom, or of a directory that ends in '/'"},
        {"metrics: no time", metrics("textfile: /var/x.prom, every: 0s"),
         "p.yaml:10:41: bad value for metrics.every: '0s' is not a time from 1s to 1h, such as 60s "
         "or 2m"},
        {"metrics: no port", metrics("listen: 127.0.0.1"),
         "p.yaml:10:19: bad listen address '127.0.0.1' for metrics.listen; give ADDRESS:PORT, such "
         "as 0.0.0.0:9436 or \"[::]:9436\""},
        {"metrics: where ready listens",
         profile_with({{10, "ready: {http: '0.0.0.0:9436'}\nmetrics: {listen: '127.0.0.1:9436'}"}}),
         "p.yaml:11:19: 127.0.0.1:9436 overlaps with 0.0.0.0:9436 at p.yaml:10:15; give each its "
         "own port"},
    };
}

}  // namespace xdpmirror::test
