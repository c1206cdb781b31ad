#!/usr/bin/python3
"""A small admin API with users and transfers, for the demo: no authentication of its own.

Prints its port first, then one line of JSON for each call that reaches it.
"""
# SPDX-License-Identifier: Apache-2.0
import http.server
import json
import sys

USERS = {7: "Mallory", 8: "Peggy", 9: "Victor"}
ACCOUNTS = {"ops": 100_000, "alice": 120}


class Api(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/admin/users":
            self.tell(200, {"users": USERS})
        elif self.path == "/admin/accounts":
            self.tell(200, {"accounts": ACCOUNTS})
        else:
            self.tell(404, {"error": "no such thing"})

    def do_DELETE(self):
        number = self.path.removeprefix("/admin/users/")
        if self.path.startswith("/admin/users/") and number.isdigit() and int(number) in USERS:
            self.tell(200, {"deleted": USERS.pop(int(number))})
        else:
            self.tell(404, {"error": "no such user"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/admin/transfer":
            self.tell(404, {"error": "no such thing"})
            return
        order = json.loads(body)
        ACCOUNTS[order["from"]] -= order["amount"]
        ACCOUNTS[order["to"]] += order["amount"]
        self.tell(200, {"moved": order["amount"], "accounts": ACCOUNTS})

    def tell(self, status, answer):
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        print(json.dumps({"call": f"{self.command} {self.path}", "status": status,
                          "user": self.headers.get("Countersign-User", "")}), flush=True)

    def log_message(self, *_):
        """Quiet: each call is told on standard output."""


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
