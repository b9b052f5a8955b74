"""The search through the web: gunicorn as scripts/run starts it with the settings of production, asked at a fixed rate."""

from __future__ import annotations

import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote
from urllib.request import urlopen

ROOT: Final = Path(__file__).resolve().parents[2]
WORKERS: Final = ["--workers", "2", "--threads", "4", "--timeout", "120", "--no-control-socket"]
# Of five requests four are suggestions while somebody types, one is the page.
ADDRESSES: Final = ("/api/names/search", "/api/names/search", "/api/names/search", "/api/names/search", "/names/")


def measure(texts: list[str], rate: float, seconds: float) -> None:
    random.Random(44).shuffle(texts)
    paths = [f"{ADDRESSES[at % len(ADDRESSES)]}?q={quote(text)}" for at, text in enumerate(texts)]
    with _served() as port:
        _asked(port, paths, rate, 10)  # dictionaries are read, connections opened
        told = _asked(port, paths, rate, seconds)
    print(f"web: {rate:g} requests/s for {seconds:g} s, load {os.getloadavg()[0]:.1f}, failed {told['failed']}")
    for path, took in sorted(told["took_ms"].items()):
        took.sort()
        print(f"  {path:20}{len(took):6}  p50 {statistics.median(took):7.1f} ms  p95 {took[int(len(took) * 0.95)]:7.1f} ms")


def _asked(port: int, paths: list[str], rate: float, seconds: float) -> dict[str, object]:
    command = [sys.executable, "-m", "tests.performance.open_load", "127.0.0.1", str(port), str(rate), str(seconds)]
    done = subprocess.run(command, input="\n".join(paths), capture_output=True, text=True, check=True, cwd=ROOT)
    return json.loads(done.stdout)


@contextmanager
def _served() -> Iterator[int]:
    with tempfile.TemporaryDirectory() as folder, closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        environment = {
            **os.environ,
            "YUDI_SEARCHES_PER_MINUTE": "1000000",  # all questions come from one address; counting them is part of the cost
            "DJANGO_SETTINGS_MODULE": "gis.settings.production",
            "YUDI_SECRET_KEY": "measured-once-" * 5,
            "YUDI_ALLOWED_HOSTS": "127.0.0.1",
            "YUDI_HTTPS": "0",
            "YUDI_STATIC_ROOT": folder,
        }
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--no-input"], env=environment, cwd=ROOT, check=True, capture_output=True
        )
        web = [sys.executable, "-m", "gunicorn", "gis.wsgi:application", "--bind", f"127.0.0.1:{port}", *WORKERS]
        with (Path(folder) / "web.log").open("w") as log:
            server = subprocess.Popen(web, env=environment, cwd=ROOT, stdout=log, stderr=log)
            try:
                _wait(port)
                yield port
            finally:
                server.terminate()
                server.wait(20)


def _wait(port: int) -> None:
    for _ in range(120):
        try:
            urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).read()
            return
        except OSError:
            time.sleep(0.5)
    raise RuntimeError("gunicorn does not answer")
