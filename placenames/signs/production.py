"""A production order (制作单): the parts list and every face at its true size, for the maker.

What cannot be drawn is listed with what it lacks, so nothing is left out in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis.services import spreadsheets
from gis.sheets.canvas import BLACK, Canvas, Page, pdf_of_pages
from placenames.models import Sign
from placenames.plates.plate import Drawing, NotDrawableError, code_label
from placenames.rules.signs.types import COLOURS, SignType, TypeTable
from placenames.services.signs.lettering import drawing_of, ground_of
from placenames.signs.checks import plates_of
from placenames.signs.names import Key, NamedPlace, key_of, names_for
from placenames.signs.types_in_force import types_in_force

MOST: Final = 1000
PART_HEADINGS: Final = ("序号", "标志编号", "类型", "文字", "底色", "宽（毫米）", "高（毫米）", "面数", "位置", "说明")
LACKS: Final = {
    "size": gettext_lazy("类型的尺寸没有载入"),
    "ground": gettext_lazy("类型的颜色没有载入"),
    "parts": gettext_lazy("类型的版面没有载入"),
    "ground_choice": gettext_lazy("道路走向在分界上或没有线形，须由人定底色"),
    "spelling_open": gettext_lazy("拼写尚未认定"),
    "spelling_missing": gettext_lazy("没有登记拼写"),
    "number_missing": gettext_lazy("没有登记楼号或门牌号"),
    "minority_missing": gettext_lazy("没有登记少数民族文字"),
    "code_small": gettext_lazy("二维码的位置太小，每格不足 0.8 毫米"),
    "name_missing": gettext_lazy("没有所指的地名"),
    "name_unknown": gettext_lazy("没有对应到登记的地名"),
    "not_standard_characters": gettext_lazy("名称里有不在通用规范汉字表的字"),
}
_A4: Final = (210.0, 297.0)
_ROWS: Final = 34


@dataclass(frozen=True)
class Part:
    """A row of the parts list; `drawing` None where it cannot be made, `reason` then says what is lacking."""

    code: str
    kind: str
    texts: str
    ground: str
    width: float | None
    height: float | None
    faces: int
    where: str
    reason: str
    drawing: Drawing | None
    label: Drawing | None


def parts_of(signs: Sequence[Sign], day: date, link: Callable[[Sign], str]) -> list[Part]:
    """`link(sign)` is what its code opens. Faces of one sign show the same, so each sign is one part with a number of faces."""
    table = types_in_force()
    named = names_for([key_of(one) for one in signs], day)
    return [_part(one, table, named, link(one)) for one in signs]


def _part(sign: Sign, table: TypeTable, named: Mapping[Key, NamedPlace], link: str) -> Part:
    kind = table.types.get(sign.type) or SignType(sign.type, sign.type)
    key = key_of(sign)
    place = named.get(key) if key else None
    plate = plates_of(sign)[0]
    ground = ground_of(kind, place, table, plate.ground)
    drawing, reason = None, ""
    try:
        drawing = drawing_of(kind, place, sign.number, ground, link)
    except NotDrawableError as error:
        reason = "；".join(str(LACKS.get(one, one)) for one in error.missing)
    spot = sign.position
    # A type whose plate has room for the code needs no label.
    label = code_label(link, sign.code) if link and kind.part("qr") is None else None
    return Part(
        sign.code,
        kind.name,
        "　".join([place.named.name, *([sign.number] if sign.number else [])]) if place else "",
        COLOURS[ground][0] if ground in COLOURS else "",
        kind.width_mm,
        kind.height_mm,
        max(sign.faces.count(), 1),
        f"{spot.x:.6f}, {spot.y:.6f}" if spot else "",
        reason,
        drawing,
        label,
    )


def as_pdf(parts: Sequence[Part], title: str, made_on: date) -> bytes:
    """The list on A4, then each drawing on a page of its own size, then the labels with the codes."""
    pages = [_list_page(parts[at : at + _ROWS], at, len(parts), title, made_on) for at in range(0, max(len(parts), 1), _ROWS)]
    pages += [one.drawing.page for one in parts if one.drawing is not None]
    pages += [one.label.page for one in parts if one.drawing is not None and one.label is not None]
    return pdf_of_pages(pages, title=title, made_on=made_on)


def as_xlsx(parts: Sequence[Part], title: str) -> bytes:
    rows: list[list[spreadsheets.Cell]] = [
        [number, one.code, one.kind, one.texts, one.ground, one.width, one.height, one.faces, one.where, one.reason]
        for number, one in enumerate(parts, start=1)
    ]
    return spreadsheets.as_xlsx(title, PART_HEADINGS, rows)


_COLUMNS: Final = (
    (12.0, "序号"),
    (22.0, "标志编号"),
    (58.0, "类型"),
    (84.0, "文字"),
    (126.0, "底色"),
    (140.0, "尺寸（毫米）"),
    (172.0, "面"),
    (180.0, "图"),
)


def _list_page(parts: Sequence[Part], begins: int, total: int, title: str, made_on: date) -> Page:
    def draw(canvas: Canvas) -> None:
        canvas.text(12, 20, title, 5.5, bold=True)
        words = _("%(day)s　共 %(total)s 件　图样按真实尺寸，1 毫米即 1 毫米") % {"day": made_on.isoformat(), "total": total}
        canvas.text(12, 27, words, 3.2)
        y = 36.0
        for x, heading in _COLUMNS:
            canvas.text(x, y, heading, 3.0, bold=True)
        for number, one in enumerate(parts, start=begins + 1):
            y += 7.2
            size = f"{one.width:g} × {one.height:g}" if one.width and one.height else "—"
            made = "有" if one.drawing is not None else "无"
            cells = (str(number), one.code, one.kind, one.texts, one.ground, size, str(one.faces), made)
            for (x, _heading), cell in zip(_COLUMNS, cells, strict=True):
                canvas.text(x, y, cell[:16], 3.0)
            if one.reason:
                canvas.text(22, y + 3.2, one.reason[:60], 2.4, colour=(0.6, 0.1, 0.1))
        canvas.text(
            12,
            288,
            _("字体：思源黑体（Noto Sans CJK SC）粗体；边框取类型所许最宽；号码字高按类型，不足宽度的压扁。"),
            2.6,
            colour=BLACK,
        )

    return Page(*_A4, draw)
