"""Which name an address means, and what may be shown of it to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Division, DivisionCode
from gis.accounts.duties import Person
from gis.errors import NotFoundError
from placenames import policies
from placenames.models import MergedName, Name, PlaceName, PlaceNameRecord
from placenames.positions import area_at
from placenames.rules.addresses import key_of, read_key
from placenames.rules.archive_fields import Audience


@dataclass(frozen=True)
class Subject:
    """A name with its records of today's knowledge, the one that stands for it first. `audience`: what the reader may see of it.

    public: whether everybody may see the page; where not, the reader is of the office and `audience` says so.
    """

    key: str
    place: PlaceName | None
    division: Division | None
    records: tuple[Name, ...]
    audience: Audience
    public: bool

    @property
    def name(self) -> Name:
        return self.records[0]

    @cached_property
    def area(self) -> int | None:
        """The division whose keepers keep this name: its area, else the one its position lies in."""
        return self.division.pk if self.division else _kept_in(self.name)


@dataclass(frozen=True)
class Moved:
    """The address of something that is kept under another one."""

    key: str
    merged: bool = False


def address(key: str) -> str:
    return reverse("name", args=[key])


def address_of(place: int | None, division: int | None) -> str:
    """The page of what a search found."""
    return address(key_of("D", division) if division is not None else key_of("P", place or 0))


def key_for(place: PlaceName) -> str:
    return key_of("D", place.division_id) if place.division_id else key_of("P", place.pk)


def no_such_name() -> NotFoundError:
    """One answer for what is not there and for what is not shown: nobody learns which of both."""
    return NotFoundError("no_such_name", _("没有这个地名的公开档案。请核对地址，或在地名检索中查找。"))


def find_subject(key: str, reader: Person) -> Subject | Moved:
    """Raises `NotFoundError` (no_such_name), also for what `reader` may not see."""
    told = read_key(key)
    if told is None:
        raise no_such_name()
    kind, number = told
    if kind == "P":
        merged = MergedName.objects.filter(place=number).select_related("into").first()
        if merged is not None:
            return Moved(key_for(merged.into), merged=True)
        place = PlaceName.objects.filter(pk=number).first()
        if place is None:
            raise no_such_name()
        if place.division_id:
            return Moved(key_for(place))
        return _shown(key_of("P", place.pk), place, None, Name.objects.current().filter(place=place), reader)
    division = Division.objects.filter(pk=number).first()
    if division is None:
        raise no_such_name()
    place = PlaceName.objects.filter(division=division).first()
    return _shown(key_of("D", division.pk), place, division, Name.objects.current().filter(division=division), reader)


def public_subject(place: PlaceName, reader: Person) -> Subject:
    """The subject of a place, merged or not. Raises `NotFoundError`."""
    found = find_subject(key_for(place), reader)
    while isinstance(found, Moved):
        found = find_subject(found.key, reader)
    return found


def _shown(key: str, place: PlaceName | None, division: Division | None, rows: Iterable[Name], reader: Person) -> Subject:
    every = newest_first(rows)
    if not every:
        raise no_such_name()
    audience, public = audience_of(every, division, reader)
    if audience is None:
        raise no_such_name()
    if public:
        every = [one for one in every if one.published and one.secrecy == "open"]
    return Subject(key, place, division, tuple(every), audience, public)


def audience_of(rows: Sequence[Name], division: Division | None, reader: Person) -> tuple[Audience | None, bool]:
    """(what the reader may see or None, whether the page is public). The latest record decides for the whole name.

    Also staff read a public page as the public does: what they see is what goes out.
    """
    first = rows[0]
    if first.published and first.secrecy == "open":
        return Audience.PUBLIC, True
    area = division.pk if division else _kept_in(first)
    if first.secrecy != "open" or any(one.secrecy != "open" for one in rows):
        return (Audience.KEEPER, False) if policies.may_view_secret_names(reader, area) else (None, False)
    if policies.may_view_archive_room(reader, area):
        return Audience.KEEPER, False
    return (Audience.OFFICE, False) if policies.may_view_names(reader) else (None, False)


def _kept_in(name: Name) -> int | None:
    return name.area_id if name.area_id is not None else area_at(name.location, timezone.localdate())


def newest_first(rows: Iterable[Name]) -> list[Name]:
    """Records of one name, the one that stands for it first."""
    return sorted(rows, key=_latest, reverse=True)


def _latest(one: Name) -> tuple[bool, date, int, int]:
    upper = one.valid.upper if one.valid else None
    return (one.valid is not None and upper is None, upper or date.min, one.years.upper or 9999 if one.years else 0, one.pk)


def by_code(code: str) -> list[str]:
    """Keys of the names that hold a code or once did: divisions by legal and statistical codes, places by their 20 digits."""
    divisions = (
        DivisionCode.objects.current().filter(code=code).order_by("authority", "-valid").values_list("division_id", flat=True)
    )
    found = [key_of("D", one) for one in dict.fromkeys(divisions)]
    if len(code) == 20:
        # Also of rows that were corrected since: a code that once stood on paper still leads here.
        places = PlaceNameRecord.objects.filter(code=code).filter(Q(published=True, secrecy="open")).order_by("-recorded")
        found += [key_for(place) for place in PlaceName.objects.filter(pk__in=places.values("place_id"))]
    return list(dict.fromkeys(found))
