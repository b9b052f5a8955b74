"""Files of the `area-diff` format: how the area codes of one year follow from those of another, with the documents.

Grammar: diff-spec.md of https://github.com/yescallop/areacodes. A file is a list of blocks: comment lines (the description,
Markdown with metadata below its headings) and the change lines directly under them.

    -411023 许昌县>建安区        the record ends; its ground lies in these records of the later table
    +411003 建安区<许昌县        the record begins; its ground came from these records of the earlier table
    =411626 淮阳县>川汇区        the record goes on; part of its ground went (>) or came (<)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

Table = Mapping[str, str]

ROOT_NAME: Final = "中华人民共和国"

_LINE = re.compile(r"([-+=])(\d{6}) ([^\s<>,?!]+)(?:([<>])(.+))?")
_SELECTOR = re.compile(r"([^\s<>,?!]+)([?!]?)")
_METADATA = re.compile(r"([^：\s]{1,8})：\s*(.+)")
_NUMBER = re.compile(r"[\u4e00-\u9fff（）()]{1,20}[〔\[（(]\d{2,4}[〕\]）)][\u4e00-\u9fff]{0,6}\d+号")


class SelectorError(ValueError):
    """A selector that names no record, or several: `reason` is nothing or several."""

    def __init__(self, reason: str, value: str) -> None:
        super().__init__(f"{reason}: {value}")
        self.reason = reason
        self.value = value


@dataclass(frozen=True, slots=True)
class Selector:
    """`doubt`: "?" switches the selector off, "!" says that no official text states it."""

    value: str
    doubt: str = ""

    @property
    def valid(self) -> bool:
        return self.doubt != "?"


@dataclass(frozen=True, slots=True)
class Line:
    """A change line. `towards` is ">", "<", or "" for a record with children. `number` is its line in the file, from 1."""

    number: int
    sign: str
    code: str
    name: str
    towards: str = ""
    selectors: tuple[Selector, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One document of a description. `document_number` stands in the metadata, or is the heading itself; `date` as written."""

    title: str
    document_number: str
    date: str
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    sections: tuple[Section, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that is not as the grammar wants it: `syntax` (left out), `undescribed` or `dangling` (read all the same)."""

    number: int
    reason: str
    text: str


@dataclass
class Diff:
    blocks: list[Block] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def parse(text: str) -> Diff:
    """Reads a whole file; what does not fit the grammar is told in `faults` and stops nothing."""
    diff = Diff()
    comments: list[str] = []
    lines: list[Line] = []
    comment_at = 0

    def close() -> None:
        if lines:
            diff.blocks.append(Block(_sections(comments), tuple(lines)))
            if not comments:
                diff.faults.append(Fault(lines[0].number, "undescribed", f"{lines[0].code} {lines[0].name}"))
        elif comments:
            diff.faults.append(Fault(comment_at, "dangling", comments[0]))
        comments.clear()
        lines.clear()

    for number, raw in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        row = raw.rstrip()
        if not row:
            close()
        elif row.startswith("#"):
            if lines:
                close()
            if not comments:
                comment_at = number
            comments.append(row[1:].strip())
        elif (line := _line(number, row)) is not None:
            lines.append(line)
        else:
            diff.faults.append(Fault(number, "syntax", row))
    close()
    return diff


def _line(number: int, row: str) -> Line | None:
    found = _LINE.fullmatch(row)
    if found is None:
        return None
    sign, code, name, towards, rest = found.groups()
    if (sign == "=" and not towards) or towards == {"-": "<", "+": ">"}.get(sign):
        return None
    selectors = []
    for part in rest.split(",") if rest else []:
        chosen = _SELECTOR.fullmatch(part)
        if chosen is None:
            return None
        selectors.append(Selector(chosen[1], chosen[2]))
    return Line(number, sign, code, name, towards or "", tuple(selectors))


def _sections(comments: list[str]) -> tuple[Section, ...]:
    """Headings divide a description into documents; the lines right under a heading are its metadata."""
    found: list[tuple[str, dict[str, str], list[str]]] = []
    in_metadata = False
    for row in comments:
        if row.startswith("#"):
            found.append((row.lstrip("#").strip(), {}, []))
            in_metadata = True
            continue
        if not found:
            found.append(("", {}, []))
        _title, metadata, text = found[-1]
        stated = _METADATA.fullmatch(row) if in_metadata else None
        if stated:
            metadata[stated[1]] = stated[2].strip()
        else:
            in_metadata = False
            text.append(row)
    return tuple(
        Section(
            title=title,
            document_number=metadata.get("文号", "") or (title if _NUMBER.fullmatch(title) else ""),
            date=metadata.get("日期", ""),
            source=metadata.get("来源", ""),
            text="\n".join(text).strip(),
        )
        for title, metadata, text in found
    )


def parent_name(code: str, table: Table) -> str:
    """The name of a record's parent: the prefecture where the table has it, else the province, else the country."""
    for above in (code[:4] + "00", code[:2] + "0000"):
        if above != code and above in table:
            return table[above]
    return ROOT_NAME


def parent_code(code: str, table: Table) -> str | None:
    return next((above for above in (code[:4] + "00", code[:2] + "0000") if above != code and above in table), None)


def select(selector: Selector, line: Line, own: Table, other: Table) -> str:
    """The code of the one record of `other` that a selector of `line` means; `own` is the table the line's record is in.

    Raises `SelectorError`.
    """
    value = selector.value
    if value == ".":
        return _only([line.code] if line.code in other else [], value)
    if value == "..":
        above = parent_code(line.code, own)
        return _only([above] if above in other else [], value)
    return _named(line.name if value == "_" else value, line, own, other)


def _named(value: str, line: Line, own: Table, other: Table) -> str:
    alike = [code for code, name in other.items() if name == value]
    if len(alike) == 1:
        return alike[0]
    full = parent_name(line.code, own) + value if alike else value
    marked = [code for code, name in other.items() if full.startswith(name)]
    marked += [""] if full.startswith(ROOT_NAME) else []
    if len(marked) != 1:
        raise SelectorError("several" if marked else "nothing", full)
    rest = full[len(other[marked[0]]) if marked[0] else len(ROOT_NAME) :]
    return _only([code for code, name in other.items() if name == rest and (parent_code(code, other) or "") == marked[0]], full)


def _only(found: list[str | None], value: str) -> str:
    if len(found) == 1 and found[0] is not None:
        return found[0]
    raise SelectorError("several" if found else "nothing", value)
