// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Every sentence that config/ can say to an operator, in one list: a test asserts that each of them
// was produced. A sentence names the thing and the cure; the place is put before it.
#pragma once

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>

#include "config/tree.h"
#include "maps/result.h"

namespace xdpmirror {

// id, sentence. Ids that begin with kWarn are warnings, all others are errors.
// clang-format off
#define XM_CONFIG_MESSAGES(X)                                                                      \
    X(kProfileNotFound, "no profile '{}' in {}{}")                                                 \
    X(kFileUnreadable, "cannot read profile '{}': {}; check the path and its permissions")         \
    X(kFileTooLarge, "profile is larger than {} bytes; split it over several interfaces")          \
    X(kYamlSyntax,                                                                                 \
      "not valid YAML: {}; look near here for a bracket, quote, colon or indentation")             \
    X(kYamlTooDeep, "mappings and lists stand in each other too deep; no profile needs that")      \
    X(kYamlEmpty, "the profile is empty; begin with 'version: 1'")                                 \
    X(kYamlDocuments, "a second YAML document begins here; one file holds one profile")            \
    X(kYamlNotMapping, "a profile is a mapping, but here stands {}; begin with 'version: 1'")      \
    X(kYamlKey, "a key must be plain text, but here stands {}; write 'key: value'")                \
    X(kYamlTag, "tag '{}' is not supported; put text in quotes and leave the tag out")             \
    X(kYamlAliasLoop, "the alias refers to a value that contains it; write the value out")         \
    X(kYamlTooManyValues,                                                                          \
      "more than {} values, aliases counted each time; make the profile smaller")                  \
    X(kTextTooLong, "text of {} bytes; at most {} bytes are possible")                             \
    X(kNotUtf8, "{} is not UTF-8 text; save the file, or set the variable, in UTF-8")              \
    X(kDuplicateKey, "key '{}' stands twice, first at {}; remove one of them")                     \
    X(kVariableUnset, "variable {0} is not set; set it or give a default: ${{{0}:-default}}")      \
    X(kVariableSyntax,                                                                             \
      "bad reference in '{}'; write ${{NAME}} or ${{NAME:-default}}, and $$ for a dollar sign")    \
    X(kVariableSecret,                                                                             \
      "variable {} looks like a secret by its name, but a profile is shown, recorded and backed "  \
      "up, and nothing in it needs one; give the variable another name")                           \
    X(kParameterSecret,                                                                            \
      "parameter '{}' in {} looks like a secret, but a profile is shown, recorded and backed up; " \
      "ask for a page that needs none")                                                            \
    X(kExtendsCycle, "extends goes in a circle: {}; remove one of the links")                      \
    X(kVersionMissing, "key 'version' is missing; add 'version: 1'")                               \
    X(kVersionUnknown, "version {} is not known; this xdpmirror reads 'version: 1'")               \
    X(kUnknownKey, "unknown key '{}' in {}{}")                                                     \
    X(kLosesSource,                                                                                \
      "key '{}' in {} would lose the source address by which collectors know an exporter; "        \
      "sources are never rewritten, remove the key")                                               \
    X(kMissingKey, "key '{0}' is missing in {1}; add '{0}: ...'")                                  \
    X(kBadValue, "bad value {} for {}; give {}")                                                   \
    X(kBadName, "bad name '{}' in {}; use 1 to {} letters, digits, '.', '_' or '-'")               \
    X(kEmpty, "{} is empty; give at least one entry")                                              \
    X(kSchemaOther, "{} does not fit the schema: {}; see 'xdpmirror config schema'")               \
    X(kBadAddress, "bad address '{}' for {}; give {}")                                             \
    X(kBadPrefix, "bad prefix '{}' for {}; give an address with or without a length, "             \
                  "such as 10.0.0.0/16 or 2001:db8::/32")                                          \
    X(kHostBits, "prefix '{}' for {} has bits set behind its length; did you mean {}?")            \
    X(kMappedPrefix, "prefix '{}' for {} is IPv4 in IPv6 notation; write the IPv4 prefix")         \
    X(kBadPort, "bad port '{}' for {}; give a port from 1 to 65535 or a range such as 2055-2060")  \
    X(kPortReversed, "port range '{}' for {} is reversed; did you mean {}-{}?")                    \
    X(kUnknownProtocol, "unknown protocol '{}' for {}{}")                                          \
    X(kNoEncapsulation,                                                                            \
      "{} does not say how its packets come in; add 'vxlan: {{vni: ...}}', 'geneve: {{}}' or "     \
      "'plain: {{to: ...}}'")                                                                      \
    X(kTwoEncapsulations, "{} has '{}' and '{}'; a source has one way in, remove one of them")     \
    X(kNotForPlain, "'{}' in {} does not go with 'plain'; {}")                                     \
    X(kDuplicateName, "name '{}' is taken by {} at {}; give each its own name")                    \
    X(kDuplicateSender,                                                                            \
      "prefix {} with VNI {} is already in source '{}' at {}; a packet belongs to one source, "    \
      "remove it from one of them")                                                                \
    X(kRepeatedPrefix, "prefix {} stands twice in {}; remove one of them")                         \
    X(kVxlanPorts, "VXLAN port {} differs from port {} at {}; give all sources the same port")     \
    X(kGenevePorts, "Geneve port {} differs from port {} at {}; give all sources the same port")   \
    X(kSamePorts, "port {} is both for VXLAN and for Geneve; give each its own")                   \
    X(kDuplicatePlain,                                                                             \
      "destination {} is already claimed by source '{}' at {}; a packet belongs to one source, "   \
      "remove it from one of them")                                                                \
    X(kNoPorts,                                                                                    \
      "{} asks for a port, but protocol '{}' has none; use udp, tcp, sctp, udplite or dccp, or "   \
      "leave the port out")                                                                        \
    X(kFixedPort,                                                                                  \
      "{} would change the port of protocol '{}', which can only be done for udp, tcp and "        \
      "udplite; leave the port out")                                                               \
    X(kTooManySends, "{} has {} entries; a packet is sent to at most {} pools")                    \
    X(kCopyTwice,                                                                                  \
      "{} would send every packet to {} a second time, as {} does already; remove one, or give "   \
      "them different ports")                                                                      \
    X(kCopyBalance,                                                                                \
      "{} is one of several sends, and pool '{}' has 'balance: {}'; a copy finds its collector by " \
      "the exporter alone, so let the pool balance by exporter")                                   \
    X(kUnknownPool, "no pool '{}' for {}{}")                                                       \
    X(kUnknownEgress, "no egress '{}' for {}{}")                                                   \
    X(kCollectorAddress, "collector address {} is {}; give the address of one host")               \
    X(kCollectorTwice, "collector {} stands twice in {}, as at {}; remove one, or give one more weight") \
    X(kCollectorFamilies,                                                                          \
      "collector {} in {} is of another address family than {} at {}; a packet keeps its family, " \
      "so give each family its own pool")                                                          \
    X(kNoWeight, "every collector of {} has weight 0, so none takes anything; give one a weight")  \
    X(kMatchFamilies, "{} has 'from' {} and 'to' {}: no packet has both; use one address family")  \
    X(kBadInterface,                                                                               \
      "bad interface name '{}' for {}; use 1 to {} characters without blank, '/' or ':'")          \
    X(kBadNextHop, "bad next hop '{}' for {}; give auto, an address or a MAC address")             \
    X(kNextHopAddress, "next hop {} is {}; give the address of one neighbour")                     \
    X(kNextHopFamily,                                                                              \
      "next hop {} cannot reach collector {} at {}: they are of different address families; "      \
      "give each family its own egress")                                                           \
    X(kNextHopOfKernel,                                                                            \
      "next hop {} does not go with {}: by path '{}' the kernel finds the neighbour; leave "       \
      "next_hop out, or use path: redirect")                                                       \
    X(kPolicyWithoutKernel,                                                                        \
      "'{0}' in {1} is for policy routing, which only path: kernel asks; add path: kernel, or "    \
      "leave the {0} out")                                                                         \
    X(kMarkReserved,                                                                               \
      "mark {:#x} in {} is xdpmirror's own, for packets that the kernel fragments; take another")  \
    X(kTableLocal,                                                                                 \
      "table {} in {} is the kernel's own, with the addresses of this node; packets would stay "   \
      "here, take another")                                                                        \
    X(kMarkTables,                                                                                 \
      "mark {:#x} leads to {} for '{}', but to {} for '{}' at {}; give each its own mark")         \
    X(kBadDuration, "bad value for {}: {}")                               \
    X(kNoHealthKind,                                                                               \
      "{} does not say what is asked; add one of 'tcp: {{port: ...}}', 'http: {{port: ...}}', "    \
      "'icmp: {{}}' and 'udp: {{port: ...}}'")                                                     \
    X(kTwoHealthKinds, "{} has '{}' and '{}'; a pool is asked in one way, remove one of them")     \
    X(kBadStatus,                                                                                  \
      "bad status '{}' for {}; give a code from {} to {}, a range such as 200-299, or a list of "  \
      "these")                                                                                     \
    X(kBadHttpPath,                                                                                \
      "bad HTTP path '{}' for {}; begin with '/', and use no blank, quote, bracket or fragment")   \
    X(kBadHttpHost, "bad host '{}' for {}; give a name such as flows.example, or an address")      \
    X(kHealthTimeout,                                                                              \
      "{} waits {} ms for an answer and asks every {} ms; make 'timeout' at most 'every'")         \
    X(kProbeAddress, "probe {} is {}; give the address of one host behind this way")               \
    X(kWayTwice, "{} names '{}' again, as at {}; give each way its own interface")                 \
    X(kBadListen,                                                                                  \
      "bad listen address '{}' for {}; give ADDRESS:PORT, such as 0.0.0.0:9436 or \"[::]:9436\"")         \
    X(kListenAddress, "cannot listen on {} for {}: it is {}; give an address of this node")        \
    X(kListenTwice, "{} overlaps with {} at {}; give each its own port")                           \
    X(kBadTextfile,                                                                                \
      "bad path '{}' for metrics.textfile; give the absolute name of a file that ends in .prom, "  \
      "or of a directory that ends in '/'")                                                        \
    X(kLimit, "{} {}, but at most {} are possible; {}")                                            \
    X(kWarnAnySender,                                                                              \
      "source '{}' admits {}: any host that can reach UDP port {} may inject packets; "            \
      "list the outer senders in 'from'")                                                          \
    X(kWarnCovered, "rule '{}' can never match: rule '{}' before it takes all its packets")        \
    X(kWarnCoveredTogether,                                                                        \
      "rule '{}' can never match: rule '{}' and other rules before it take all its packets")       \
    X(kWarnRuleVni, "rule '{}' can never match: no source has VNI {}")                             \
    X(kWarnRuleFamily,                                                                             \
      "rule '{}' takes {} packets, but its collector {} is {}: all of them will be dropped")       \
    X(kWarnRulePort,                                                                               \
      "rule '{}' can never match: port {} is that of a tunnel, and mirrored packets that are "     \
      "tunnelled themselves are dropped as nested_tunnel")                                         \
    X(kWarnPlainUnserved,                                                                          \
      "source '{}': every rule names a VNI, which plain packets have not: none will be claimed")   \
    X(kWarnSourceUnserved, "source '{}': no rule takes VNI {}, all its packets will be dropped")   \
    X(kWarnReadySilent,                                                                            \
      "'ready' answers nobody; add 'http: ADDRESS:PORT' or 'tcp: ADDRESS:PORT'")                   \
    X(kWarnMetricsSilent,                                                                          \
      "'metrics' can be read nowhere; add 'textfile: PATH' or 'listen: ADDRESS:PORT'")             \
    X(kWarnReadyClaimed,                                                                           \
      "rule '{}' takes TCP to port {} of the addresses that plain source '{}' claims, and nobody " \
      "is answered there; name another protocol in the rule, or listen on another port")           \
    X(kWarnPoolUnused, "pool '{}' is used by no rule")                                             \
    X(kWarnEgressUnused, "egress '{}' is used by no pool")

// clang-format on
#define XM_AS_MESSAGE_ENUM(id, text) id,
enum class Message { XM_CONFIG_MESSAGES(XM_AS_MESSAGE_ENUM) };
#undef XM_AS_MESSAGE_ENUM

struct MessageTemplate {
    std::string_view id;
    std::string_view text;
};

#define XM_AS_MESSAGE_TEMPLATE(id, text) MessageTemplate{#id, text},
inline constexpr std::array kMessageTemplates = {XM_CONFIG_MESSAGES(XM_AS_MESSAGE_TEMPLATE)};
#undef XM_AS_MESSAGE_TEMPLATE

// What an operator wrote may hold line ends; a message is one line.
inline std::string as_one_line(std::string text) {
    for (char& c : text) {
        const auto byte = static_cast<unsigned char>(c);
        c = byte < 0x20 || byte == 0x7f ? '?' : c;
    }
    return text;
}

// The sentence with its blanks filled in; checked against the template when compiling.
template <Message M, class... Args>
std::string say(const Args&... args) {
    constexpr std::string_view text = kMessageTemplates[static_cast<std::size_t>(M)].text;
    return as_one_line(fmt::format(text, args...));
}

template <Message M, class... Args>
Error error_at(const Place& place, const Args&... args) {
    return configuration_error(place.position().text() + ": " + say<M>(args...));
}

template <Message M, class... Args>
Error error_at(const Position& position, const Args&... args) {
    return configuration_error(position.text() + ": " + say<M>(args...));
}

template <Message M, class... Args>
Warning warning_at(const Position& position, const Args&... args) {
    return Warning{position, say<M>(args...)};
}

}  // namespace xdpmirror
