"""A process that enacts decisions in children of its own, so that they can be killed: run as a program by test_two_people.

Each line of standard input is ``decision fingerprint point``; it forks a child, prints ``pid N``, waits for it and prints ``ended``
with its exit status (-9: killed) and the number of points it came by. Points are counted from 1: after every statement sent to the
database, and before and after the commit. At its `point` (0: never) the child kills itself with SIGKILL; anybody else may do it
earlier. No connection is open when it forks.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any


def main() -> None:
    import django

    django.setup()
    from django.db import connections

    # Everything is imported once, here.
    from boundaries.services import decisions  # noqa: F401

    connections.close_all()
    print("ready", flush=True)
    for line in sys.stdin:
        decision, fingerprint, point = line.split()
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            _enact(int(decision), fingerprint, int(point), writer)
        os.close(writer)
        print("pid", child, flush=True)
        _pid, status = os.waitpid(child, 0)
        with os.fdopen(reader) as told:
            count = len(told.read())
        print("ended", os.waitstatus_to_exitcode(status), count, flush=True)


def _enact(decision: int, fingerprint: str, point: int, writer: int) -> None:
    from django.db import connection

    from boundaries.models import Decision
    from boundaries.services import decisions

    count = 0

    def come_by() -> None:
        nonlocal count
        count += 1
        os.write(writer, b".")
        if count == point:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(execute: Callable[..., Any], *arguments: Any) -> Any:
        result = execute(*arguments)
        come_by()
        return result

    commit = connection._commit  # type: ignore[attr-defined]

    def commit_counted() -> None:
        come_by()
        commit()
        come_by()

    status = 1
    try:
        held = Decision.objects.get(pk=decision)
        connection._commit = commit_counted  # type: ignore[attr-defined]
        with connection.execute_wrapper(counted):
            decisions.enact(None, held, fingerprint, reason="试验", redraw=False)
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
