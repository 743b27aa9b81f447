# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""WireGuard with a standby beside it, while `xdpmirror run` watches: what its handshakes and AllowedIPs say
decides, collector by collector. A handshake that is too old is had by setting the clock before the daemon
starts."""
import re
import subprocess
import time

import tunnel_packets as packets
from tunnel_kinds import Tunnel, change, ip, wg, wg_keys
from tunnel_node import PATH, XDPMIRROR, Books, output
from tunnel_watch import PATIENCE

COUNT, SIZE, OLD = 20, 900, 1000
EGRESS = "interface: way0, standby: {interface: out0}, failover: {hold_down: 1s}"
BESIDE = {4: ["route add 100.76.10.11/32 via 198.51.100.2 dev out0 metric 4000"],
          6: ["route add fd00:100:76::11/128 via 2001:db8:2::2 dev out0 metric 4000"]}
LABEL = {4: "fdi/100.76.10.11", 6: "fdi6/fd00:100:76::11"}
ALLOWED = {4: "100.76.0.0/16", 6: "fd00:100:76::/48"}
LOG = "/tmp/run.log"


class Daemon:
    """`xdpmirror run`, and what it says."""

    def __init__(self, test, profile):
        self.test, self.read = test, {4: 0, 6: 0}
        with open(LOG, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen([XDPMIRROR, "run", "in0", "--profile", profile], stdout=log, stderr=log)

    def next_move(self, family):
        """What it says of this collector after what it has said before; waits for it."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with open(LOG, encoding="utf-8") as log:
                lines = [line.split(" ", 1)[1].rstrip() for line in log if f" collector {LABEL[family]} " in line]
            if len(lines) > self.read[family]:
                self.read[family] += 1
                return lines[self.read[family] - 1]
            time.sleep(0.05)
        with open(LOG, encoding="utf-8") as log:
            return "nothing more than: " + log.read()

    def moves(self, family, to, why=""):
        """This collector goes there, for the reason that the pattern has."""
        pattern = f"warn: collector {LABEL[family]} moves from '{'out0' if to == 'way0' else 'way0'}' to '{to}'{why}"
        line = self.next_move(family)
        self.test.expect(f"IPv{family} goes to {to}", line if re.fullmatch(pattern, line) else pattern, line)

    def end(self):
        """As by systemd."""
        self.process.terminate()
        self.test.expect("the daemon ends with", 0, self.process.wait(PATIENCE))


def shakes_hands():
    """Waits until the device has had a handshake."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if any(int(line.split()[1]) for line in output("wg", "show", "way0", "latest-handshakes").splitlines()):
            return True
        time.sleep(0.05)
    return False


def peer(key, *families, keepalive=25):
    """It is the only one, with the collectors of these families behind it. Another one goes together with its
    coming, so that there is always somebody."""
    others = output("wg", "show", "way0", "peers").split()
    if key in others:
        wg(None, "way0", "peer", key, "remove")
        others.remove(key)
    wg(None, "way0", "peer", key, "allowed-ips", ",".join(ALLOWED[family] for family in families), "endpoint",
       f"{PATH['far4']}:{packets.WG_PORTS[0]}", "persistent-keepalive", str(keepalive),
       *(word for other in others for word in ("peer", other, "remove")))


def by_handshake(test):
    """Old, renewed, none, and none that is asked for."""
    test.what, tunnel = "handshake", Tunnel("wireguard", PATH)
    tunnel.up()
    change("add", BESIDE)
    peer(tunnel.key, 4)
    test.expect("there is one", True, shakes_hands())
    time.clock_settime(time.CLOCK_REALTIME, time.time() + OLD)
    daemon = Daemon(test, test.profile(EGRESS))
    old = rf": its peer {re.escape(tunnel.key[:8])}…= has had no handshake for 10\d\d s"
    missing = (": no peer of 'way0' has fd00:100:76::11 in its AllowedIPs; add it to those it has: wg set way0 peer "
               "KEY allowed-ips OTHERS,fd00:100:76::11")
    daemon.moves(4, "out0", old)
    daemon.moves(6, "out0", missing)
    for family in (4, 6):
        test.arrives(family, COUNT, SIZE)
    test.expect("the way", "redirect/out0", test.books().way)

    test.what = "handshake, renewed"
    peer(tunnel.key, 4, 6)
    for family in (4, 6):
        daemon.moves(family, "way0")
    test.collector.passed()
    for family in (4, 6):
        test.arrives(family, COUNT, SIZE)
    test.expect("the way", "tc/way0", test.books().way)
    test.wire({"wireguard", "later fragment"}, sealed=True)

    test.what = "handshake, with nobody"
    stranger = wg_keys()[1]
    peer(stranger, 4, 6)
    for family in (4, 6):
        daemon.moves(family, "out0", f": its peer {re.escape(stranger[:8])}…= has had no handshake yet")
    ways = Books("in0").said["egress"][0]["ways"]
    test.expect("status says so", (f"its peer {stranger[:8]}…= has had no handshake yet", True),
                (ways[0].get("why_not"), ways[1]["usable"]))

    test.what = "handshake, with nobody and without keepalive"
    peer(stranger, 4, 6, keepalive=0)
    for family in (4, 6):
        daemon.moves(family, "way0")
    daemon.end()
    change("del", BESIDE)
    test.detach()
    ip(["link del way0"])
    tunnel.down()
