"""Long-running programs: started together, watched, and stopped together."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from prepare.console import SetupError, last_lines, say

SECONDS_TO_ANSWER = 90
SECONDS_TO_STOP = 15
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Service:
    name: str
    command: Sequence[str | Path]
    log: Path


@dataclass(frozen=True)
class Address:
    host: str
    port: int

    @property
    def listening(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def from_here(self) -> str:
        """Host by which this machine reaches a server that listens on all its addresses."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared, not bound

    @property
    def url(self) -> str:
        return f"http://{Address(self.from_here, self.port).listening}/"

    def check_free(self) -> None:
        """Raises SetupError when the port is taken or the host is not one of this machine's."""
        try:
            family, kind, protocol, _, place = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(place)
        except OSError as error:
            raise SetupError(
                f"无法使用 {self.listening}：端口可能已被占用（也许另一个 scripts/run 正在运行），可用 --port 另选",
                f"{self.listening} cannot be used, perhaps another scripts/run has it; try --port ({error.strerror})",
            ) from error

    def answers(self, path: str) -> bool:
        connection = http.client.HTTPConnection(self.from_here, self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


class Supervisor:
    """Used as a context: leaving it, in whatever way, stops all that was started.

    Each service leads a process group of its own, so that Ctrl-C reaches only the supervisor, and dies with it (setpriv) even
    when it is killed outright.
    """

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self.environment = dict(environment)
        self.folder = folder
        self.asked_to_stop = False
        self._running: list[tuple[Service, subprocess.Popen[bytes]]] = []

    def __enter__(self) -> Supervisor:
        for number in STOP_SIGNALS:
            if signal.getsignal(number) != signal.SIG_IGN:  # nohup and the like keep their meaning
                signal.signal(number, self._ask_to_stop)
        return self

    def __exit__(self, *_: object) -> None:
        for _service, process in self._running:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + SECONDS_TO_STOP
        for service, process in self._running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                say(f"{service.name} 没有按时停止，强行结束", f"{service.name} did not stop in time and is killed")
                process.kill()
                process.wait()

    def start(self, service: Service) -> None:
        service.log.parent.mkdir(parents=True, exist_ok=True)
        with service.log.open("wb") as sink:
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *service.command],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )
        self._running.append((service, process))

    def wait_until_answering(self, address: Address, path: str) -> None:
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while not self.asked_to_stop and not address.answers(path):
            self._check_alive()
            if time.monotonic() > deadline:
                logs = " ".join(str(service.log) for service, _ in self._running)
                raise SetupError(f"网站没有应答，见 {logs}", f"The web server does not answer, see {logs}")
            time.sleep(0.1)

    def watch(self) -> None:
        """Returns when asked to stop; raises SetupError when a service ends by itself."""
        while not self.asked_to_stop:
            self._check_alive()
            time.sleep(0.3)

    def _check_alive(self) -> None:
        for service, process in self._running:
            if process.poll() is not None:
                raise SetupError(
                    f"{service.name} 意外结束（代码 {process.returncode}），全部停止；日志见 {service.log}",
                    f"{service.name} ended by itself with code {process.returncode}; all is stopped, its log is {service.log}",
                    last_lines(service.log.read_text("utf-8", errors="replace")),
                )

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.asked_to_stop = True
