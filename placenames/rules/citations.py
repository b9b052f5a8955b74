"""How a page of the archive is cited: GB/T 7714—2015 (electronic resources) and BibTeX. Pure.

GB/T 7714: 主要责任者. 题名[文献类型标识/载体标识]. (更新日期)[引用日期]. 获取和访问路径. A data base on line is ``DB/OL``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Cited:
    """`publisher` may be empty: then nobody is named. `spelling` stands beside the name in BibTeX, for readers of Latin letters."""

    name: str
    key: str
    publisher: str
    updated: date
    read_on: date
    url: str
    spelling: str = ""
    kind_of_page: str = "地名文化档案"


def gbt7714(cited: Cited) -> str:
    responsible = f"{_one_line(cited.publisher)}. " if cited.publisher.strip() else ""
    title = f"{_one_line(cited.name)}：{cited.kind_of_page}"
    return f"{responsible}{title}[DB/OL]. ({cited.updated.isoformat()})[{cited.read_on.isoformat()}]. {cited.url}."


def bibtex(cited: Cited) -> str:
    lines = [f"@misc{{yudi-{cited.key.lower()},"]
    title = f"{cited.name} ({cited.spelling})" if cited.spelling else cited.name
    lines.append(f"  title        = {{{_tex(title)}：{_tex(cited.kind_of_page)}}},")
    if cited.publisher.strip():
        lines.append(f"  author       = {{{{{_tex(cited.publisher)}}}}},")
    lines.append(f"  year         = {{{cited.updated.year}}},")
    lines.append(f"  date         = {{{cited.updated.isoformat()}}},")
    lines.append(f"  urldate      = {{{cited.read_on.isoformat()}}},")
    lines.append(f"  url          = {{{cited.url}}},")
    lines.append("  langid       = {chinese}")
    return "\n".join([*lines, "}"])


_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#", "$": r"\$", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


def _tex(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in _one_line(text))


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
