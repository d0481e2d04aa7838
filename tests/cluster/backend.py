#!/usr/bin/python3
"""A backend in a pod: the end-to-end ring's, named $NAME, until SIGTERM. Then it does what a well-kept service does: it answers on
for $LINGER_S seconds, in which its end gets known everywhere, and asks its clients to close their connections.

usage: backend.py PORT
"""
import os
import signal
import sys
import time

from backends import Answer, Backends


def main():
    ended = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.append(True))
    backends = Backends()
    backends.start(os.environ["NAME"], address="0.0.0.0", port=int(sys.argv[1]),
                   behave=lambda request: Answer(headers={"connection": "close"} if ended and request.version == "HTTP/1.1" else {}))
    print(f"listening on {sys.argv[1]}", flush=True)
    while not ended:
        signal.pause()
    time.sleep(float(os.environ.get("LINGER_S", "0")))
    backends.close()


if __name__ == "__main__":
    main()
