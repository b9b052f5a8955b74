"""What workers look after beside the queue: each app registers a look that finds work left undone and queues it."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import connections

logger = logging.getLogger(__name__)

Look = Callable[[], None]

_looks: dict[str, Look] = {}


def register(key: str, look: Look) -> None:
    if _looks.get(key, look) != look:
        raise RuntimeError(f"the look {key} is registered twice")
    _looks[key] = look


def look_after_everything() -> None:
    """One that fails is logged and does not keep the others from being done."""
    try:
        for key, look in _looks.items():
            try:
                look()
            except Exception:
                logger.exception("looking after %s failed", key)
    finally:
        connections.close_all()  # the thread's own; it may not come by again
