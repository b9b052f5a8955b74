"""Looking into a file, and reading it, in a process of its own that has no network, no database, no secrets, and is killed when it
takes too much.

The parent writes what the register knows into a folder; the child (`python -m importers.sandbox FOLDER`) confines itself, reads the
file and leaves one JSON document there. Whatever happens to the child — it may crash inside a library — the parent gets a document.
"""

from __future__ import annotations

import json
import logging
import mimetypes
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from importers import confinement

if TYPE_CHECKING:
    from importers.inspection import Known
    from importers.readers import Table
    from importers.readers.tracks.packing import Packed

logger = logging.getLogger(__name__)

_BASE: Final = Path(__file__).resolve().parent.parent
_REQUEST, _KNOWN, _ANSWER, _TABLE, _WORK = "request.json", "known.npz", "answer.json", "table.npz", "work"
_TRACK: Final = "track.npz"
_MAX_ANSWER_BYTES: Final = 64 * 1024 * 1024
_OUT_OF_MEMORY: Final = 3
# As Python, C++ and the C library say it when they go down.
_OUT_OF_MEMORY_WORDS: Final = (b"MemoryError", b"bad_alloc", b"annot allocate memory", b"out of memory")
_MAYBE_MEMORY: Final = frozenset({"unreadable_file", "reader_failed"})
_NEARLY_ALL: Final = 0.8
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
    with _asked({"path": str(path)}, known, limits) as (folder, failure):
        answer = None if failure else _answer(folder / _ANSWER)
        return answer or _failed(path, failure or "reader_failed", limits)


def read(given: str | Path, known: Known, layer: str = "", encoding: str = "", limits: Limits = DEFAULT_LIMITS) -> Table:
    """The rows of a layer, as `importers.readers.choosing.read_chosen` gives them; raises as it does, and inspection_too_slow,
    inspection_too_large or reader_failed where the child failed.
    """
    from importers.problems import Problem
    from importers.readers import packing
    from importers.readers.errors import refuse

    path = Path(given).absolute()
    with _asked({"path": str(path), "layer": layer, "encoding": encoding}, known, limits) as (folder, failure):
        if failure is None:
            answer = _answer(folder / _ANSWER)
            if answer is not None and "error" in answer:
                raise refuse(answer["error"]["code"], answer["error"]["message"].replace("%", "%%"), name=path.name)
            with suppress(ValueError, KeyError, OSError, TypeError):
                return packing.load(folder / _TABLE)
        told = Problem(failure or "reader_failed", values=_values(path, limits)).as_dict()
        raise refuse(told["code"], told["message"].replace("%", "%%"), name=path.name)


def read_track(given: str | Path, name: str, limits: Limits = DEFAULT_LIMITS) -> Packed:
    """What was walked in a track file; `name` is what people call it. Raises as `importers.readers.tracks.read`, and as `read`."""
    from importers.problems import Problem
    from importers.readers.errors import refuse
    from importers.readers.tracks import packing

    path = Path(given).absolute()
    with _asked({"path": str(path), "track": name}, None, limits) as (folder, failure):
        if failure is None:
            answer = _answer(folder / _ANSWER)
            if answer is not None and "error" in answer:
                raise refuse(answer["error"]["code"], answer["error"]["message"].replace("%", "%%"), name=name)
            with suppress(ValueError, KeyError, OSError, TypeError):
                return packing.load(folder / _TRACK)
        told = Problem(failure or "reader_failed", values={**_values(path, limits), "name": name}).as_dict()
        raise refuse(told["code"], told["message"].replace("%", "%%"), name=name)


@contextmanager
def _asked(request: dict[str, Any], known: Known | None, limits: Limits) -> Iterator[tuple[Path, str | None]]:
    """The folder with the child's answer, and the code of what went wrong with it."""
    with TemporaryDirectory(prefix="yudi-sandbox-") as name:
        folder = Path(name)
        (folder / _WORK).mkdir()
        if known is not None:
            known.save(folder / _KNOWN)
        (folder / _REQUEST).write_text(json.dumps({**request, "limits": asdict(limits)}), "utf-8")
        yield folder, _run(folder, limits)


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
    without_memory = child.returncode == _OUT_OF_MEMORY or any(words in told for words in _OUT_OF_MEMORY_WORDS)
    return "inspection_too_large" if without_memory else "reader_failed"


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

    values = _values(path, limits)
    size = path.stat().st_size if path.is_file() else 0
    return Inspection(path.name, size, "", [Part(problems=[Found(Problem(code, values=values))])]).as_dict()


def _values(path: Path, limits: Limits) -> dict[str, Any]:
    return {"seconds": limits.seconds, "mb": limits.memory_bytes // 1024**2, "name": path.name}


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
        answer = _read_track(folder, path, request["track"]) if "track" in request else _with_known(folder, path, request)
        if answer.get("error", {}).get("code") in _MAYBE_MEMORY and _is_at_its_end(limits):
            return _OUT_OF_MEMORY
        (folder / _ANSWER).write_text(json.dumps(answer, ensure_ascii=False), "utf-8", "surrogatepass")
    except MemoryError:
        return _OUT_OF_MEMORY
    return 0


def _is_at_its_end(limits: Limits) -> bool:
    """Whether all the address space there is was asked for: a library may call that a broken file."""
    found = re.search(r"VmPeak:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii", "replace"))
    return found is not None and int(found[1]) * 1024 > _NEARLY_ALL * limits.memory_bytes


def _with_known(folder: Path, path: Path, request: dict[str, Any]) -> dict[str, Any]:
    from importers.inspection.known import Known

    known = Known.load(folder / _KNOWN)
    return _read(folder, path, request, known) if "layer" in request else _look(path, known)


def _read_track(folder: Path, path: Path, name: str) -> dict[str, Any]:
    from gis.errors import DomainError
    from importers.readers import tracks
    from importers.readers.tracks import packing

    try:
        packing.save(tracks.read(path, name), folder / _TRACK)
    except DomainError as error:
        return {"error": {"code": error.code, "message": str(error)}}
    return {}


def _look(path: Path, known: Known) -> dict[str, Any]:
    from importers.inspection import inspect as look_into

    return look_into(path, known).as_dict()


def _read(folder: Path, path: Path, request: dict[str, Any], known: Known) -> dict[str, Any]:
    from gis.errors import DomainError
    from importers.readers import packing
    from importers.readers.choosing import read_chosen

    try:
        packing.save(read_chosen(path, request["layer"], request["encoding"], known.names), folder / _TABLE)
    except DomainError as error:
        return {"error": {"code": error.code, "message": str(error)}}
    return {}


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
