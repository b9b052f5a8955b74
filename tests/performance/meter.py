"""What a way of doing something costs: on the wall, on a processor in the client and its children, in the database's processes."""

from __future__ import annotations

import os
import resource
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

Way = tuple[str, Callable[[], object], Callable[[], object]]  # its name, what is measured, and what is done before


@dataclass
class Cost:
    """Seconds of each round."""

    wall: list[float] = field(default_factory=list)
    client: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)

    @property
    def typical(self) -> float:
        return statistics.median(self.wall)

    @property
    def processor(self) -> float:
        return statistics.median(self.client) + statistics.median(self.database)

    def __str__(self) -> str:
        middle = [statistics.median(times) for times in (self.wall, self.client, self.database)]
        return f"{middle[0]:8.2f} ({min(self.wall):6.2f} – {max(self.wall):6.2f}) {middle[1]:8.2f} {middle[2]:8.2f}"


def taken_in_turns(ways: list[Way], rounds: int) -> dict[str, Cost]:
    """Every way once in each round, so that what else runs on the machine falls on all of them."""
    costs = {name: Cost() for name, _work, _before in ways}
    for _ in range(rounds):
        for name, work, before in ways:
            before()
            measure(work, costs[name])
    return costs


def measure(work: Callable[[], object], cost: Cost) -> None:
    server = _server()
    database, client, started = _of_server(server), _of_client(), time.perf_counter()
    work()
    cost.wall.append(time.perf_counter() - started)
    cost.client.append(_of_client() - client)
    time.sleep(0.2)  # a server process that has ended is added up by its parent
    cost.database.append(_of_server(server) - database)


def _of_client() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _server() -> int:
    """The process all of the database's processes come from; 0 where it is on another machine."""
    connection.ensure_connection()
    with suppress(OSError):
        return int(_stat(connection.connection.info.backend_pid)[1])
    return 0


def _of_server(server: int) -> float:
    """Seconds on a processor of the server's processes, also of those that have ended."""
    if not server:
        return 0.0
    ticks = sum(int(value) for value in _stat(server)[11:15])
    for folder in Path("/proc").iterdir():
        with suppress(OSError, IndexError):  # one that ends while it is looked at
            if folder.name.isdigit() and int((own := _stat(int(folder.name)))[1]) == server:
                ticks += int(own[11]) + int(own[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(process: int) -> list[str]:
    return Path(f"/proc/{process}/stat").read_text("ascii", "replace").rsplit(")", 1)[1].split()
