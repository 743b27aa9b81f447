// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// What only the cloud's own tools can tell: said, with the command that tells it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "loader/doctor/checks.h"

namespace xdpmirror {
namespace {

constexpr const char* kWhy =
    "packets leave with the exporter's address as their source; the cloud drops those of an "
    "instance that may not forward, and counts them nowhere in it";

Finding ec2_source_check(const std::string& subject, const MacAddress& mac) {
    return finding(
        "source_check", subject, Level::note,
        "the EC2 source/destination check of this interface cannot be read here", kWhy,
        fmt::format("aws ec2 modify-network-interface-attribute --no-source-dest-check "
                    "--network-interface-id $(aws ec2 describe-network-interfaces --filters "
                    "Name=mac-address,Values={} --query 'NetworkInterfaces[0].NetworkInterfaceId' "
                    "--output text)",
                    mac.text()));
}

Finding gce_can_ip_forward(const std::string& subject) {
    return finding(
        "source_check", subject, Level::note, "canIpForward of this instance cannot be read here",
        kWhy,
        "gcloud compute instances describe NAME --zone ZONE --format='value(canIpForward)'; "
        "it is chosen when the instance is made: gcloud compute instances create NAME "
        "--can-ip-forward");
}

void check_mirror_length(const Facts& facts, Findings& findings) {
    if (!facts.profile->vxlan && !facts.profile->geneve) return;
    findings.push_back(finding(
        "mirror_length", facts.ingress.link.name, Level::note,
        fmt::format("how long mirrored packets are, and whether UDP {} is let in, cannot be read "
                    "here",
                    fmt::join(facts.profile->ports, ", ")),
        fmt::format(
            "copies longer than this interface takes (MTU {}, less 54 bytes over IPv4 or 74 "
            "over IPv6) arrive cut or not at all",
            facts.ingress.link.mtu),
        "aws ec2 describe-traffic-mirror-sessions; aws ec2 modify-traffic-mirror-session "
        "--traffic-mirror-session-id ID --packet-length N"));
}

}  // namespace

void check_cloud(const Facts& facts, Findings& findings) {
    if (!facts.profile) return;
    if (facts.cloud == Cloud::ec2) {
        for (const auto& egress : facts.profile->egress) {
            if (egress.device)
                findings.push_back(ec2_source_check(egress.interface, egress.device->link.mac));
        }
        check_mirror_length(facts, findings);
    }
    if (facts.cloud == Cloud::gce) findings.push_back(gce_can_ip_forward("instance"));
}

}  // namespace xdpmirror
