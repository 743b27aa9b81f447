// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "loader/metrics/nic_metrics.h"

#include <gtest/gtest.h>

namespace xdpmirror {
namespace {

TEST(NicMetrics, QueuesOfADeviceHaveOneName) {
    const std::pair<const char*, const char*> cases[] = {
        {"queue_12_rx_xdp_drop", "queue_rx_xdp_drop"},                  // ENA
        {"bw_in_allowance_exceeded", "bw_in_allowance_exceeded"},
        {"rx_queue_0_xdp_redirects", "rx_queue_xdp_redirects"},         // virtio_net, veth
        {"rx0_xdp_drops", "rx_xdp_drops"},                              // virtio_net since 6.9
        {"tx_xdp_xmit_errors[3]", "tx_xdp_xmit_errors"},                // gve
        {"rx_queue_0_drops", "rx_queue_drops"},
        {"rx_no_buffer_count", "rx_no_buffer_count"},
        {"rx_queue_0_packets", ""},
        {"peer_ifindex", ""},
    };
    for (const auto& [drivers, want] : cases) EXPECT_EQ(counter_name(drivers), want) << drivers;
}

TEST(NicMetrics, AreSumsOverQueues) {
    Exposition metrics;
    add_nic(metrics, "eth0", "eth1",
            {{"queue_0_rx_xdp_drop", 2}, {"queue_1_rx_xdp_drop", 3}, {"queue_0_tx_cnt", 9},
             {"conntrack_allowance_available", 77}});

    const auto text = metrics.text();
    EXPECT_NE(text.find("xdpmirror_nic_events_total{interface=\"eth0\",device=\"eth1\",counter=\"queue_rx_xdp_drop\"} 5\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("xdpmirror_nic_conntrack_allowance_available{interface=\"eth0\",device=\"eth1\"} 77\n"),
              std::string::npos)
        << text;
    EXPECT_EQ(text.find("tx_cnt"), std::string::npos) << text;
}

}  // namespace
}  // namespace xdpmirror
