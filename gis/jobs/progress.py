"""The line from a running job to those who watch it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connections
from procrastinate.exceptions import JobAborted

from gis.jobs.models import Job

SECONDS_BETWEEN = 0.25
_LIMIT = 2_147_483_647


class ProgressLine:
    def __init__(self, job_id: int, should_stop: Callable[[], bool]) -> None:
        self.job_id = job_id
        self._should_stop = should_stop
        self._connection: Any = None
        self._last = 0.0

    def tell(self, done: int, total: int, message: str) -> None:
        """Raises `JobAborted` when the worker has been asked to stop."""
        if self._should_stop():
            raise JobAborted
        now = time.monotonic()
        if now - self._last < SECONDS_BETWEEN and done < total:
            return
        self._last = now
        if self._connection is None:
            # The job's own connection may be inside a long transaction, whose writes nobody sees yet.
            self._connection = connections["default"].copy()
        done, total = min(max(done, 0), _LIMIT), min(max(total, 0), _LIMIT)
        with self._connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {Job._meta.db_table} SET done = %s, total = %s, message = %s WHERE id = %s AND state = 'running'",
                [done, total, message, self.job_id],
            )

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


_current: ContextVar[ProgressLine | None] = ContextVar("yudi_progress_line", default=None)


def current_line() -> ProgressLine | None:
    return _current.get()


@contextmanager
def line_for(job: Job, should_stop: Callable[[], bool]) -> Iterator[None]:
    line = ProgressLine(job.pk, should_stop)
    token = _current.set(line)
    try:
        yield
    finally:
        _current.reset(token)
        line.close()
