"""Line numbers of the keys and values of a TOML document.

The parser of the standard library names the line of a syntax error and then forgets where things stood; an officer needs
the line of a wrong threshold just as much. This walks a text that ``tomllib`` has already accepted, so it can rely on
the syntax being right and only has to find where each key and each array element begins. The tests compare the paths it
finds with the ones ``tomllib`` read, on generated documents.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

Path = tuple[str | int, ...]

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_KEY_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'""")
_STRING = re.compile(
    r'"{3}(?:[^\\]|\\.)*?"{3,5}(?!")' r"|'{3}.*?'{3,5}(?!')" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]*")


def line_positions(text: str) -> dict[Path, int]:
    """Path (keys and array indexes) → line, counted from 1. ``text`` must be TOML that ``tomllib`` accepts."""
    return _Walker(text.replace("\r\n", "\n")).document()


class _Walker:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.array_lengths: dict[Path, int] = {}

    def document(self) -> dict[Path, int]:
        table: Path = ()
        self._skip(_SPACE)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_SPACE)
        return self.lines

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:  # only possible if the text was not accepted by tomllib first
            raise ValueError(f"not TOML at line {self._line()}")
        self.at = match.end()
        return match.group()

    def _line(self) -> int:
        return bisect_right(self.line_starts, self.at)

    def _mark(self, path: Path, line: int) -> None:
        self.lines.setdefault(path, line)

    def _header(self) -> Path:
        line = self._line()
        is_array = self.text.startswith("[[", self.at)
        self.at += 2 if is_array else 1
        keys = self._key()
        self.at += 2 if is_array else 1
        path = self._resolve((), keys[:-1], line)
        path = (*path, keys[-1])
        self._mark(path, line)
        if is_array:
            index = self.array_lengths.get(path, 0)
            self.array_lengths[path] = index + 1
            path = (*path, index)
            self._mark(path, line)
        elif path in self.array_lengths:
            path = (*path, self.array_lengths[path] - 1)
        return path

    def _resolve(self, table: Path, keys: list[str], line: int) -> Path:
        """Walk down ``keys``; a key that names an array of tables means its last table so far."""
        path = table
        for key in keys:
            path = (*path, key)
            self._mark(path, line)
            if path in self.array_lengths:
                path = (*path, self.array_lengths[path] - 1)
        return path

    def _key(self) -> list[str]:
        """A dotted key; leaves the position behind it and the blanks after it."""
        parts: list[str] = []
        while True:
            self._skip(_BLANK)
            part = self._skip(_KEY_PART)
            parts.append(part if part[0] not in "\"'" else str(tomllib.loads(f"k = {part}")["k"]))
            self._skip(_BLANK)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def _pair(self, table: Path) -> None:
        line = self._line()
        keys = self._key()
        self.at += 1  # the equals sign
        path = (*self._resolve(table, keys[:-1], line), keys[-1])
        self._mark(path, line)
        self._skip(_BLANK)
        self._value(path)

    def _value(self, path: Path) -> None:
        opening = self.text[self.at]
        if opening == "[":
            self._array(path)
        elif opening == "{":
            self._inline_table(path)
        elif opening in "\"'":
            self._skip(_STRING)
        else:
            self._skip(_SCALAR)

    def _array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while True:
            self._skip(_SPACE)
            if self.text[self.at] == "]":
                self.at += 1
                return
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self._mark((*path, index), self._line())
            self._value((*path, index))
            index += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        while True:
            self._skip(_SPACE)
            if self.text[self.at] == "}":
                self.at += 1
                return
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self._pair(path)
