"""What the hostile tests share: a server that notes whether a file made anybody come."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest


@pytest.fixture
def listener() -> Any:
    """Port of a server, and what came to it."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    came: list[bytes] = []
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                peer, _ = server.accept()
            except TimeoutError:
                continue
            came.append(peer.recv(200))
            peer.close()

    thread = threading.Thread(target=serve)
    thread.start()
    yield server.getsockname()[1], came
    stop.set()
    thread.join()
    server.close()
