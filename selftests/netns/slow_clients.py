# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Clients that keep a server waiting: slow_clients.py ADDRESS PORT COUNT

One third says nothing, one third a byte of a request twice a second, one third asks and never reads. Says
`open` when all are connected, and `ended` when the server has ended every one of them.
"""
import select
import socket
import sys

REQUEST = b"GET /readyz HTTP/1.1\r\nHost: slow\r\nX-More: "


def main():
    """Until the last one is ended."""
    where = (sys.argv[1], int(sys.argv[2]))
    clients = [socket.create_connection(where) for _ in range(int(sys.argv[3]))]
    talking = {}
    for number, client in enumerate(clients):
        if number % 3 == 1:
            talking[client] = iter(REQUEST + b"x" * 1000)
        elif number % 3 == 2:
            client.sendall(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n" * 20)
    print("open", flush=True)
    poll = select.poll()
    waiting = {client.fileno(): client for client in clients}
    for client in clients:
        poll.register(client, select.POLLRDHUP)
    while waiting:
        for number, _ in poll.poll(500):
            poll.unregister(number)
            talking.pop(waiting.pop(number), None)
        for client, rest in talking.items():
            try:
                client.send(bytes([next(rest)]))
            except OSError:
                pass  # poll will tell
    print("ended", flush=True)


main()
