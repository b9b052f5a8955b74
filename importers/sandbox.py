"""Looking into a file in a process of its own, that has no network, no database, no secrets, and is killed when it takes too much.

The parent writes what the register knows into a folder; the child (`python -m importers.sandbox FOLDER`) confines itself, reads the
file and leaves one JSON document there. Whatever happens to the child — it may crash inside a library — the parent gets a document.
"""

from __future__ import annotations

import json
import logging
import mimetypes
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from importers import confinement

if TYPE_CHECKING:
    from importers.inspection import Known

logger = logging.getLogger(__name__)

_BASE: Final = Path(__file__).resolve().parent.parent
_REQUEST, _KNOWN, _ANSWER, _WORK = "request.json", "known.npz", "answer.json", "work"
_MAX_ANSWER_BYTES: Final = 64 * 1024 * 1024
_OUT_OF_MEMORY: Final = 3
# What the interpreter and the libraries read besides their own folders.
_SYSTEM: Final = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache", "/etc/localtime", "/proc/self",
    "/dev/null", "/dev/urandom",
)  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """What a child may take. `seconds` is both time on the clock and processor time."""

    seconds: int = 300
    memory_bytes: int = 4 * 1024**3
    file_bytes: int = 2 * 1024**3


DEFAULT_LIMITS: Final = Limits()


def inspect(given: str | Path, known: Known, limits: Limits = DEFAULT_LIMITS) -> dict[str, Any]:
    """The document of `Inspection.as_dict`. Where the child failed, its problem is inspection_too_slow, inspection_too_large or
    reader_failed.
    """
    path = Path(given).absolute()
    with TemporaryDirectory(prefix="yudi-sandbox-") as name:
        folder = Path(name)
        (folder / _WORK).mkdir()
        known.save(folder / _KNOWN)
        (folder / _REQUEST).write_text(json.dumps({"path": str(path), "limits": asdict(limits)}), "utf-8")
        failure = _run(folder, limits)
        if failure is None:
            answer = _answer(folder / _ANSWER)
            if answer is not None:
                return answer
            failure = "reader_failed"
    return _failed(path, failure, limits)


def _run(folder: Path, limits: Limits) -> str | None:
    """The code of what went wrong with the child, or None."""
    # Nothing of this process's environment: neither the database's address nor the secret key.
    environment = {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(_BASE),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": str(folder / _WORK),
        # Threads of a library for linear algebra would only take address space.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    child = subprocess.Popen(  # noqa: S603  our own interpreter and module
        [sys.executable, "-m", "importers.sandbox", str(folder)],
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _out, told = child.communicate(timeout=limits.seconds + 10)
    except subprocess.TimeoutExpired:
        _kill(child)
        child.communicate()
        return "inspection_too_slow"
    except BaseException:
        _kill(child)
        raise
    if child.returncode == 0:
        return None
    logger.error("sandbox child ended with %s: %s", child.returncode, told[-4000:].decode("utf-8", "replace"))
    if child.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        return "inspection_too_slow"
    return "inspection_too_large" if child.returncode == _OUT_OF_MEMORY else "reader_failed"


def _kill(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def _answer(path: Path) -> dict[str, Any] | None:
    if not path.is_file() or path.stat().st_size > _MAX_ANSWER_BYTES:
        return None
    try:
        answer = json.loads(path.read_text("utf-8"))
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _failed(path: Path, code: str, limits: Limits) -> dict[str, Any]:
    from importers.inspection import Inspection, Part
    from importers.inspection.model import Found
    from importers.problems import Problem

    values = {"seconds": limits.seconds, "mb": limits.memory_bytes // 1024**2, "name": path.name}
    size = path.stat().st_size if path.is_file() else 0
    return Inspection(path.name, size, "", [Part(problems=[Found(Problem(code, values=values))])]).as_dict()


# --- the child --------------------------------------------------------------------------------------------------------


def _confine(folder: Path, path: Path, limits: Limits) -> None:
    confinement.limit_resources(memory_bytes=limits.memory_bytes, seconds=limits.seconds, file_bytes=limits.file_bytes)
    own = [_BASE / "importers", _BASE / "gis", Path(sys.prefix), Path(sys.base_prefix) / "lib", *map(Path, _SYSTEM)]
    given = [path] if path.is_dir() else [one for one in path.parent.glob("*") if one.stem == path.stem] if path.exists() else []
    confinement.allow_only_files(
        read=[*own, *given, *(one.resolve() for one in given)], look=[path.parent, path.resolve().parent], write=[folder]
    )
    confinement.refuse_network_and_programs()


def _child(folder: Path) -> int:
    request = json.loads((folder / _REQUEST).read_text("utf-8"))
    path, limits = Path(request["path"]), Limits(**request["limits"])
    mimetypes.init(files=[])  # the reader of workbooks asks for it, and would look around in /etc
    _confine(folder, path, limits)
    try:
        _without_database()
        from importers.inspection import inspect as look_into
        from importers.inspection.known import Known

        answer = json.dumps(look_into(path, Known.load(folder / _KNOWN)).as_dict(), ensure_ascii=False)
        (folder / _ANSWER).write_text(answer, "utf-8", "surrogatepass")
    except MemoryError:
        return _OUT_OF_MEMORY
    return 0


def _without_database() -> None:
    """Django only words the refusals here; it is given nothing of the office's settings."""
    from django.apps import apps
    from django.conf import settings

    settings.configure(
        LANGUAGE_CODE="zh-hans", USE_I18N=True, LOCALE_PATHS=[str(_BASE / app / "locale") for app in ("importers", "gis")]
    )
    apps.populate([])


if __name__ == "__main__":
    sys.exit(_child(Path(sys.argv[1])))
