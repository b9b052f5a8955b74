"""CODE-12: the list of township codes the province publishes for each half-year, as of 30 June and 31 December."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from boundaries.rules.codes import may_be_legal
from boundaries.rules.finding import Finding, Severity

BASIS = "行政区划代码管理办法（民政部令第79号；省级每半年公布乡级代码，依新华社报道）"


@dataclass(frozen=True, slots=True)
class TownshipCode:
    """A legal code of a township with its validity, `ends` exclusive and None while it holds."""

    code: str
    name: str
    unit_type: str
    begins: date | None
    ends: date | None = None


def is_half_year_end(day: date) -> bool:
    return (day.month, day.day) in ((6, 30), (12, 31))


def last_half_year_end(today: date) -> date:
    """The latest 30 June or 31 December that is over."""
    return date(today.year, 6, 30) if today > date(today.year, 6, 30) else date(today.year - 1, 12, 31)


def half_year_list(rows: Iterable[TownshipCode], day: date) -> tuple[TownshipCode, ...]:
    """The codes in force on `day`, by code; statistical ones are no part of it. `ValueError` for a day that ends no half-year."""
    if not is_half_year_end(day):
        raise ValueError(f"{day} ends no half-year")
    return tuple(
        sorted(
            (
                row
                for row in rows
                if (row.begins is None or row.begins <= day) and (row.ends is None or day < row.ends) and may_be_legal(row.code, 4)
            ),
            key=lambda row: row.code,
        )
    )


def check_half_year_list(published: Collection[date], today: date) -> list[Finding]:
    """Whether the list of the half-year that ended last is there. published: the days lists were made for."""
    wanted = last_half_year_end(today)
    if wanted in published:
        return []
    return [
        Finding("CODE-12", Severity.INFO, BASIS, "half_year_list_missing", f"截至{wanted}的乡级行政区划代码表尚未生成。",
                f"The list of township codes as of {wanted} has not been made.", wanted.isoformat())
    ]  # fmt: skip
