"""The bytes of one file, from a path or from memory, read from the start as often as needed and in pieces."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from importers.readers import text_files
from importers.readers.findings import Findings
from importers.readers.table import Encoding

CHUNK: Final = 64 * 1024
MAX_LINE: Final = 64 * 1024


@dataclass(frozen=True)
class Source:
    name: str
    content: Path | bytes

    def open(self) -> BinaryIO:
        return io.BytesIO(self.content) if isinstance(self.content, bytes) else self.content.open("rb")

    @property
    def size(self) -> int:
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size

    def head(self, count: int = 4096) -> bytes:
        with self.open() as handle:
            return handle.read(count)

    def names(self) -> list[str] | None:
        """Names of the entries of a zip, as they stand there; None where it is too damaged to have a directory."""
        try:
            with self.open() as handle, zipfile.ZipFile(handle) as archive:
                return archive.namelist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error):
            return None

    def chunks(self) -> Iterator[bytes]:
        with self.open() as handle:
            while chunk := handle.read(CHUNK):
                yield chunk

    def lines(self, encoding: str) -> Iterator[tuple[int, str]]:
        """Lines with their numbers from 1, without their ends. A line longer than any format allows comes in pieces."""
        rest, number = "", 0
        for words in text_files.decoded(self.chunks(), encoding):
            parts = (rest + words).replace("\r\n", "\n").replace("\r", "\n").split("\n")
            rest = parts.pop()
            for part in parts:
                number += 1
                yield number, part
            if len(rest) > MAX_LINE:
                yield number + 1, rest
                rest = ""
        if rest:
            yield number + 1, rest


def say_encoding(findings: Findings, found: Encoding) -> None:
    if found.conflict:
        findings.add("encoding_conflict", declared=found.conflict.partition("=")[2], actual=found.name)
    if found.how == "damaged":
        findings.add("text_undecodable", encoding=found.name)
