"""The history of names that are given away: what they were called when, and in what divisions they lay. A batch at a time.

The same reading as the page of a name (`archive_history`), for its public readers; without what came from data sets of others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Q

from boundaries.models import SourceKind
from placenames.archive_history import Called, Lay, above, in_order, lay_of, other_form, standard_names, starts_of
from placenames.archive_subject import newest_first
from placenames.models import Name, NameForm, PlaceName
from placenames.public_names import PublicName
from placenames.rules.archive_fields import Audience, may_see


@dataclass(frozen=True)
class History:
    """`forms` in order of their time, `lay` the newest first."""

    forms: Sequence[Called]
    lay: Sequence[Lay]


def may_be_passed_on() -> Q:
    """Of rows with a source: not those of a data set of others, unless the office says that it may be given away."""
    return ~Q(source__kind=SourceKind.DATASET) | Q(source__title__in=settings.OPEN_DATASETS)


def histories(batch: Sequence[PublicName], today: date) -> dict[str, History]:
    """By key. Some ten queries, however many names."""
    if not all(may_see("form", field, Audience.PUBLIC) for field in ("text", "kind", "script", "language", "years")):
        raise AssertionError("the download gives what the table of fields does not")
    key_of = {(one.kind, one.number): one.key for one in batch}
    divisions = [one.number for one in batch if one.kind == "D"]
    own = [one.number for one in batch if one.kind == "P"]
    records = _records(own, divisions, key_of)
    forms = _forms(own, divisions, key_of)
    starts = {
        one.key: starts_of(one.number if one.kind == "D" else None, records.get(one.key, []), today)
        for one in batch
    }  # fmt: skip
    known = above({division for some in starts.values() for division, _since, _until in some}, may_be_passed_on())
    return {
        one.key: History(
            in_order([*standard_names(records.get(one.key, []), Audience.PUBLIC), *forms.get(one.key, [])]),
            lay_of(one.number if one.kind == "D" else None, starts[one.key], known),
        )
        for one in batch
    }


def _records(places: list[int], divisions: list[int], key_of: dict[tuple[str, int], str]) -> dict[str, list[Name]]:
    """Public ones, the one that stands for the name first. Of places and of divisions apart: the view is read by either."""
    fields = ["place_id", "division_id", "name", "valid", "years", "status", "area_id", "source"]
    rows = Name.objects.current().public().filter(may_be_passed_on()).select_related("source").only(*fields)
    found: dict[str, list[Name]] = {}
    for one in rows.filter(place__in=places, division=None):
        found.setdefault(key_of["P", one.place_id or 0], []).append(one)
    for one in rows.filter(division__in=divisions):
        found.setdefault(key_of["D", one.division_id or 0], []).append(one)
    return {key: newest_first(some) for key, some in found.items()}


def _forms(places: list[int], divisions: list[int], key_of: dict[tuple[str, int], str]) -> dict[str, list[Called]]:
    described = dict(PlaceName.objects.filter(division__in=divisions).values_list("pk", "division_id"))
    rows = NameForm.objects.current().filter(may_be_passed_on(), place__in=[*places, *described]).select_related("source")
    found: dict[str, list[Called]] = {}
    for one in rows:
        division = described.get(one.place_id)
        key = key_of["D", division] if division is not None else key_of["P", one.place_id]
        found.setdefault(key, []).append(other_form(one, Audience.PUBLIC))
    return found


def inclusive(years: tuple[int | None, int | None]) -> tuple[int | None, int | None]:
    """First and last year, both in use; the year before 1 is -1."""
    since, until = years
    return since, None if until is None else (until - 1 or -1)


def years_of_days(since: date | None, until: date | None) -> tuple[int | None, int | None]:
    """First and last year of half-open days."""
    return since.year if since else None, (until - timedelta(days=1)).year if until else None


def flat(told: Iterable[tuple[str, str]]) -> str:
    """Divisions from the top, in one cell."""
    return " › ".join(name for _address, name in told)
