"""The segments of a line in its form: each row says where its segment ends and which lower divisions lie there.

A segment begins where the one before it ends, the first at the line's start; the last ends with the line. So whatever is typed, the
line is covered without gap or overlap; what can be wrong is an end outside the line or two segments that end at one place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import spans
from boundaries.boundary_lines import LineOnDay
from boundaries.models import DivisionCode
from boundaries.services.boundary_lines import Stretch
from boundaries.services.places import find_by_code
from gis.errors import DomainError, InvalidInputError

MOST = 300
# Ends are shown to the centimetre; one this near to the line's end is the line's end.
_ROUNDING_M = 1.0
_NAMES = ("segment_to", "segment_a", "segment_b")


@dataclass(frozen=True)
class SegmentRow:
    """As typed: the end in metres of chainage (empty: the line's end) and codes of divisions."""

    from_m: float | None
    to: str
    side_a: str
    side_b: str

    @property
    def is_empty(self) -> bool:
        return not (self.to or self.side_a or self.side_b)


class SegmentRows:
    """`rows` are what the page shows: what was posted, else the line's segments, with a row of nobody's for each gap."""

    def __init__(self, line: LineOnDay, data: QueryDict | None) -> None:
        self.line = line
        self.posted = data is not None and "segment_to" in data
        self.rows = _typed(data) if data is not None and self.posted else _held(line)

    def stretches(self, length_m: float) -> list[Stretch]:
        """Along a line of this length. Raises `InvalidInputError` (``bad_segments``) naming the row."""
        rows = [row for row in self.rows if not row.is_empty]
        if len(rows) > MOST:
            raise _wrong(_("界段最多 %(count)d 段。") % {"count": MOST})
        ends = sorted(
            ((self._end(number, row.to, length_m), number, row) for number, row in enumerate(rows, 1)), key=lambda one: one[:2]
        )
        found: list[Stretch] = []
        at = 0.0
        for end, number, row in ends:
            if end - at <= 0.01:
                raise _wrong(_("第 %(row)d 段没有长度：止于 %(to)s 米的有两段。") % {"row": number, "to": f"{end:.2f}"})
            found.append(Stretch(at, end, _division(row.side_a, number), _division(row.side_b, number)))
            at = end
        if found and at < length_m:
            raise _wrong(
                _("最后一段止于 %(to).2f 米，界线长 %(length).2f 米：全线须有界段。最后一段的“止”留空即到终点。")
                % {"to": at, "length": length_m}
            )
        return found

    @staticmethod
    def _end(number: int, text: str, length_m: float) -> float:
        if not text:
            return length_m
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not 0 < value <= length_m + _ROUNDING_M:
            raise _wrong(_("第 %(row)d 段的“止”应大于 0、不超过界线长度 %(length).2f 米。") % {"row": number, "length": length_m})
        return length_m if abs(value - length_m) <= _ROUNDING_M else value


def _typed(data: QueryDict) -> list[SegmentRow]:
    columns = [[text.replace("\0", "").strip()[:40] for text in data.getlist(name)] for name in _NAMES]
    rows, at = [], 0.0
    for to, a, b in zip(*columns, strict=False):
        rows.append(SegmentRow(at, to, a, b))
        at = _as_number(to) or at
    return rows


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _held(line: LineOnDay) -> list[SegmentRow]:
    if not line.segments or line.length_m is None:
        return []
    codes = _codes({side.id for one in line.segments for side in (one.side_a, one.side_b) if side})
    held = [(one.from_m, one.to_m, one.side_a, one.side_b) for one in line.segments]
    gaps = [
        (low, high, None, None)
        for low, high in spans.missing([(low, high) for low, high, _a, _b in held], (0.0, line.length_m))
        if high - low > _ROUNDING_M
    ]
    rows = sorted([*held, *gaps], key=lambda one: one[:2])
    last = rows[-1][1]
    return [
        SegmentRow(low, "" if high == last else f"{high:.2f}", codes.get(a.id, "") if a else "", codes.get(b.id, "") if b else "")
        for low, high, a, b in rows
    ]


def _codes(divisions: Sequence[int] | set[int]) -> dict[int, str]:
    held = DivisionCode.objects.on(timezone.localdate()).filter(division__in=list(divisions)).order_by("-authority")
    return dict(held.values_list("division_id", "code"))  # the legal code comes last and wins


def _division(code: str, number: int) -> int | None:
    if not code:
        return None
    try:
        return find_by_code(code, timezone.localdate()).place.id
    except DomainError as error:
        raise _wrong(_("第 %(row)d 段：%(why)s") % {"row": number, "why": str(error)}) from error


def _wrong(sentence: str) -> InvalidInputError:
    return InvalidInputError("bad_segments", sentence, {"segments": [sentence]})
