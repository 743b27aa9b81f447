# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The mirrored datagrams of the tunnel tests, and what they look like on a wire. Made by hand, since scapy
starts slowly under emulation."""
import socket
import struct

NODE_MAC, SOURCE_MAC = bytes.fromhex("525400786d00"), bytes.fromhex("525400786d01")
VNI, FLOW_PORT, COLLECTOR_PORT, WG_PORTS, IKE_PORTS = 4242, 31756, 8081, (51820, 51821), (500, 4500)
COLLECTOR = {4: "100.76.10.11", 6: "fd00:100:76::11"}
TARGET = {4: "172.16.0.10", 6: "fd00:172:16::10"}
ADDRESS_FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}
IP_HEADERS = {4: 28, 6: 48}  # with UDP
ETHERTYPE = {4: b"\x08\x00", 6: b"\x86\xdd"}
TTL, FIRST_PORT = 64, 20000
CLEARTEXT = b"a flow record that nobody may read"
PROTOCOLS = {4: "ipip", 41: "ipv6", 47: "gre", 50: "esp"}
FENCE = 0x786D


def exporter(family, number):
    """The address of one of the mirrored hosts."""
    return f"192.168.1.{number + 1}" if family == 4 else f"fd00:192:168::{number + 1:x}"


def payload(number, size):
    """Another one for each datagram."""
    return (struct.pack(">H", number) + CLEARTEXT + bytes((number * 7 + i) % 251 for i in range(size)))[:size]


def checksum(data):
    """As in IP, UDP and ICMP."""
    data += b"\0" * (len(data) % 2)
    value = sum(struct.unpack(f">{len(data) // 2}H", data))
    while value >> 16:
        value = (value & 0xFFFF) + (value >> 16)
    return 0xFFFF - value


def ip4(source, target, protocol, data, ident):
    """An IPv4 packet with DF."""
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(data), ident, 0x4000, TTL, protocol, 0,
                       socket.inet_aton(source), socket.inet_aton(target))
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + data


def udp(family, source, target, ports, data):
    """A datagram in an IP packet."""
    ends = b"".join(socket.inet_pton(ADDRESS_FAMILY[family], address) for address in (source, target))
    head = struct.pack(">HHHH", *ports, 8 + len(data), 0)
    pseudo = ends + struct.pack(">HH", 17, len(head + data))
    segment = head[:6] + struct.pack(">H", checksum(pseudo + head + data) or 0xFFFF) + data
    if family == 4:
        return ip4(source, target, 17, segment, ports[0])
    return struct.pack(">IHBB", 6 << 28, len(segment), 17, TTL) + ends + segment


def exported(family, number, size):
    """The frame that an exporter sends, with a payload of this size."""
    return (bytes.fromhex("02aa0000000202aa00000001") + ETHERTYPE[family]
            + udp(family, exporter(family, number), TARGET[family], (FIRST_PORT + number, FLOW_PORT),
                  payload(number, size)))


def mirrored(family, number, size):
    """The frame that the mirror sends for it."""
    vxlan = struct.pack(">II", 0x08000000, VNI << 8) + exported(family, number, size)
    return (NODE_MAC + SOURCE_MAC + ETHERTYPE[4]
            + udp(4, "192.0.2.2", "192.0.2.1", (40000 + number, 4789), vxlan))


def fence():
    """An echo request to the node: when its answer is here, so is everything before it."""
    echo = struct.pack(">BBHHH", 8, 0, 0, FENCE, 1)
    echo = echo[:2] + struct.pack(">H", checksum(echo)) + echo[4:]
    return NODE_MAC + SOURCE_MAC + ETHERTYPE[4] + ip4("192.0.2.2", "192.0.2.1", 1, echo, 1)


def _kind6(frame):
    protocol, above = frame[20], frame[54:]
    while protocol in (0, 44, 60):  # options, a fragment header
        later = protocol == 44 and struct.unpack(">H", above[2:4])[0] & 0xFFF8
        protocol, above = above[0], above[8:]
        if later:
            break
    if protocol == 58:
        return "housekeeping" if 130 <= above[0] <= 143 else (
            f"ICMPv6 type {above[0]} for {socket.inet_ntop(socket.AF_INET6, frame[38:54])}")
    if protocol == 17 and struct.unpack(">H", above[2:4])[0] == COLLECTOR_PORT:
        return "plain"
    return PROTOCOLS.get(protocol, f"IPv6 protocol {protocol}")


def _kind4(frame):
    protocol, above = frame[23], frame[14 + (frame[14] & 15) * 4:]
    if protocol == 1:
        echoes = above[0] in (0, 8) and struct.unpack(">H", above[4:6])[0] == FENCE
        return "fence" if echoes else f"ICMP type {above[0]} for {socket.inet_ntoa(frame[30:34])}"
    if protocol == 17 and struct.unpack(">H", frame[20:22])[0] & 0x1FFF:
        return "later fragment"
    if protocol == 17 and struct.unpack(">H", above[:2])[0] in WG_PORTS:
        return "wireguard"
    if protocol == 17 and struct.unpack(">H", above[:2])[0] in IKE_PORTS:
        return "ike"
    if protocol == 17 and struct.unpack(">H", above[2:4])[0] == COLLECTOR_PORT:
        return "plain"
    return "housekeeping" if protocol == 2 else PROTOCOLS.get(protocol, f"protocol {protocol}")


def kind(frame):
    """What passes on a wire, in one word; housekeeping is ARP and the like."""
    if frame[12:14] == ETHERTYPE[4]:
        return _kind4(frame)
    if frame[12:14] == ETHERTYPE[6]:
        return _kind6(frame)
    return "housekeeping" if frame[12:14] == b"\x08\x06" else f"ethertype {frame[12:14].hex()}"
