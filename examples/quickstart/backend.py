#!/usr/bin/env python3
"""A demo backend: answers every request with its name and what it saw. usage: backend.py NAME PORT"""
import http.server
import signal
import sys

NAME, PORT = sys.argv[1], int(sys.argv[2])


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        text = f"{NAME} saw {self.command} {self.path} for {self.headers.get('host')}\n".encode()
        self.send_response(200)
        self.send_header("content-type", "text/plain")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to nuncio, which drains first; whoever started us ends us
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
try:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler)
except OSError as error:
    sys.exit(f"the demo backend {NAME} needs port {PORT} of 127.0.0.1, and cannot have it: {error.strerror}")
server.daemon_threads = True
server.serve_forever()
