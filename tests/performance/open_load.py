"""Requests at a fixed rate, whatever the answers take (an open model). Each is timed from the moment it was due, so that a server
that falls behind is seen to.

python -m tests.performance.open_load HOST PORT RATE SECONDS: paths on standard input, one a line, in turn; JSON on standard output.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Load:
    host: str
    port: int
    took_ms: dict[str, list[float]] = field(default_factory=dict)
    failed: int = 0

    async def ask(self, path: str, due: float) -> None:
        """One request on a connection of its own, as a visitor's first is."""
        try:
            reader, writer = await asyncio.open_connection(self.host, self.port)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {self.host}\r\nConnection: close\r\nAccept-Language: zh\r\n\r\n".encode())
            answer = await reader.read(-1)
            writer.close()
        except OSError:
            answer = b""
        took = (time.perf_counter() - due) * 1000
        if answer.startswith(b"HTTP/1.1 200"):
            self.took_ms.setdefault(path.partition("?")[0], []).append(took)
        else:
            self.failed += 1

    async def run(self, paths: list[str], rate: float, seconds: float) -> dict[str, Any]:
        started = time.perf_counter()
        tasks = []
        for number in range(int(rate * seconds)):
            due = started + number / rate
            await asyncio.sleep(max(0, due - time.perf_counter()))
            tasks.append(asyncio.create_task(self.ask(paths[number % len(paths)], due)))
        await asyncio.gather(*tasks)
        return {"seconds": round(time.perf_counter() - started, 2), "failed": self.failed, "took_ms": self.took_ms}


def main() -> None:
    host, port, rate, seconds = sys.argv[1:5]
    paths = sys.stdin.read().split()
    told = asyncio.run(Load(host, int(port)).run(paths, float(rate), float(seconds)))
    print(json.dumps(told))


if __name__ == "__main__":
    main()
