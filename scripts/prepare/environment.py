"""The Python environment: a venv under var/, filled from lock files with hashes."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from prepare.console import Command, run_logged, say
from prepare.paths import Paths
from prepare.stamps import Stamp, digest

RUNTIME = "runtime.txt"
DEVELOPMENT = "development.txt"
BENCH = "bench.txt"


class PythonEnvironment:
    """A venv that holds the packages of one or more lock files.

    It counts as whole only while its stamps match: one for the venv itself (its place and interpreter, since a venv cannot
    be moved) and one for each lock file. Anything else is made anew.
    """

    def __init__(self, paths: Paths, folder: Path, lock_names: Sequence[str]) -> None:
        self.folder = folder
        self.python = folder / "bin" / "python"
        self.log = paths.logs / "setup.log"
        self.temporary = paths.state / "tmp" / folder.name
        self.locks = {name: paths.locks / name for name in lock_names}
        self._place = Stamp(paths.stamps, folder.name)
        self._place_value = digest(str(folder), platform.python_version(), os.path.realpath(sys.executable))
        self._stamps = {name: Stamp(paths.stamps, f"{folder.name}-{name}") for name in (RUNTIME, DEVELOPMENT, BENCH)}

    def is_outdated(self) -> bool:
        return not self._exists() or not all(self._stamps[name].matches(digest(lock)) for name, lock in self.locks.items())

    def bring_up_to_date(self) -> None:
        if not self._exists():
            say("创建 Python 环境", "Making the Python environment")
            self._forget()
            run_logged([sys.executable, "-m", "venv", "--clear", self.folder], self.log)
            self._place.write(self._place_value)
        say("安装 Python 依赖（约半分钟）", "Installing the Python packages, about half a minute")
        command: Command = [self.python, "-m", "pip", "install", "--no-input", "--require-hashes"]
        for lock in self.locks.values():
            command += ["-r", lock]
        self._forget()  # until pip is through, nothing is known about the venv
        self.temporary.mkdir(parents=True, exist_ok=True)
        try:
            run_logged(command, self.log, env=pip_environment() | {"TMPDIR": str(self.temporary)})
        finally:
            shutil.rmtree(self.temporary, ignore_errors=True)  # pip leaves hundreds of megabytes behind when interrupted
        self._place.write(self._place_value)
        for name, lock in self.locks.items():
            self._stamps[name].write(digest(lock))

    def _exists(self) -> bool:
        return self.python.exists() and self._place.matches(self._place_value)

    def _forget(self) -> None:
        for stamp in (self._place, *self._stamps.values()):
            stamp.remove()


def pip_environment() -> dict[str, str]:
    """The caller's, less what would lead pip to another place than the venv."""
    dropped = {"PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "VIRTUAL_ENV"}
    return {name: value for name, value in os.environ.items() if name not in dropped}


def child_environment(paths: Paths, **more: str) -> dict[str, str]:
    """The environment in which this project's own Python programs run, wherever the caller stands."""
    environment = pip_environment() | {"PYTHONUTF8": "1", "VIRTUAL_ENV": str(paths.venv)}
    environment["PATH"] = os.pathsep.join((str(paths.venv / "bin"), os.environ.get("PATH", os.defpath)))
    if os.environ.get("YUDI_STATE_DIR"):
        environment["YUDI_STATE_DIR"] = str(paths.state)
    return environment | more


def output_of(python: Path, program: str, *arguments: str) -> str | None:
    """What a short Python program prints; None when it fails."""
    result = subprocess.run([python, "-I", "-c", program, *arguments], capture_output=True, text=True, check=False)
    return result.stdout if result.returncode == 0 else None
