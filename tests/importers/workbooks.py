"""Workbooks as other programs write them, made from the XML, because openpyxl does not write what it should be tested with."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def text(words: str) -> str:
    return f'<c t="inlineStr"><is><t>{words}</t></is></c>'


def number(value: float | str, style: int = 0) -> str:
    return f'<c s="{style}"><v>{value}</v></c>'


def row(line: int, *cells: str) -> str:
    """Cells given as XML, or as plain words or numbers; "" leaves the cell out."""
    out = []
    for column, cell in enumerate(cells):
        if cell == "":
            continue
        xml = cell if cell.startswith("<c") else text(cell)
        out.append(xml.replace("<c", f'<c r="{chr(65 + column)}{line}"', 1))
    return f'<row r="{line}">{"".join(out)}</row>'


def workbook(
    path: Path, sheets: dict[str, str], *, hidden: tuple[str, ...] = (), merges: dict[str, list[str]] | None = None,
    strings: list[str] | None = None, dimension: str = "A1:XFD1048576", date1904: bool = False, styles: str = "",
) -> Path:  # fmt: skip
    """`sheets` maps a name to its rows as XML. Style 1 is a date."""
    entries, relations, overrides = [], [], []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for index, (name, rows) in enumerate(sheets.items(), start=1):
            state = ' state="hidden"' if name in hidden else ""
            entries.append(f'<sheet name="{name}" sheetId="{index}"{state} r:id="rId{index}"/>')
            relations.append(f'<Relationship Id="rId{index}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{index}.xml"/>')
            overrides.append(f'<Override PartName="/xl/worksheets/sheet{index}.xml" ContentType="{_TYPE}.worksheet+xml"/>')
            merged = (merges or {}).get(name, [])
            cells = "".join(f'<mergeCell ref="{ref}"/>' for ref in merged)
            end = f'<mergeCells count="{len(merged)}">{cells}</mergeCells>' if merged else ""
            sheet = f'<worksheet xmlns="{MAIN}"><dimension ref="{dimension}"/><sheetData>{rows}</sheetData>{end}</worksheet>'
            archive.writestr(f"xl/worksheets/sheet{index}.xml", sheet)
        if strings is not None:
            items = "".join(f"<si><t>{words}</t></si>" for words in strings)
            archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{items}</sst>')
            overrides.append(f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/>')
            relations.append(f'<Relationship Id="rId99" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>')
        relations.append(f'<Relationship Id="rId98" Type="{RELATIONS}/styles" Target="styles.xml"/>')
        archive.writestr("xl/styles.xml", styles or _STYLES)
        overrides.append(f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>')
        start = '<workbookPr date1904="1"/>' if date1904 else ""
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{start}<sheets>{"".join(entries)}</sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(relations)}</Relationships>'
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{RELATIONS}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{"".join(overrides)}</Types>',
        )
    return path


_STYLES: Final = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
)
