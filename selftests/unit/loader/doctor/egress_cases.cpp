// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "cases.h"

namespace xdpmirror::test {
namespace {

EgressFacts& egress(Facts& facts) {
    return facts.profile->egress[0];
}

std::vector<DoctorCase> device_cases() {
    const auto good = machine_with_profile(kernel_6_12(), veth());
    return {
        {"no profile", machine(kernel_6_12(), veth()), "profile", "eth0", Level::note,
         "no profile was named", "xdpmirror doctor eth0 --profile NAME", false},
        {"egress missing",
         with(good,
              [](Facts& f) {
                  egress(f).device.reset();
                  egress(f).missing = "interface 'eth1' does not exist";
              }),
         "egress_device", "egress gcp (eth1)", Level::error, "interface 'eth1' does not exist",
         "name an interface of this machine in the profile; ip link show lists them", false},
        {"egress down", with(good, [](Facts& f) { egress(f).device->link.up = false; }),
         "egress_device", "egress gcp (eth1)", Level::error, "is down", "ip link set dev eth1 up",
         false},
        {"egress without carrier",
         with(good, [](Facts& f) { egress(f).device->link.carrier = false; }), "egress_device",
         "egress gcp (eth1)", Level::warning, "has no carrier", "ip -d link show dev eth1", false},
        {"no path to the device",
         with(good,
              [](Facts& f) {
                  egress(f).chosen.reset();
                  egress(f).unfit = "path 'redirect' is not for interface 'eth1': it has none; use path: tc";
              }),
         "path", "egress gcp (eth1)", Level::error, "path 'redirect' is not for interface 'eth1': it has none",
         "use path: tc", false},
        {"path by tc", with(good, [](Facts& f) { egress(f).chosen = ChosenPath{XM_PATH_TC, "L3"}; }),
         "path", "egress gcp (eth1)", Level::ok, "path tc: L3", "", false},
        {"standby down",
         with(good,
              [](Facts& f) {
                  egress(f).standby = true;
                  egress(f).device->link.up = false;
              }),
         "egress_device", "egress gcp (eth1)", Level::warning, "is down", "ip link set dev eth1 up",
         false},
        {"no next hop",
         with(good,
              [](Facts& f) {
                  egress(f).hops[0].hop.reset();
                  egress(f).hops[0].refusal = "no route to it; cure: ip route add it, or a MAC";
              }),
         "next_hop", "collector 100.76.10.11", Level::error, "by egress gcp (eth1): no route to it",
         "ip route add it, or a MAC", false},
        {"next hop", good, "next_hop", "collector 100.76.10.11", Level::ok,
         "by egress gcp (eth1): 10.1.0.2, MAC 02:00:00:00:00:09, MTU 1500", "", false},
        {"attach would refuse",
         with(good, [](Facts& f) { f.profile->refusal = "egress 'gcp': too new; use another"; }),
         "resolve", "eth0", Level::error, "egress 'gcp': too new", "use another", false},
        {"attach would refuse without a cure",
         with(good, [](Facts& f) { f.profile->refusal = "too many rules"; }), "resolve", "eth0",
         Level::error, "too many rules", "mend what was found", false},
    };
}

std::vector<DoctorCase> target_cases() {
    const auto pairs = machine_with_profile(kernel_6_12(), veth());
    const auto takes_none = [](Facts& f) { egress(f).device->xdp_features = kNative; };
    const auto occupied = [](Facts& f) {
        egress(f).device->occupant = XdpOccupant{.program_id = 9, .program_name = "filter"};
    };
    const auto amazon = machine_with_profile(kernel_6_12(), ena_in_tree(kernel_6_12()));
    const std::string no_napi = "its veth peer has neither GRO nor an XDP program";
    return {
        {"veth whose peer is here", with(pairs, takes_none), "redirect_target", "egress gcp (eth1)",
         Level::error, no_napi, "ethtool -K peer0 gro on", true},
        {"veth whose peer is elsewhere",
         with(with(pairs, takes_none), [](Facts& f) { egress(f).device->peer = VethPeer{}; }),
         "redirect_target", "egress gcp (eth1)", Level::error, no_napi,
         "in the network namespace of the peer: ethtool -K PEER gro on", false},
        {"ENA needs the stub", amazon, "redirect_target", "egress gcp (eth1)", Level::note,
         "takes redirected frames only with an XDP program of its own",
         "nothing to do; attach when that does no harm", false},
        {"ENA of 6.1 cannot say", machine_with_profile(kernel_6_1(), ena_in_tree(kernel_6_1())),
         "redirect_target", "egress gcp (eth1)", Level::note,
         "whether it takes redirected frames cannot be read here (Linux 6.3 says it)",
         "nothing to do; attach when that does no harm", false},
        {"ENA of 6.1 with a program",
         with(machine_with_profile(kernel_6_1(), ena_in_tree(kernel_6_1())), occupied),
         "redirect_target", "egress gcp (eth1)", Level::ok, "carries the XDP program 'filter'", "",
         false},
        {"a program, and yet no frames", with(with(pairs, takes_none), occupied), "redirect_target",
         "egress gcp (eth1)", Level::error,
         "carries the XDP program 'filter', and takes no redirected frames",
         "name the NIC below it as egress", false},
        {"a driver without XDP", with(amazon, [](Facts& f) { egress(f).device->xdp_features = 0; }),
         "redirect_target", "egress gcp (eth1)", Level::error,
         "its driver takes no redirected frames",
         "name an Ethernet device whose driver has native XDP", false},
        {"back out of the ingress", with(amazon, [](Facts& f) { egress(f).same = true; }),
         "redirect_target", "egress gcp (eth1)", Level::ok,
         "packets leave by the NIC they came in by", "", false},
        {"the stub has the rules of its driver",
         with(amazon, [](Facts& f) { egress(f).device->channels->combined = 8; }), "ena_channels",
         "eth1", Level::error, "8 of 8 channels used", "ethtool -L eth1 combined 4", true},
    };
}

std::vector<DoctorCase> size_cases() {
    const auto good = machine_with_profile(kernel_6_12(), veth());
    const auto tunnel = [](Facts& f) { egress(f).hops[0].hop->mtu = 1400; };
    const auto fragment = [](Facts& f) { egress(f).fragment = true; };
    return {
        {"mirrors larger than the tunnel", with(good, tunnel), "path_mtu", "gcp", Level::warning,
         "packets of up to 1450 bytes can come in by eth0 (MTU 1500), eth1 takes 1400",
         "in the profile, egress gcp: oversize: fragment; or ip link set dev eth1 mtu 1450, if "
         "every "
         "device on the way takes it",
         false},
        {"Geneve has more around it",
         with(with(good, tunnel),
              [](Facts& f) {
                  f.profile->vxlan = false;
                  f.profile->geneve = true;
              }),
         "path_mtu", "gcp", Level::ok,
         "packets of up to 1382 bytes can come in by eth0 (MTU 1500), eth1 takes 1400", "", false},
        {"plain packets have nothing around them",
         with(with(good, tunnel), [](Facts& f) { f.profile->plain = true; }), "path_mtu", "gcp",
         Level::warning,
         "packets of up to 1500 bytes can come in by eth0 (MTU 1500), eth1 takes 1400",
         "in the profile, egress gcp: oversize: fragment; or ip link set dev eth1 mtu 1500, if "
         "every "
         "device on the way takes it",
         false},
        {"fragmented by the kernel", with(with(good, tunnel), fragment), "path_mtu", "gcp",
         Level::note, "packets of up to 1450 bytes can come in by eth0 (MTU 1500), eth1 takes 1400",
         "ip link set dev eth1 mtu 1450, if every device on the way takes it", false},
        {"fragment without forwarding",
         with(with(good, fragment), [](Facts& f) { f.forwarding.forwarding = 0; }), "forwarding",
         "eth0", Level::error, "the kernel forwards no IPv4 from it",
         "echo 1 > /proc/sys/net/ipv4/conf/eth0/forwarding", true},
        {"fragment, forwarding unknown",
         with(with(good, fragment), [](Facts& f) { f.forwarding.forwarding.reset(); }),
         "forwarding", "eth0", Level::note,
         "cannot be read here: /proc/sys/net/ipv4/conf/eth0/forwarding",
         "cat /proc/sys/net/ipv4/conf/eth0/forwarding", false},
        {"fragment with a reverse-path filter",
         with(with(good, fragment), [](Facts& f) { f.forwarding.rp_filter = 1; }), "rp_filter",
         "eth0", Level::error, "reverse-path filter is 1",
         "echo 0 > /proc/sys/net/ipv4/conf/eth0/rp_filter", true},
        {"fragment with a reverse-path filter of all",
         with(with(good, fragment), [](Facts& f) { f.forwarding.rp_filter_all = 2; }), "rp_filter",
         "all", Level::error, "reverse-path filter is 2",
         "echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter", true},
    };
}

std::vector<DoctorCase> cloud_cases() {
    const auto on = [](Cloud cloud) {
        return with(machine_with_profile(kernel_6_12(), veth()),
                    [cloud](Facts& f) { f.cloud = cloud; });
    };
    return {
        {"EC2", on(Cloud::ec2), "source_check", "eth1", Level::note,
         "the EC2 source/destination check of this interface cannot be read here",
         "aws ec2 modify-network-interface-attribute --no-source-dest-check --network-interface-id "
         "$(aws ec2 describe-network-interfaces --filters "
         "Name=mac-address,Values=02:00:00:00:00:03 "
         "--query 'NetworkInterfaces[0].NetworkInterfaceId' --output text)",
         false},
        {"EC2, mirror sessions", on(Cloud::ec2), "mirror_length", "eth0", Level::note,
         "how long mirrored packets are, and whether UDP 4789 is let in, cannot be read here",
         "aws ec2 describe-traffic-mirror-sessions; aws ec2 modify-traffic-mirror-session "
         "--traffic-mirror-session-id ID --packet-length N",
         false},
        {"Google", on(Cloud::gce), "source_check", "instance", Level::note,
         "canIpForward of this instance cannot be read here",
         "gcloud compute instances describe NAME --zone ZONE --format='value(canIpForward)'; it is "
         "chosen when the instance is made: gcloud compute instances create NAME --can-ip-forward",
         false},
    };
}

}  // namespace

std::vector<DoctorCase> egress_cases() {
    std::vector<DoctorCase> all;
    for (const auto part : {device_cases, target_cases, size_cases, cloud_cases}) {
        auto cases = part();
        all.insert(all.end(), cases.begin(), cases.end());
    }
    return all;
}

}  // namespace xdpmirror::test
