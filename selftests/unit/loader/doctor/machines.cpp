// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "machines.h"

#include <linux/if_arp.h>

#include <algorithm>

namespace xdpmirror::test {
namespace {

KernelFacts kernel(const char* release) {
    KernelFacts facts;
    facts.release = release;
    facts.features = {{"XDP programs", "4.8", true}, {"XDP links", "5.9", true}};
    facts.multi_buffer = true;
    facts.jit = 1;
    facts.unprivileged_bpf_disabled = 2;
    facts.page_size = 4096;
    facts.cpus = 4;
    return facts;
}

DeviceFacts device(const char* driver, const std::string& version, std::uint32_t mtu) {
    DeviceFacts facts;
    facts.link.ifindex = 2;
    facts.link.name = "eth0";
    facts.link.driver = driver;
    facts.link.arp_type = ARPHRD_ETHER;
    facts.link.mac = MacAddress::parse("02:00:00:00:00:02").value();
    facts.link.mtu = mtu;
    facts.link.up = true;
    facts.link.carrier = true;
    facts.driver_version = version;
    facts.xdp_features = kNative;
    facts.udp_ports_hashed = true;
    facts.offloads = {{"rx-lro", {.on = false, .fixed = false}},
                      {"rx-gro", {.on = true, .fixed = false}},
                      {"rx-gro-hw", {.on = false, .fixed = true}},
                      {"rx-vlan-hw-parse", {.on = false, .fixed = true}}};
    facts.sysfs = true;
    return facts;
}

}  // namespace

KernelFacts kernel_6_1() {
    return kernel("6.1.0-56-cloud-amd64");
}
KernelFacts kernel_6_12() {
    return kernel("6.12.30-cloud-amd64");
}

DeviceFacts ena_in_tree(const KernelFacts& kernel) {
    auto facts = device("ena", kernel.release, 3498);
    if (kernel.release.starts_with("6.1.")) facts.xdp_features = {};  // Linux 6.3 tells them
    facts.channels = Channels{.combined = 4, .max_combined = 8};
    facts.rings = Rings{.rx = 1024, .max_rx = 8192, .tx = 1024, .max_tx = 1024};
    facts.adaptive_rx = false;
    return facts;
}

DeviceFacts ena_out_of_tree(const std::string& version) {
    auto facts = ena_in_tree(kernel_6_12());
    facts.driver_version = version;
    return facts;
}

DeviceFacts virtio() {
    auto facts = device("virtio_net", "1.0.0", 1500);
    facts.xdp_features = kNative | kFrags;
    facts.channels = Channels{.combined = 4, .max_combined = 8};
    facts.rings = Rings{.rx = 256, .max_rx = 256, .tx = 256, .max_tx = 256};
    facts.virtio_features = (1ULL << 1) | (1ULL << 2) | (1ULL << 7) | (1ULL << 15) | (1ULL << 32);
    facts.offloads["rx-gro-hw"] = {.on = true, .fixed = false};
    return facts;
}

DeviceFacts gve() {
    auto facts = device("gve", "1.0.0", 1460);
    facts.xdp_features = kNative | kTarget;
    facts.channels = Channels{.rx = 4, .max_rx = 8, .tx = 4, .max_tx = 8};
    return facts;
}

DeviceFacts vmxnet3() {
    auto facts = device("vmxnet3", "1.7.0.0-k", 1500);
    facts.xdp_features = kNative | kTarget;
    return facts;
}

DeviceFacts veth() {
    auto facts = device("veth", "1.0", 1500);
    facts.link.kind = "veth";
    facts.xdp_features = kNative | kTarget | kFrags;
    facts.channels = Channels{.rx = 4, .max_rx = 4, .tx = 4, .max_tx = 4};
    facts.offloads["rx-vlan-hw-parse"] = {.on = true, .fixed = false};
    facts.peer = VethPeer{"peer0"};
    return facts;
}

Facts machine(KernelFacts kernel, DeviceFacts ingress) {
    Facts facts;
    facts.kernel = std::move(kernel);
    facts.ingress = std::move(ingress);
    facts.forwarding = {.forwarding = 1, .rp_filter = 0, .rp_filter_all = 0};
    return facts;
}

Facts machine_with_profile(KernelFacts kernel, DeviceFacts ingress) {
    auto facts = machine(std::move(kernel), std::move(ingress));
    EgressFacts egress;
    egress.name = "gcp";
    egress.interface = "eth1";
    egress.device = facts.ingress;
    egress.chosen = ChosenPath{XM_PATH_REDIRECT, "its driver takes redirected frames"};
    egress.device->link.ifindex = 3;
    egress.device->link.name = "eth1";
    egress.device->link.mac = MacAddress::parse("02:00:00:00:00:03").value();
    NextHop hop{.mac = MacAddress::parse("02:00:00:00:00:09").value(),
                .via = IpAddress::parse("10.1.0.2").value(),
                .ifindex = 3,
                .mtu = egress.device->link.mtu,
                .from = NextHop::From::route};
    egress.hops.push_back({IpAddress::parse("100.76.10.11").value(), hop, {}});
    ProfileFacts profile;
    profile.name = "prod";
    profile.vxlan = true;
    profile.ports = {4789};
    profile.egress.push_back(std::move(egress));
    facts.profile = std::move(profile);
    return facts;
}

const Finding* find(const Findings& findings, const std::string& id, const std::string& subject) {
    const auto found = std::find_if(findings.begin(), findings.end(), [&](const Finding& one) {
        return one.id == id && (subject.empty() || one.subject == subject);
    });
    return found == findings.end() ? nullptr : &*found;
}

}  // namespace xdpmirror::test
