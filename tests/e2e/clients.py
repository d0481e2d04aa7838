"""Clients that show what a user of the gateway sees."""
import dataclasses
import http.client
import json
import os
import socket
import ssl
import tempfile

import h2.config
import h2.connection
import h2.events


# The longest that a gateway may be silent. This only bounds a failure.
PATIENCE_S = 60


@dataclasses.dataclass
class Response:
    status: int
    headers: list  # of (name in lower case, value)
    body: bytes
    trailers: list = dataclasses.field(default_factory=list)

    def header(self, name):
        return next((value for key, value in self.headers if key == name), None)

    @property
    def echo(self):
        """What the backend says that it saw."""
        return json.loads(self.body)

    @property
    def backend(self):
        """Which one answered; None: the gateway itself."""
        return self.echo["backend"] if self.body.startswith(b"{") else None


def client_tls(authority=None, *, pair=None, alpn=("http/1.1",)):
    """A client's context. Without an authority it takes any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = authority is not None
    if authority is None:
        context.verify_mode = ssl.CERT_NONE
    else:
        context.load_verify_locations(cadata=authority.decode())
    if pair:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "pair.pem")
            with open(path, "wb") as file:
                file.write(pair[0] + pair[1])
            context.load_cert_chain(path)
    context.set_alpn_protocols(list(alpn))
    return context


def connect(port, *, tls=None, sni=None, timeout=PATIENCE_S):
    connection = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    try:
        return tls.wrap_socket(connection, server_hostname=sni) if tls else connection
    except BaseException:
        connection.close()
        raise


def send(connection, method, path, host, headers=None, body=b""):
    fields = {"host": host, **(headers or {})}
    if body or method in ("POST", "PUT"):
        fields.setdefault("content-length", str(len(body)))
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    connection.sendall(head.encode("latin-1") + b"\r\n" + body)


def receive(connection, method="GET"):
    answer = http.client.HTTPResponse(connection, method=method)
    answer.begin()
    body = answer.read()
    return Response(answer.status, [(name.lower(), value) for name, value in answer.getheaders()], body)


def get(port, path="/", *, host="example.com", headers=None, method="GET", body=b"", tls=None, sni=None, timeout=PATIENCE_S):
    """One HTTP/1.1 request over a connection of its own."""
    with connect(port, tls=tls, sni=sni or host.split(":")[0], timeout=timeout) as connection:
        send(connection, method, path, host, {"connection": "close", **(headers or {})}, body)
        return receive(connection, method)


def get_http2(port, path="/", *, host="example.com", headers=(), method="GET", body=b"", tls=None, sni=None, timeout=PATIENCE_S):
    """One HTTP/2 request over a connection of its own; without TLS by prior knowledge."""
    with connect(port, tls=tls, sni=sni or host.split(":")[0], timeout=timeout) as connection:
        if tls:
            assert connection.selected_alpn_protocol() == "h2", connection.selected_alpn_protocol()
        state = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="latin-1"))
        state.initiate_connection()
        state.send_headers(1, [(":method", method), (":scheme", "https" if tls else "http"), (":authority", host), (":path", path), *headers],
                           end_stream=not body)
        if body:
            state.send_data(1, body, end_stream=True)
        connection.sendall(state.data_to_send())
        response = Response(0, [], b"")
        while data := connection.recv(65536):
            for event in state.receive_data(data):
                if isinstance(event, h2.events.ResponseReceived):
                    response.status = int(dict(event.headers)[":status"])
                    response.headers = [header for header in event.headers if not header[0].startswith(":")]
                elif isinstance(event, h2.events.DataReceived):
                    response.body += event.data
                    state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.TrailersReceived):
                    response.trailers = event.headers
                elif isinstance(event, h2.events.StreamReset):
                    raise ConnectionError(f"stream reset: {event.error_code}")
                elif isinstance(event, h2.events.StreamEnded):
                    return response
            connection.sendall(state.data_to_send())
        raise ConnectionError("closed before the end of the answer")
