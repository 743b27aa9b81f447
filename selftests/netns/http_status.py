#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""An HTTP server that answers every GET with one status, after so many seconds:
http_status.py ADDRESS PORT STATUS [DELAY]. `::` is every address, IPv4 too."""
import http.server
import socket
import sys
import time


class Handler(http.server.BaseHTTPRequestHandler):
    """As little as a health check needs."""

    def do_GET(self):  # pylint: disable=invalid-name
        """The status, and its number as the body."""
        time.sleep(float(sys.argv[4]) if sys.argv[4:] else 0)
        body = sys.argv[3].encode()
        self.send_response(int(sys.argv[3]))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):  # pylint: disable=arguments-differ
        """Quiet."""


class Server(http.server.ThreadingHTTPServer):
    """Of the address's family."""

    address_family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET

    def handle_error(self, *_):  # pylint: disable=arguments-differ
        """Who asks has gone, if it had to wait."""


Server((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
