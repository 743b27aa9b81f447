# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""strongSwan at both ends of the way to the VPN: charon in the guest and in lab-dst negotiates by IKEv2 with a
shared secret what tunnel_kinds.py sets by hand. docs/vpn.md says what matters of it to operators."""
import os
import re
import subprocess

from chain_lab import until

CHARON = "/usr/sbin/charon-systemd"
# two of them in one file system: each has a socket of its own
DAEMON = """charon {{
  load = random nonce aes sha1 sha2 hmac kdf gmp kernel-netlink socket-default vici
  install_routes = no
  plugins {{ vici {{ socket = {socket} }} }}
  filelog {{
    log {{
      path = {log}
      default = 1
      flush_line = yes
    }}
  }}
}}
swanctl {{ load = random }}
"""
CONNECTION = """connections {{
  vpn {{
    version = 2
    local_addrs = {here}
    remote_addrs = {there}
    proposals = aes128-sha256-modp2048
    local {{
      auth = psk
      id = {me}
    }}
    remote {{
      auth = psk
      id = {you}
    }}
    children {{
      route {{
        local_ts = 0.0.0.0/0
        remote_ts = 0.0.0.0/0
        if_id_in = 7
        if_id_out = 7
        esp_proposals = aes128gcm16
        start_action = {action}
      }}
      policy {{
        local_ts = {mine}
        remote_ts = {yours}
        esp_proposals = aes128gcm16
      }}
    }}
  }}
}}
secrets {{
  ike-vpn {{
    id-1 = {me}
    id-2 = {you}
    secret = "a secret of the test"
  }}
}}
"""


class Peer:
    """One charon, in a namespace."""

    def __init__(self, name, namespace, **words):
        self.files = f"/run/ike-{name}"
        self.socket, self.log = f"unix://{self.files}/vici", f"{self.files}/log"
        os.mkdir(self.files)
        self._write("daemon", DAEMON.format(socket=self.socket, log=self.log))
        self._write("connection", CONNECTION.format(**words))
        self.environment = {**os.environ, "STRONGSWAN_CONF": f"{self.files}/daemon"}
        enter = ["nsenter", f"--net=/run/netns/{namespace}"] if namespace else []
        self.process = subprocess.Popen([*enter, CHARON], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env=self.environment)

    def _write(self, name, text):
        with open(f"{self.files}/{name}", "w", encoding="ascii") as file:
            file.write(text)

    def said(self):
        """Its journal."""
        with open(self.log, encoding="utf-8") as file:
            return file.read()

    def load(self):
        """Gives it its connection, as soon as it listens."""
        until(lambda: os.path.exists(f"{self.files}/vici") or self.process.poll() is not None, "charon")
        self.ask("--load-all", "--noprompt", "--file", f"{self.files}/connection")

    def ask(self, *words):
        """swanctl."""
        done = subprocess.run(["swanctl", *words, "--uri", self.socket], env=self.environment, text=True,
                              capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(f"swanctl {words}: {done.stdout} {done.stderr}")
        return done.stdout

    def times_up(self, child):
        """How often packets could leave by a new association of this child."""
        said = self.said()
        return len(re.findall(rf"\] (?:outbound )?CHILD_SA {child}{{\d+}} established", said))


class Ike:
    """Both peers; the near one begins by itself."""

    def __init__(self, path, exporters, collector):
        # the kernel gives up a cipher that takes a minute to load, as it can when many guests run at once
        subprocess.run(["modprobe", "-q", "-a", "esp4", "gcm", "seqiv", "aesni_intel"], check=False)
        near = {"here": path["near4"], "me": "target.test", "mine": exporters, "action": "start"}
        far = {"here": path["far4"], "me": "vpn.test", "mine": collector, "action": "none"}
        self.near = Peer("near", None, **near, there=far["here"], you=far["me"], yours=far["mine"])
        self.far = Peer("far", "lab-dst", **far, there=near["here"], you=near["me"], yours=near["mine"])
        for peer in (self.far, self.near):
            peer.load()

    def wait(self, child, times=1):
        """Until the child is up, for this time."""
        try:
            until(lambda: self.near.times_up(child) >= times, child)
        except RuntimeError as error:
            raise RuntimeError(f"{child} is not up: {self.near.said()[-2000:]}") from error
