#!/usr/bin/python3
"""An HTTPS server over HTTP/2 that misbehaves as asked, for the tests of the transport in nuncio/kube.

usage: fake_api_server.py FOLDER      writes ca.crt, other-ca.crt, client.crt, client.key; prints its port; ends with its stdin

Paths, whatever their query:
  /echo            a JSON object of what the server saw: method, path, headers, number of the connection, the client's name
  /stream          a first line, and then nothing, for ever
  /silent          the connection is neither read nor written any more, as if the host had gone
  /mute            this request alone gets no answer
  /half            a first line and the half of a second one, then a proper end
  /reset           the same, then the stream is reset
  /cut             the same, then the connection is closed without a word (no close_notify)
  /goaway          an answer, after which the connection takes no new requests
  /gzip            "a body that was compressed", if the client offers to decompress it
  /gzip-cut        the first half of that
  /busy            429 with Retry-After
  /token           200 for "Bearer good", 401 otherwise
  /rotate          from the next connection on the server's certificate is the one of the other authority, and back
"""
import gzip
import json
import pathlib
import socket
import ssl
import struct
import sys
import threading

import h2.config
import h2.connection
import h2.events

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cluster"))
from pki import Pki  # noqa: E402

COMPRESSED = gzip.compress(b"a body that was compressed")
HALF = b"one\ntw"


class Server:
    def __init__(self, folder: pathlib.Path):
        self.contexts = []
        for name in ("first", "other"):
            pki = Pki(folder / name, "https://127.0.0.1", name)
            pki.certificate("server", "server", "test", ("127.0.0.1", "localhost", "api.test"))
            if name == "first":
                pki.certificate("client", "the client", "test")
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(folder / name / "server.crt", folder / name / "server.key")
            context.load_verify_locations(folder / "first" / "ca.crt")
            context.verify_mode = ssl.CERT_OPTIONAL
            context.set_alpn_protocols(["h2"])
            self.contexts.append(context)
        (folder / "ca.crt").write_bytes((folder / "first/ca.crt").read_bytes())
        (folder / "other-ca.crt").write_bytes((folder / "other/ca.crt").read_bytes())
        for name in ("client.crt", "client.key"):
            (folder / name).write_bytes((folder / "first" / name).read_bytes())
        self.current = 0
        self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def run(self):
        while True:
            raw, _ = self.listener.accept()
            self.connections += 1
            threading.Thread(target=self.serve, args=(raw, self.connections), daemon=True).start()

    def serve(self, raw, number):
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            tls = self.contexts[self.current].wrap_socket(raw, server_side=True)
            Connection(self, tls, number).run()
        except (OSError, ssl.SSLError):
            pass


class Connection:
    def __init__(self, server, tls, number):
        self.server, self.tls, self.number = server, tls, number
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
        self.alive = True

    def run(self):
        self.h2.initiate_connection()
        self.flush()
        while self.alive and (data := self.tls.recv(65536)):
            for event in self.h2.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    self.answer(event.stream_id, dict(event.headers))
                if not self.alive:
                    return
            self.flush()

    def flush(self):
        self.tls.sendall(self.h2.data_to_send())

    def head(self, stream, status, *headers):
        self.h2.send_headers(stream, [(":status", str(status)), *headers])

    def whole(self, stream, status, body, *headers):
        self.head(stream, status, *headers)
        self.h2.send_data(stream, body, end_stream=True)

    def answer(self, stream, headers):
        what = headers[":path"].split("?")[0].strip("/").replace("-", "_")
        getattr(self, f"do_{what}", self.do_missing)(stream, headers)

    def do_missing(self, stream, headers):
        self.whole(stream, 404, b"no such path")

    def do_echo(self, stream, headers):
        certificate = self.tls.getpeercert()
        client = dict(pair[0] for pair in certificate["subject"]).get("commonName", "") if certificate else ""
        seen = {"path": headers[":path"], "method": headers[":method"], "headers": headers, "connection": self.number, "client": client}
        self.whole(stream, 200, json.dumps(seen).encode())

    def do_version(self, stream, headers):
        self.whole(stream, 403, b"{}")

    def do_stream(self, stream, headers):
        self.head(stream, 200)
        self.h2.send_data(stream, b"one\n")

    def do_silent(self, stream, headers):
        threading.Event().wait()

    def do_mute(self, stream, headers):
        pass

    def do_half(self, stream, headers):
        self.whole(stream, 200, HALF)

    def do_reset(self, stream, headers):
        self.head(stream, 200)
        self.h2.send_data(stream, HALF)
        self.flush()
        self.h2.reset_stream(stream, error_code=2)

    def do_cut(self, stream, headers):
        self.head(stream, 200)
        self.h2.send_data(stream, HALF)
        self.flush()
        self.tls.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.tls.close()
        self.alive = False

    def do_goaway(self, stream, headers):
        self.whole(stream, 200, b"bye")
        self.flush()
        # As kube-apiserver does with --goaway-chance: what is under way may end.
        frame = struct.pack(">I", 8)[1:] + b"\x07\x00" + struct.pack(">I", 0) + struct.pack(">II", stream, 0)
        self.tls.sendall(frame)

    def do_gzip(self, stream, headers):
        if "gzip" in headers.get("accept-encoding", ""):
            self.whole(stream, 200, COMPRESSED, ("content-encoding", "gzip"))
        else:
            self.whole(stream, 406, b"")

    def do_gzip_cut(self, stream, headers):
        self.whole(stream, 200, COMPRESSED[: len(COMPRESSED) // 2], ("content-encoding", "gzip"))

    def do_busy(self, stream, headers):
        self.whole(stream, 429, b"{}", ("retry-after", "7"))

    def do_token(self, stream, headers):
        good = headers.get("authorization") == "Bearer good"
        self.whole(stream, 200 if good else 401, b"{}")

    def do_rotate(self, stream, headers):
        self.server.current = 1 - self.server.current
        self.whole(stream, 200, b"{}")


def main():
    server = Server(pathlib.Path(sys.argv[1]))
    threading.Thread(target=server.run, daemon=True).start()
    print(server.port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
