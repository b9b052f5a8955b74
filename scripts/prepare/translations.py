"""Compiles the translations: gettext reads .mo files, the project keeps .po files."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from prepare.console import Command, SetupError, complain, say


def catalogues(checkout: Path) -> Iterator[Path]:
    for app in ("gis", "boundaries", "placenames", "importers"):
        yield from sorted(checkout.glob(f"{app}/locale/*/LC_MESSAGES/*.po"))


def stale(checkout: Path) -> list[Path]:
    return [source for source in catalogues(checkout) if not _is_fresh(source)]


def compile_stale(checkout: Path, *, strict: bool) -> None:
    """A faulty catalogue is a SetupError when `strict`; else it is told, and its texts stay as they were compiled before."""
    say("编译界面翻译", "Compiling the translations")
    for source in stale(checkout):
        try:
            _compile(source)
        except SetupError as error:
            if strict:
                raise
            complain(error)


def _compile(source: Path) -> None:
    target = source.with_suffix(".mo")
    partial = target.with_suffix(".mo.partial")
    command: Command = ["msgfmt", "--check-format", "--check-header", "-o", partial, source]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        partial.unlink(missing_ok=True)
        raise SetupError(f"翻译文件有误：{source}", f"Faulty translation file: {source}", result.stderr)
    os.replace(partial, target)


def _is_fresh(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns
