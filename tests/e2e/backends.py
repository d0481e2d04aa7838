"""Backends that tell what arrived: HTTP/1.1, HTTP/2, gRPC, WebSocket and plain TCP, with or without TLS.

One thread runs all of them. A request is answered with a JSON object {backend, method, path, raw, headers, version, tls}
unless the backend's `behave` says otherwise.
"""
import asyncio
import base64
import dataclasses
import hashlib
import json
import os
import ssl
import tempfile
import threading
import typing

import h2.config
import h2.connection
import h2.events


# The longest that the loop may take for a call. This only bounds a failure.
PATIENCE_S = 60


@dataclasses.dataclass
class Request:
    method: str
    path: str  # with its query
    headers: list  # of (name in lower case, value)
    version: str
    tls: dict | None = None
    body: bytes = b""

    def header(self, name):
        return next((value for key, value in self.headers if key == name), None)


@dataclasses.dataclass
class Answer:
    """What a backend's `behave` returns to answer something else than the echo."""
    status: int = 200
    delay_s: float = 0
    until: threading.Event | None = None  # the answer comes after it
    headers: dict = dataclasses.field(default_factory=dict)
    body: bytes | None = None  # None: the echo


class Backend:
    """One listening port. `requests` holds what arrived, oldest first."""

    def __init__(self, loop, name, *, tls=None, behave=None, raw=False, address="127.0.0.1", port=0):
        self.name, self.behave, self.raw = name, behave or (lambda request: Answer()), raw
        self.requests: list[Request] = []
        self.connections = 0
        self._loop, self._writers = loop, set()
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._serve, address, port, ssl=tls, backlog=1024), loop).result(PATIENCE_S)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self):
        async def close():
            self._server.close()
            # A request that is in the kernel's hands already: it is read in the next round of the loop, answered in those after.
            for _ in range(5):
                await asyncio.sleep(0)
            for writer in list(self._writers):
                writer.close()
        asyncio.run_coroutine_threadsafe(close(), self._loop).result(PATIENCE_S)

    async def _serve(self, reader, writer):
        self.connections += 1
        self._writers.add(writer)
        try:
            peer = writer.get_extra_info("peercert")
            tls = None
            if ssl_object := writer.get_extra_info("ssl_object"):
                names = dict(pair[0] for pair in peer["subject"]) if peer else {}
                tls = {"sni": getattr(ssl_object, "sni", None), "client": names.get("commonName"), "alpn": ssl_object.selected_alpn_protocol()}
            if self.raw:
                while data := await reader.read(65536):
                    writer.write(self.name.encode() + b":" + data)
                    await writer.drain()
                return
            first = await reader.readuntil(b"\r\n")
            if first.startswith(b"PRI * HTTP/2.0"):
                await self._http2(reader, writer, first, tls)
            else:
                await self._http1(reader, writer, first, tls)
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError, TimeoutError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    def _echo(self, request):
        path, _, raw = request.path.partition("?")
        return json.dumps({"backend": self.name, "method": request.method, "path": path, "raw": raw, "version": request.version,
                           "headers": request.headers, "tls": request.tls, "body": request.body.decode("latin-1")}).encode()

    async def _answer(self, request):
        self.requests.append(request)
        answer = self.behave(request)
        if answer.delay_s:
            await asyncio.sleep(answer.delay_s)
        while answer.until and not answer.until.is_set():
            await asyncio.sleep(0.01)
        return answer, self._echo(request) if answer.body is None else answer.body

    async def _http1(self, reader, writer, line, tls):
        while line:
            method, path, _ = line.decode("latin-1").split(" ", 2)
            headers = []
            while (field := await reader.readuntil(b"\r\n")) != b"\r\n":
                name, _, value = field.decode("latin-1").partition(":")
                headers.append((name.strip().lower(), value.strip()))
            request = Request(method, path, headers, "HTTP/1.1", tls)
            if request.header("upgrade") == "websocket":
                return await self._websocket(request, reader, writer)
            if length := request.header("content-length"):
                request.body = await reader.readexactly(int(length))
            elif request.header("transfer-encoding") == "chunked":
                while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
                    request.body += (await reader.readexactly(size + 2))[:-2]
                await reader.readuntil(b"\r\n")
            answer, body = await self._answer(request)
            head = f"HTTP/1.1 {answer.status} Status\r\ncontent-length: {len(body)}\r\n"
            head += "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
            writer.write(head.encode("latin-1") + b"\r\n" + (b"" if method == "HEAD" else body))
            await writer.drain()
            line = await reader.readuntil(b"\r\n")

    async def _websocket(self, request, reader, writer):
        self.requests.append(request)
        accept = hashlib.sha1((request.header("sec-websocket-key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: "
                     + base64.b64encode(accept) + b"\r\n\r\n")
        while True:
            opcode, length = await reader.readexactly(2)
            mask = await reader.readexactly(4)
            payload = bytes(byte ^ mask[i % 4] for i, byte in enumerate(await reader.readexactly(length & 0x7F)))
            reply = self.name.encode() + b":" + payload
            writer.write(bytes([opcode, len(reply)]) + reply)
            if opcode & 0x0F == 8:
                return

    async def _http2(self, reader, writer, first, tls):
        connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="latin-1"))
        connection.initiate_connection()
        writer.write(connection.data_to_send())
        requests, data = {}, first
        while data:
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    pseudo = {name: value for name, value in event.headers if name.startswith(":")}
                    plain = [(name, value) for name, value in event.headers if not name.startswith(":")]
                    requests[event.stream_id] = Request(pseudo[":method"], pseudo[":path"], [("host", pseudo.get(":authority", "")), *plain],
                                                        "HTTP/2", tls)
                elif isinstance(event, h2.events.DataReceived):
                    requests[event.stream_id].body += event.data
                    connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded):
                    asyncio.ensure_future(self._http2_answer(connection, writer, event.stream_id, requests.pop(event.stream_id)))
                elif isinstance(event, h2.events.StreamReset):
                    requests.pop(event.stream_id, None)
            writer.write(connection.data_to_send())
            data = await reader.read(65536)

    async def _http2_answer(self, connection, writer, stream, request):
        answer, body = await self._answer(request)
        grpc = (request.header("content-type") or "").startswith("application/grpc")
        try:
            headers = [(":status", str(answer.status)), *answer.headers.items()]
            if grpc:
                connection.send_headers(stream, [*headers, ("content-type", "application/grpc")])
                connection.send_data(stream, b"\0" + len(request.body[5:]).to_bytes(4, "big") + request.body[5:])
                connection.send_headers(stream, [("grpc-status", "0"), ("grpc-message", self.name)], end_stream=True)
            else:
                connection.send_headers(stream, [*headers, ("content-length", str(len(body)))])
                connection.send_data(stream, body, end_stream=True)
        except h2.exceptions.ProtocolError:
            pass  # the client went away
        writer.write(connection.data_to_send())


def server_tls(pair, *, client_authority=None, alpn=("h2", "http/1.1")):
    """A server's context from (certificate, key); with an authority, clients must present a certificate of it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "pair.pem")
        with open(path, "wb") as file:
            file.write(pair[0] + pair[1])
        context.load_cert_chain(path)
    context.set_alpn_protocols(list(alpn))
    if client_authority:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=client_authority.decode())

    def remember(ssl_object, name, _):
        ssl_object.sni = name
    context.sni_callback = remember
    return context


class Backends:
    """Starts backends, and ends them all."""

    def __init__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._backends: list[Backend] = []

    def start(self, name, **options: typing.Any) -> Backend:
        self._backends.append(Backend(self._loop, name, **options))
        return self._backends[-1]

    def close(self):
        for backend in self._backends:
            backend.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
