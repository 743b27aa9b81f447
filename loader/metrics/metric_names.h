// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Every metric there is: name, type, labels and meaning. docs/metrics.md has the same table, and a test holds one
// against the other.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace xdpmirror {

enum class MetricKind { counter, gauge };

// name, kind, labels, meaning
#define XM_METRICS(X)                                                                                                  \
    X(build_info, gauge, "version", "1; which version says all this")                                                  \
    X(metrics_timestamp_seconds, gauge, "interface", "when these numbers were read, Unix time")                        \
    X(metrics_read_seconds, gauge, "interface", "how long reading them took")                                          \
    X(attached, gauge, "interface", "1 while packets are taken, 0 when the interface went away under the attachment")  \
    X(attachment_info, gauge, "interface,mode,attach,profile,version,program_tag",                                     \
      "1; what is attached, and how")                                                                                  \
    X(attached_timestamp_seconds, gauge, "interface", "when it was attached: every counter began then")                \
    X(configured_timestamp_seconds, gauge, "interface", "when the configuration that runs came into force")            \
    X(last_change_success, gauge, "interface,command",                                                                 \
      "0 if the last attach, reload, rollback, upgrade or restore failed")                                             \
    X(last_change_timestamp_seconds, gauge, "interface,command", "and when that was")                                  \
    X(unconfirmed, gauge, "interface", "1 while the attachment is on trial (attach --confirm)")                        \
    X(warnings, gauge, "interface", "warnings that status shows")                                                      \
    X(daemon_up, gauge, "interface", "1 while xdpmirror run watches the interface")                                    \
    X(ready, gauge, "interface", "1 while the daemon says that packets may be sent here")                              \
    X(ready_condition, gauge, "interface,condition", "1 while that condition is met")                                  \
    X(received_packets_total, counter, "interface", "packets that were ours")                                          \
    X(received_bytes_total, counter, "interface", "their bytes, outer headers included")                               \
    X(copied_packets_total, counter, "interface", "copies beyond the first: received + copied = delivered + dropped")  \
    X(copied_bytes_total, counter, "interface", "their bytes")                                                         \
    X(delivered_packets_total, counter, "interface", "packets that left towards a collector")                          \
    X(delivered_bytes_total, counter, "interface", "their bytes, as they left")                                         \
    X(dropped_packets_total, counter, "interface,reason", "packets that were ours and went nowhere")                   \
    X(dropped_bytes_total, counter, "interface,reason", "their bytes, as received")                                    \
    X(passed_packets_total, counter, "interface,reason", "packets left to the kernel, not ours")                       \
    X(passed_bytes_total, counter, "interface,reason", "their bytes")                                                  \
    X(noted_packets_total, counter, "interface,note", "what was odd about packets, beside their fate")                 \
    X(source_received_packets_total, counter, "interface,source", "packets admitted for a source")                     \
    X(source_received_bytes_total, counter, "interface,source", "their bytes")                                         \
    X(source_forwarded_packets_total, counter, "interface,source", "packets of it that were sent on")                  \
    X(source_forwarded_bytes_total, counter, "interface,source", "their bytes")                                        \
    X(source_dropped_packets_total, counter, "interface,source", "packets of it that were dropped")                    \
    X(source_dropped_bytes_total, counter, "interface,source", "their bytes")                                          \
    X(source_truncated_packets_total, counter, "interface,source", "packets of it that came cut, among both")          \
    X(rule_matched_packets_total, counter, "interface,rule", "packets that a rule matched")                            \
    X(rule_matched_bytes_total, counter, "interface,rule", "their bytes")                                              \
    X(collector_sent_packets_total, counter, "interface,pool,collector,egress", "packets sent to a collector")         \
    X(collector_sent_bytes_total, counter, "interface,pool,collector,egress", "their bytes, as they left")                           \
    X(collector_share_ratio, gauge, "interface,pool,collector", "what part of its pool's exporters it has, 0 to 1")    \
    X(collector_usable, gauge, "interface,pool,collector", "1 while the daemon takes it for well and reachable")       \
    X(collector_drained, gauge, "interface,pool,collector", "1 while an operator has drained it")                      \
    X(pool_collectors, gauge, "interface,pool", "collectors of a pool")                                                \
    X(pool_used_collectors, gauge, "interface,pool", "those of them that have exporters")                              \
    X(pool_usable_collectors, gauge, "interface,pool", "those of them that are usable")                                \
    X(way_usable, gauge, "interface,egress,way", "1 while a way out works")                                            \
    X(way_collectors, gauge, "interface,egress,way", "collectors that are reached by it")                              \
    X(way_primary, gauge, "interface,egress,way", "1 for the way that is preferred, 0 for a standby")                  \
    X(way_switches_total, counter, "interface", "moves of collectors between ways, since the daemon began")            \
    X(template_streams, gauge, "interface", "export streams whose templates the daemon knows")                         \
    X(templates, gauge, "interface", "templates that it knows")                                                        \
    X(template_messages_learned_total, counter, "interface", "messages with templates that it took")                   \
    X(template_messages_malformed_total, counter, "interface", "and that it could not read")                           \
    X(template_messages_refused_total, counter, "interface", "and that it had no room for")                            \
    X(template_messages_sent_total, counter, "interface", "sent to collectors that exporters moved to")                \
    X(template_messages_failed_total, counter, "interface", "and that could not be sent")                              \
    X(table_rows, gauge, "interface,table", "rows in use of a table that can fill up")                                 \
    X(table_limit_rows, gauge, "interface,table", "and how many there may be")                                         \
    X(nic_events_total, counter, "interface,device,counter",                                                          \
      "what a driver says of XDP and of allowances of the cloud, summed over its queues")                              \
    X(nic_conntrack_allowance_available, gauge, "interface,device", "connections that ENA may still track")

enum class Metric : std::size_t {
#define XM_AS_METRIC(name, kind, labels, meaning) name,
    XM_METRICS(XM_AS_METRIC)
#undef XM_AS_METRIC
};

struct MetricName {
    std::string_view name;  // "xdpmirror_attached"
    MetricKind kind;
    std::vector<std::string_view> labels;
    std::string_view meaning;
};

// In the order of the list above, which is that of Metric.
const std::vector<MetricName>& metric_names();

}  // namespace xdpmirror
