"""What names were called when, and in what divisions they lay: read for one page or for a thousand names at once.

Years are half-open and without a year 0, negative before the common era; days are half-open; None: that end is not known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from boundaries.models import DivisionRecord, Source, SourceKind
from placenames.archive_subject import address_of
from placenames.found_names import years_in_words
from placenames.models import FormKind, Name, NameForm
from placenames.rules import lay_in, timeline
from placenames.rules.archive_fields import Audience, may_see


@dataclass(frozen=True)
class Called:
    """A form of the name and when it was in use. `link` to a page of its own."""

    text: str
    kind: str
    label: str
    years: tuple[int | None, int | None]
    words: str
    source: str
    language: str = ""
    link: str = ""
    script: str = ""
    bar: timeline.Bar | None = None


@dataclass(frozen=True)
class Lay:
    since: date | None
    until: date | None
    path: tuple[tuple[str, str], ...]
    """(address, name) from the top."""
    division: int | None = None
    """The lowest of them."""


def source_words(source: Source, audience: Audience) -> str:
    """What may be said of a source: of an entry by hand nothing but that it was one, for its title is an officer's free words."""
    thing = "entry_source" if source.kind == SourceKind.ENTRY else "source"
    if not may_see(thing, "title", audience):
        return str(SourceKind.ENTRY.label)
    parts = [source.title, source.document_number if may_see(thing, "document_number", audience) else ""]
    return "，".join(part for part in parts if part)


def standard_names(records: Iterable[Name], audience: Audience) -> list[Called]:
    """Of the records of one name; those in which only other things changed are one form."""
    held: list[Called] = []
    for one in sorted(records, key=_first_year):
        years = _years_of(one)
        if held and held[-1].text == one.name and (held[-1].years[1] is None or years[0] is None or years[0] <= held[-1].years[1]):
            last = held.pop()
            years = (last.years[0], years[1])
        label = _("标准名称") if one.status == "standard" else _("历史名称") if one.status == "historic" else _("现用名称")
        words = years_in_words(years) or (_("有记录以来") if years[0] is None else "")
        held.append(Called(one.name, "standard", label, years, words, source_words(one.source, audience)))
    return held


def _first_year(one: Name) -> int:
    return _years_of(one)[0] or -9999


def _years_of(one: Name) -> tuple[int | None, int | None]:
    """Half-open years of half-open days: what ended on 1 January was last called so in the year before."""
    if one.years:
        return one.years.lower, one.years.upper
    if not one.valid:
        return None, None
    since, until = one.valid.lower, one.valid.upper
    return (since.year if since else None), ((until - timedelta(days=1)).year + 1 if until else None)


def other_form(one: NameForm, audience: Audience) -> Called:
    years = (one.years.lower, one.years.upper) if one.years else (None, None)
    words = years_in_words(years) if one.years else ""
    told = source_words(one.source, audience)
    return Called(one.text, one.kind, str(FormKind(one.kind).label), years, words, told, one.language, script=one.script)


def in_order(forms: Iterable[Called]) -> list[Called]:
    return sorted(forms, key=lambda one: (one.years[0] is None, one.years[0] or 0, one.years[1] or 9999, one.text))


# --- where it lay ---------------------------------------------------------------------------------------------------------------

Starts = list[tuple[int, date | None, date | None]]


def starts_of(division: int | None, records: Sequence[Name], today: date) -> Starts:
    """(division, since, until) that a name with these records lay in; the first of them stands for it."""
    if division is not None:
        return [(division, None, None)]
    dated = [(one.area_id, one.valid.lower, one.valid.upper) for one in records if one.valid is not None and one.area_id]
    # What is known of a place with years only is where that lies today.
    return dated or [(one.area_id, today, None) for one in records[:1] if one.area_id]


def lay_of(division: int | None, starts: Starts, above: Mapping[int, Sequence[lay_in.Above]]) -> list[Lay]:
    """The newest first. A division lies in what is above it, a place in its area too."""
    joined: list[Lay] = []
    for one in reversed(lay_in.periods(starts, above)):
        steps = one.path[:-1] if division is not None else one.path
        path = tuple((address_of(None, step[0]), step[1]) for step in steps)
        if joined and joined[-1].path == path and joined[-1].since == one.until:  # what differed in its own name only is one
            joined[-1] = Lay(one.since, joined[-1].until, path, joined[-1].division)
        elif path:
            joined.append(Lay(one.since, one.until, path, steps[-1][0]))
    return joined


def above(divisions: Collection[int], which: Q | None = None) -> dict[int, list[lay_in.Above]]:
    """Records of the divisions and of everything that was ever above them: a query for each step up. `which`: of these alone."""
    known: dict[int, list[lay_in.Above]] = {}
    wanted = set(divisions)
    for _step in range(8):
        if not wanted:
            break
        known |= {one: [] for one in wanted}
        records = DivisionRecord.objects.current().filter(which or Q(), division__in=wanted)
        for division, valid, name, level, parent in records.values_list("division_id", "valid", "name", "level", "parent_id"):
            known[division].append(lay_in.Above(valid.lower, valid.upper, name, level, parent))
        wanted = {one.parent for rows in known.values() for one in rows if one.parent is not None} - known.keys()
    return known
