"""What the preparation says. All of it goes to standard error: standard output belongs to the command that was asked for."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

Command = list[str | Path]
LAST_LINES = 25
SECONDS_TO_TIDY_UP = 20


class SetupError(Exception):
    """The preparation cannot go on; a person has to do something. Carries one sentence in Chinese and one in English."""

    def __init__(self, chinese: str, english: str, details: str = "") -> None:
        super().__init__(english)
        self.chinese = chinese
        self.english = english
        self.details = details.rstrip()


def say(chinese: str, english: str) -> None:
    print(f"· {chinese}\n  {english}", file=sys.stderr, flush=True)


def complain(error: SetupError) -> None:
    if error.details:
        print(error.details, file=sys.stderr)
    print(f"✗ {error.chinese}\n  {error.english}", file=sys.stderr, flush=True)


def last_lines(text: str, count: int = LAST_LINES) -> str:
    return "\n".join(text.splitlines()[-count:])


def run_logged(command: Sequence[str | Path], log: Path, **options: Any) -> None:
    """Runs a command with its output appended to `log`; a failure shows the end of that output.

    Raises SetupError when the command cannot be started or exits non-zero.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as sink:
        print("$", *command, file=sink, flush=True)
        begin = sink.tell()
        try:
            with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, **options) as process:
                code = _wait(process)
        except OSError as error:
            raise SetupError(f"无法运行 {command[0]}", f"Cannot run {command[0]}: {error}") from error
    if code:
        with log.open(encoding="utf-8", errors="replace") as source:
            source.seek(begin)
            printed = source.read()
        raise SetupError(
            f"命令失败（代码 {code}），全部输出见 {log}",
            f"Command failed with code {code}, full output in {log}: {' '.join(map(str, command))}",
            last_lines(printed),
        )


def _wait(process: subprocess.Popen[bytes]) -> int:
    """An interruption is passed on and the command given time to tidy up: a package manager must not be killed half-way."""
    try:
        return process.wait()
    except KeyboardInterrupt:
        with suppress(PermissionError):  # root's process, through sudo; the terminal's Ctrl-C has reached it
            process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS_TO_TIDY_UP)
        with suppress(PermissionError):
            process.kill()
        raise
