"""A server that notes whether anybody came: what must never be asked of anybody."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """Its port, and what came while the context lasts."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.1)
    came: list[bytes] = []
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                peer, _address = server.accept()
            except TimeoutError:
                continue
            came.append(peer.recv(200))
            peer.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.getsockname()[1], came
    finally:
        stop.set()
        thread.join()
        server.close()
