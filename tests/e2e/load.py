#!/usr/bin/python3
"""Constant load on a gateway, as a process of its own: requests over connections that are kept and over new ones.

usage: load.py JSON      {"mode": "http1"|"http2", "keep": bool, "address": "127.0.0.1", "port": N, "tls": bool, "host": "...", "sni": "...",
                          "paths": {"/path": ["backend", ...]}, "workers": N, "pause_ms": N, "seconds": N}
Ends when standard input closes, or after `seconds`. Prints {"requests": N, "connections": N, "failures": [...]}. A failure
is whatever a client would notice: no connection, no answer, another status than 200, a backend that may not answer the path.
"""
import asyncio
import itertools
import json
import ssl
import sys
import time

import h2.config
import h2.connection
import h2.events

REQUEST_LIMIT_S = 60
# A client of the kept kind opens a new connection now and then, as clients do.
REQUESTS_A_CONNECTION = 500


class Failure(Exception):
    pass


class Http1:
    def __init__(self, reader, writer, host):
        self.reader, self.writer, self.host = reader, writer, host

    async def get(self, path):
        """(status, body, whether the server closes the connection)"""
        self.writer.write(f"GET {path} HTTP/1.1\r\nhost: {self.host}\r\n\r\n".encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
        fields = dict(line.split(": ", 1) for line in head[1:] if line)
        if "content-length" in fields:
            body = await self.reader.readexactly(int(fields["content-length"]))
        else:
            body = b""
            while size := int(await self.reader.readuntil(b"\r\n"), 16):
                body += (await self.reader.readexactly(size + 2))[:-2]
            await self.reader.readuntil(b"\r\n")
        return int(head[0].split()[1]), body, fields.get("connection") == "close"


class Http2:
    FRAME_HEADER = 9
    GOAWAY = 7

    def __init__(self, reader, writer, host, tls):
        self.reader, self.writer, self.host, self.scheme = reader, writer, host, "https" if tls else "http"
        self.state = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="latin-1"))
        self.state.initiate_connection()
        self.going, self.last, self.unread = False, 2**31 - 1, b""

    async def frames(self):
        """What comes next but GOAWAY, after which h2 refuses the answers that are still to come (RFC 9113, 6.8)."""
        data = await self.reader.read(65536)
        if not data:
            raise Failure("closed in the middle of an answer")
        self.unread += data
        rest = b""
        while len(self.unread) >= self.FRAME_HEADER:
            size = self.FRAME_HEADER + int.from_bytes(self.unread[:3], "big")
            if len(self.unread) < size:
                break
            frame, self.unread = self.unread[:size], self.unread[size:]
            if frame[3] == self.GOAWAY:
                self.going, self.last = True, int.from_bytes(frame[9:13], "big") & 0x7FFFFFFF
                if code := int.from_bytes(frame[13:17], "big"):
                    raise Failure(f"GOAWAY with error {code}")
            else:
                rest += frame
        return rest

    async def get(self, path):
        stream = self.state.get_next_available_stream_id()
        self.state.send_headers(stream, [(":method", "GET"), (":scheme", self.scheme), (":authority", self.host), (":path", path)], end_stream=True)
        self.writer.write(self.state.data_to_send())
        status, body = 0, b""
        while True:
            data = await self.frames()
            if self.last < stream:
                raise Failure(f"GOAWAY that leaves out a request that was sent ({self.last} < {stream})")
            for event in self.state.receive_data(data):
                if isinstance(event, h2.events.ResponseReceived):
                    status = int(dict(event.headers)[":status"])
                elif isinstance(event, h2.events.DataReceived):
                    body += event.data
                    self.state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamReset):
                    raise Failure(f"stream reset with {event.error_code}")
                elif isinstance(event, h2.events.StreamEnded):
                    self.writer.write(self.state.data_to_send())
                    return status, body, self.going
            self.writer.write(self.state.data_to_send())


class Load:
    def __init__(self, wanted):
        self.wanted, self.requests, self.connections, self.failures = wanted, 0, 0, []
        self.done = asyncio.Event()
        self.paths = itertools.cycle(wanted["paths"].items())
        self.tls = None
        if wanted["tls"]:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self.tls.check_hostname, self.tls.verify_mode = False, ssl.CERT_NONE
            self.tls.set_alpn_protocols(["h2" if wanted["mode"] == "http2" else "http/1.1"])

    async def connect(self):
        reader, writer = await asyncio.open_connection(self.wanted.get("address", "127.0.0.1"), self.wanted["port"], ssl=self.tls,
                                                       server_hostname=self.wanted["sni"] if self.tls else None)
        self.connections += 1
        if self.wanted["mode"] == "http2":
            return Http2(reader, writer, self.wanted["host"], self.tls)
        return Http1(reader, writer, self.wanted["host"])

    async def request(self, connection, path, backends):
        status, body, closes = await connection.get(path)
        if status != 200:
            raise Failure(f"status {status} {body[:100]!r}")
        if (backend := json.loads(body)["backend"].split("#")[0]) not in backends:
            raise Failure(f"answered by {backend}, not one of {backends}")
        return closes

    async def work(self):
        connection, served = None, 0
        while not self.done.is_set():
            path, backends = next(self.paths)
            self.requests += 1
            closes = True
            try:
                async with asyncio.timeout(REQUEST_LIMIT_S):
                    if connection is None:
                        connection, served = await self.connect(), 0
                    closes = await self.request(connection, path, backends)
            except (Failure, OSError, asyncio.IncompleteReadError, TimeoutError, ssl.SSLError, h2.exceptions.ProtocolError) as error:
                self.failures.append({"at": time.time(), "path": path, "error": f"{type(error).__name__}: {error}", "served": served})
            served += 1
            if connection and (closes or not self.wanted["keep"] or served >= REQUESTS_A_CONNECTION):
                connection.writer.close()
                connection = None
            await asyncio.sleep(self.wanted["pause_ms"] / 1000)
        if connection:
            connection.writer.close()

    async def run(self):
        loop = asyncio.get_running_loop()
        loop.add_reader(sys.stdin.fileno(), self.done.set)
        loop.call_later(self.wanted["seconds"], self.done.set)
        await asyncio.gather(*[self.work() for _ in range(self.wanted["workers"])])
        print(json.dumps({"requests": self.requests, "connections": self.connections, "failures": self.failures[:50],
                          "failed": len(self.failures)}))


if __name__ == "__main__":
    asyncio.run(Load(json.loads(sys.argv[1])).run())
