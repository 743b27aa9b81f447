# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Tunnels between two nodes, as `ip -batch` and `wg` take them."""
import base64
import os
import subprocess

import tunnel_packets as packets

ESP = "src {near4} dst {far4} proto esp spi 0x786d reqid 1 mode tunnel"
STATE = "xfrm state add " + ESP + (" aead rfc4106(gcm(aes)) 0x000102030405060708090a0b0c0d0e0f10111213 128"
                                   " flag af-unspec ")
POLICY = "xfrm policy add src {any} dst {collector} dir {direction} {words} tmpl " + ESP.replace(" spi 0x786d", "")

# near end, far end; MTU of packets inside, where the device does not know; what passes on the wire
DEVICES = {
    "wireguard": ("type wireguard", "type wireguard"),
    "gre": ("type gre local {near4} remote {far4} ttl 64", "type gre local {far4} remote {near4} ttl 64"),
    "ipip": ("type ipip local {near4} remote {far4} ttl 64", "type ipip local {far4} remote {near4} ttl 64"),
    "sit": ("type sit local {near4} remote {far4} ttl 64", "type sit local {far4} remote {near4} ttl 64"),
    "ip6tnl": ("type ip6tnl mode any local {near6} remote {far6}", "type ip6tnl mode any local {far6} remote {near6}"),
    "vti": ("type vti local {near4} remote {far4} key 66", "type vti local {far4} remote {near4} key 66"),
    "xfrm": ("type xfrm dev {near_device} if_id 7", "type xfrm dev {far_device} if_id 7"),
}
IPSEC = {"vti": ("", "mark 66"), "xfrm": ("if_id 7", "if_id 7"), "policy": ("", "")}
FLUSH = ["xfrm policy flush", "xfrm state flush"]


def ip(lines, namespace=None, family=None):
    """Runs these lines of `ip`, the first that fails is an error."""
    command = ["ip"] + ([f"-{family}"] if family else []) + (["-n", namespace] if namespace else []) + ["-batch", "-"]
    done = subprocess.run(command, input="\n".join(lines) + "\n", text=True, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{namespace}: {lines}: {done.stderr}")


def change(verb, lines_of):
    """Routes of both families, there or gone."""
    for family, lines in lines_of.items():
        ip([line.replace("add", verb) for line in lines], family=family)


def wg(namespace, *words, key=None):
    """`wg set` in a namespace, with a private key."""
    enter = ["nsenter", f"--net=/run/netns/{namespace}"] if namespace else []
    given = ["private-key", "/proc/self/fd/0"] if key else []
    subprocess.run([*enter, "wg", "set", words[0], *given, *words[1:]], input=key, text=True, check=True)


def wg_keys():
    """A private key and its public one."""
    private = base64.b64encode(os.urandom(32)).decode()
    return private, subprocess.run(["wg", "pubkey"], input=private, text=True, capture_output=True,
                                   check=True).stdout.strip()


def addresses(path):
    """The words for {collector} and {any}."""
    return [{"collector": packets.COLLECTOR[4] + "/32", "any": "0.0.0.0/0", **path},
            {"collector": packets.COLLECTOR[6] + "/128", "any": "::/0", **path}]


class Tunnel:
    """One between a device in the guest and one in another namespace; `is_by_hand` is false where charon sets the
    keys, the route's metric says which is the way of several."""

    def __init__(self, name, path, far="lab-dst", devices=("way0", "far0"), is_by_hand=True, metric=0,
                 port=packets.WG_PORTS[0]):
        self.name, self.path, self.far, self.key = name, path, far, None
        self.devices, self.is_by_hand, self.metric, self.port = devices, is_by_hand, metric, port

    def up(self):
        """Both ends, and the routes to the collector."""
        near, far = [], []
        if self.name in DEVICES:
            for lines, device, words in zip((near, far), self.devices, DEVICES[self.name]):
                lines += [f"link add {device} " + words.format(**self.path), f"link set {device} up"]
            near += [f"route replace {address} dev {self.devices[0]} metric {self.metric}"
                     for address in packets.COLLECTOR.values()]
        if self.name in IPSEC and self.is_by_hand:
            state, policy = IPSEC[self.name]
            for lines, direction in ((near, "out"), (far, "in"), (far, "fwd")):
                if direction != "fwd":
                    lines.append(STATE.format(**self.path) + state)
                lines += [POLICY.format(direction=direction, words=policy, **words) for words in addresses(self.path)]
        ip(near)
        ip(far, self.far)
        if self.name == "wireguard":
            self._exchange_keys()

    def _exchange_keys(self):
        (near, near_public), (far, self.key) = wg_keys(), wg_keys()
        wg(None, self.devices[0], "listen-port", str(self.port), "peer", self.key, "allowed-ips", "0.0.0.0/0,::/0",
           "endpoint", f"{self.path['far4']}:{self.port}", key=near)
        wg(self.far, self.devices[1], "listen-port", str(self.port), "peer", near_public, "allowed-ips",
           "0.0.0.0/0,::/0", key=far)

    def down(self):
        """What is left of it, but for the near device."""
        if self.name in DEVICES:
            ip([f"link del {self.devices[1]}"], self.far)
        if self.name in IPSEC and self.is_by_hand:
            ip(FLUSH)
            ip(FLUSH, self.far)
