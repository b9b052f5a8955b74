"""What is told of names that were found: standard name, code, spelling, class and area of today. Few queries, however many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from boundaries.models import DivisionCode, DivisionRecord
from boundaries.querysets import lines_of, subtree_ids
from placenames import search
from placenames.archive_subject import address_of
from placenames.models import HeritageKind, HeritageListing, Name, PlaceNameRecord, Secrecy
from placenames.rules.classes import name_of, of_division
from placenames.rules.readings import UnreadableError
from placenames.rules.spelling import spell
from placenames.search import Filters, Hit

# How → words. `%(form)s` is the form that matched.
WORDS: Final = {
    search.CODE: gettext_lazy("代码相符"),
    search.EXACT: gettext_lazy("标准名称相符"),
    search.NO_GENERIC: gettext_lazy("专名相符"),
    search.FORM: gettext_lazy("又作“%(form)s”"),
    search.FORM_NO_GENERIC: gettext_lazy("又作“%(form)s”"),
    search.HISTORIC: gettext_lazy("历史名称“%(form)s”"),
    search.PINYIN: gettext_lazy("拼音相符"),
    search.INITIALS: gettext_lazy("拼音首字母相符"),
    search.PREFIX: gettext_lazy("以所查文字开头"),
    search.PINYIN_PREFIX: gettext_lazy("拼音以所查字母开头"),
    search.CONTAINS: gettext_lazy("含有所查文字"),
    search.SOUND: gettext_lazy("读音相同"),
    search.NEAR: gettext_lazy("相差一字"),
    search.LISTED: gettext_lazy("符合所选条件"),
}


@dataclass(frozen=True, slots=True)
class FoundName:
    """One result. `area`: names of the divisions above, from the top; `why`: in words; `division`: its page, where it is one."""

    hit: Hit
    name: str
    code: str
    spelling: str
    place_class: str
    area: str
    why: str
    division: int | None
    within: int | None
    listings: tuple[str, ...] = ()
    measured: bool = False

    def as_dict(self) -> dict[str, Any]:
        """`distance_m` only where a position was given; null where it is not known where the name lies."""
        return {
            "code": self.code,
            "name": self.name,
            "spelling": self.spelling,
            "class": self.place_class,
            "area": self.area,
            "matched": {"form": self.hit.form, "how": self.hit.how},
            "score": self.hit.score,
            **({"distance_m": self.hit.distance_m} if self.measured else {}),
        }

    @property
    def distance(self) -> str:
        """In words; empty where none was asked."""
        metres = self.hit.distance_m
        if not self.measured:
            return ""
        if metres is None:
            return _("位置未知")
        if metres < 950:
            return _("约 %(metres)d 米") % {"metres": max(10, round(metres, -1))}
        return _("约 %(km)s 千米") % {"km": f"{metres / 1000:.1f}" if metres < 99_500 else f"{metres / 1000:.0f}"}

    @property
    def class_name(self) -> str:
        return name_of(self.place_class)

    @property
    def address(self) -> str:
        """Its page in the archive."""
        return address_of(self.hit.place, self.division)


@dataclass(frozen=True, slots=True)
class Answer:
    query: str
    took_ms: float
    total: int
    names: list[FoundName]

    def as_dict(self) -> dict[str, Any]:
        return {
            "query": self.query,
            "took_ms": self.took_ms,
            "total": self.total,
            "results": [one.as_dict() for one in self.names],
        }


def find(query: str, filters: Filters, limit: int) -> Answer:
    """`took_ms` is the search itself, without putting the results into words."""
    hits, total, took_ms = search.timed(query, filters, limit)
    if query.strip().isascii() and query.strip().isdigit():
        hits = [*_by_code(query.strip(), filters), *hits][:limit]
        total = max(total, len(hits))
    names = describe(hits, filters.access)
    if filters.near is not None:
        names = [replace(one, measured=True) for one in names]
    return Answer(query, took_ms, total, names)


def _by_code(code: str, filters: Filters) -> list[Hit]:
    """Divisions by the digits of their code; names of places by their whole code."""
    found = [
        Hit(None, division, division, code, search.CODE, "", None, search.SCORES[search.CODE])
        for division in DivisionCode.objects.current().filter(code=code).values_list("division_id", flat=True).distinct()[:5]
    ]
    if len(code) == 20:
        places = _visible(PlaceNameRecord.objects.current().filter(code=code), filters.access)
        found += [
            Hit(one.place_id, None, one.area_id, code, search.CODE, "", None, search.SCORES[search.CODE]) for one in places[:5]
        ]
    return [one for one in found if filters.areas is None or one.area in filters.areas]


def areas_under(division: int, day: date) -> frozenset[int]:
    """What a search within a division looks in: itself and all below it, and where it is no more what lay below it last."""
    return frozenset(subtree_ids(division, day))


def _visible(records: Any, access: int) -> Any:
    from placenames.models import SearchAccess

    if access < SearchAccess.SECRET:
        records = records.filter(secrecy=Secrecy.OPEN)
    if access < SearchAccess.OFFICE:
        records = records.filter(published=True)
    return records


def describe(hits: Sequence[Hit], access: int) -> list[FoundName]:
    """A hit whose name may not be shown at `access` is left out, whatever the index says."""
    today = timezone.localdate()
    divisions = _divisions({one.division for one in hits if one.division is not None})
    spellings = _spellings(divisions, access)
    codes = _codes(divisions)
    listings = _listings(hits)
    places = _places({one.place for one in hits if one.division is None and one.place is not None}, access)
    above = {one.parent_id for one in divisions.values()} | {one.area_id for one in places.values()}
    lines = lines_of((one for one in above if one is not None), today)
    found = []
    for hit in hits:
        area: int | None
        within: int | None
        if hit.division is not None and (division := divisions.get(hit.division)) is not None:
            kind = of_division(division.level, division.type)
            code, area = codes.get(hit.division, ""), division.parent_id
            spelling = spellings.get(hit.division) or _spelled(division.name, code)
            name, within = division.name, hit.division
        elif hit.division is None and (place := places.get(hit.place)) is not None:
            name, code, spelling, kind, area = place.name or "", place.code, place.spelling, place.place_class, place.area_id
            within = area
        else:
            continue
        path = "".join(step[1] for step in reversed(lines.get(area or 0, ())) if step[1] not in ("市辖区", "省直辖县级行政区划"))
        found.append(FoundName(hit, name, code, spelling, kind, path, _why(hit), hit.division, within, listings.get(hit.key, ())))
    return found


def _listings(hits: Sequence[Hit]) -> dict[tuple[bool, int | None], tuple[str, ...]]:
    """Names of the lists that places and divisions stand on."""
    divisions = [one.division for one in hits if one.listed and one.division is not None]
    places = [one.place for one in hits if one.listed and one.division is None and one.place is not None]
    if not divisions and not places:
        return {}
    rows = HeritageListing.objects.filter(
        Q(place__in=places) | Q(place__division__in=divisions), recorded__upper_inf=True
    ).order_by("kind")
    found: dict[tuple[bool, int | None], tuple[str, ...]] = {}
    for kind, batch, place, division in rows.values_list("kind", "batch", "place_id", "place__division_id"):
        key = (False, place) if division is None else (True, division)
        label = str(HeritageKind(kind).label)
        found[key] = (*found.get(key, ()), _("%(list)s（%(batch)s）") % {"list": label, "batch": batch} if batch else label)
    return found


def _divisions(wanted: set[int]) -> dict[int, DivisionRecord]:
    records = DivisionRecord.objects.current().filter(division__in=wanted).defer("geometry", "seat")
    return {one.division_id: one for one in sorted(records, key=lambda one: (one.valid.upper is None, one.valid.upper or date.min))}


def _codes(divisions: Iterable[int]) -> dict[int, str]:
    """The legal code where there is one, the latest."""
    rows = DivisionCode.objects.current().filter(division__in=list(divisions))
    ordered = sorted(
        rows, key=lambda one: (one.authority != "mca", one.valid.upper is not None, -(one.valid.lower or date.min).toordinal())
    )
    found: dict[int, str] = {}
    for one in ordered:
        found.setdefault(one.division_id, one.code)
    return found


def _spellings(divisions: dict[int, DivisionRecord], access: int) -> dict[int | None, str]:
    """Spellings that somebody answers for, of the name a division has now. Few have one, and the view is asked for those alone."""
    spelled = PlaceNameRecord.objects.current().filter(place__division__in=list(divisions)).exclude(spelling="")
    if not (some := list(spelled.values_list("place__division_id", flat=True))):
        return {}
    rows = _visible(Name.objects.current().filter(division__in=some, valid__upper_inf=True).exclude(spelling=""), max(access, 1))
    return dict(rows.values_list("division_id", "spelling"))


def _places(wanted: set[int], access: int) -> dict[int | None, PlaceNameRecord]:
    records = _visible(PlaceNameRecord.objects.current().filter(place__in=wanted, names_division=False).defer("location"), access)

    def latest(one: PlaceNameRecord) -> tuple[bool, date, int]:
        upper = one.valid.upper if one.valid else None
        return (one.valid is not None and upper is None, upper or date.min, one.years.upper if one.years else 0)

    return {one.place_id: one for one in sorted(records, key=latest)}


def _spelled(name: str, code: str) -> str:
    """By rule; a proposal where a reading is open."""
    try:
        return spell(name, None, code or "41").spelling
    except UnreadableError:
        return ""


def _why(hit: Hit) -> str:
    words = str(WORDS[hit.how]) % {"form": hit.form} if "%(form)s" in str(WORDS[hit.how]) else str(WORDS[hit.how])
    if hit.how in (search.HISTORIC, search.FORM, search.FORM_NO_GENERIC) and (span := years_in_words(hit.years)):
        return _("%(words)s，%(years)s") % {"words": words, "years": span}
    if hit.how in (search.PREFIX, search.CONTAINS, search.SOUND, search.NEAR):
        return _("%(words)s：%(form)s") % {"words": words, "form": hit.form}
    return words


def years_in_words(years: tuple[int | None, int | None] | None) -> str:
    """578—606年; empty where neither end is known."""
    if years is None:
        return ""
    since, until = years
    first = _year(since) if since is not None and since > -9999 else ""
    last = _year(until - 1 or -1) if until is not None and until < 9999 else ""
    if first and last:
        return first if first == last else _("%(from)s至%(to)s") % {"from": first, "to": last}
    if first:
        return _("%(from)s起") % {"from": first}
    return _("至%(to)s") % {"to": last} if last else ""


def _year(year: int) -> str:
    if year < 0:
        return pgettext("year", "前%(year)d年") % {"year": -year}
    return pgettext("year", "%(year)d年") % {"year": year}
