"""Everything the page of a name tells, ready for template and JSON: only what its reader may see, by `rules.archive_fields`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import DivisionCode, DivisionRecord, Lineage, LineageKind
from placenames.archive_history import (
    Called,
    Lay,
    above,
    in_order,
    lay_of,
    other_form,
    source_words,
    standard_names,
    starts_of,
)
from placenames.archive_subject import Subject, address_of
from placenames.archive_texts import ToldMedia, ToldText, media_of, texts_of
from placenames.found_names import years_in_words
from placenames.models import CensusEntry, FormKind, Name, NameForm, PlaceNameRecord, SearchAccess, SearchForm, SpelledBy
from placenames.rules import timeline
from placenames.rules.archive_fields import may_see, seen
from placenames.rules.classes import name_of
from placenames.rules.readings import UnreadableError
from placenames.rules.spelling import spell
from placenames.services.search_index import SEAT


@dataclass
class NamePage:
    subject: Subject
    name: str
    spelling: str
    spelled_by: str
    facts: dict[str, Any]
    census: dict[str, Any]
    source: str
    demo: bool
    called: list[Called]
    scale: timeline.Scale | None
    lay: list[Lay]
    ended: list[tuple[str, str, str]]
    """(address, name, how) of what followed a division that is no more."""
    texts: list[ToldText]
    photos: list[ToldMedia]
    audio: list[ToldMedia]
    codes: list[str]
    updated: date
    observed: bool
    location: Any = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.subject.key


def page_of(subject: Subject) -> NamePage:
    today = timezone.localdate()
    first, audience = subject.name, subject.audience
    details = _details(subject)
    census, held = _census(subject, details), details.get(first.detail_id or 0)
    called = _called(subject)
    spans = [one.years for one in called]
    scale = timeline.scale(spans, today.year)
    if scale is not None:
        called = [_with_bar(one, scale) for one in called]
    record = seen(
        "record",
        {
            "place_class": first.place_class,
            "code": first.code,
            "status": first.status,
            "location_grade": held.location_grade if held else "",
            "location_accuracy_m": held.location_accuracy_m if held else None,
            "location_source": held.location_source if held else "",
            "reading": held.reading if held else "",
            "secrecy": first.secrecy,
        },
        audience,
    )
    spelling, by = _spelling(first)
    texts = texts_of(subject)
    photos, audio = media_of(subject)
    updated = max([first.recorded.lower, *(one.updated for one in texts), *(one.updated for one in (*photos, *audio))])
    return NamePage(
        subject=subject,
        name=first.name,
        spelling=spelling,
        spelled_by=by,
        facts={**record, "class_name": name_of(first.place_class), "status_words": _status(first)},
        census=census,
        source=source_words(first.source, audience),
        demo=first.source.is_demo,
        called=called,
        scale=scale,
        lay=_lay(subject),
        ended=_ended(subject),
        texts=texts,
        photos=photos,
        audio=audio,
        codes=_codes(subject),
        updated=timezone.localtime(updated).date(),
        observed=_observed(subject, held),
        location=first.location if may_see("record", "location", audience) else None,
    )


def _details(subject: Subject) -> dict[int, PlaceNameRecord]:
    wanted = [one.detail_id for one in subject.records if one.detail_id]
    return {one.pk: one for one in PlaceNameRecord.objects.filter(pk__in=wanted).defer("location")}


def _census(subject: Subject, details: dict[int, PlaceNameRecord]) -> dict[str, Any]:
    entry = CensusEntry.objects.filter(record=subject.name.detail_id).first() if subject.name.detail_id in details else None
    if entry is None:
        return {}
    values = {one.name: getattr(entry, one.name) for one in CensusEntry._meta.fields if one.name not in ("id", "record")}
    return {name: value for name, value in seen("census", values, subject.audience).items() if value not in ("", None)}


def _spelling(name: Name) -> tuple[str, str]:
    """(spelling, who answers for it): that of the record, else by rule, as a proposal where a reading is open."""
    if name.spelling:
        return name.spelling, name.spelled_by
    try:
        told = spell(name.name, None, (name.code or "41")[:6])
    except UnreadableError:
        return "", ""
    return told.spelling, SpelledBy.PROPOSED if told.needs_person else SpelledBy.RULE


def _status(name: Name) -> str:
    from placenames.models import NameStatus

    if name.division_id and name.valid is not None and name.valid.upper is not None and name.valid.upper <= timezone.localdate():
        return _("已不再设置")
    return str(NameStatus(name.status).label)


def _observed(subject: Subject, held: PlaceNameRecord | None) -> bool:
    """Whether it is only known that the name was there, not since when."""
    first = subject.records[-1]
    if first.division_record_id:
        begins = DivisionRecord.objects.filter(pk=first.division_record_id).values_list("begins", flat=True).first()
        return begins == "observed"
    return bool(held and held.begins == "observed")


# --- forms through time ---------------------------------------------------------------------------------------------------------


def _called(subject: Subject) -> list[Called]:
    standard = standard_names(subject.records, subject.audience)
    return in_order([*standard, *_forms(subject), *_of_the_seat(subject)])


def _forms(subject: Subject) -> Iterable[Called]:
    if subject.place is not None:
        for one in NameForm.objects.current().filter(place=subject.place).select_related("source"):
            yield other_form(one, subject.audience)


def _of_the_seat(subject: Subject) -> Iterable[Called]:
    """What a county of today was called, told by the names of old places at its seat."""
    if subject.division is None:
        return
    rows = SearchForm.objects.filter(division=subject.division.pk, kind=SEAT, access=SearchAccess.PUBLIC, place__isnull=False)
    for one in rows[:60]:
        years = (one.years.lower, one.years.upper) if one.years else (None, None)
        words = years_in_words(years) if one.years else ""
        yield Called(str(one), SEAT, _("治所旧名"), years, words, "", link=address_of(one.place, None))


def _with_bar(one: Called, scale: timeline.Scale) -> Called:
    if one.years == (None, None):
        return one
    return Called(**{**one.__dict__, "bar": timeline.bar(one.years, scale)})


def called_in(page: NamePage, year: int) -> list[Called]:
    """What is known to have been in use at any time of `year`: forms of which both ends are not known tell nothing of a year."""

    def holds(one: Called) -> bool:
        since, until = one.years
        return one.years != (None, None) and (since is None or since <= year) and (until is None or year < until)

    return [one for one in page.called if holds(one) and one.kind != FormKind.MISSPELT]


# --- where it lay -----------------------------------------------------------------------------------------------------------------


def _lay(subject: Subject) -> list[Lay]:
    division = subject.division.pk if subject.division is not None else None
    starts = starts_of(division, subject.records, timezone.localdate())
    return lay_of(division, starts, above([one for one, _since, _until in starts]))


def _ended(subject: Subject) -> list[tuple[str, str, str]]:
    if subject.division is None or subject.name.valid is None or subject.name.valid.upper is None:
        return []
    ended = subject.name.valid.upper
    edges = Lineage.objects.filter(predecessor=subject.division, recorded__upper_inf=True, on=ended).order_by("-area_share", "id")
    successors = list(edges.values_list("successor_id", "kind"))
    names = dict(
        DivisionRecord.objects.on(ended).filter(division__in=[one for one, _kind in successors]).values_list("division_id", "name")
    )
    return [(address_of(None, one), names[one], str(LineageKind(kind).label)) for one, kind in successors if one in names]


def _codes(subject: Subject) -> list[str]:
    if subject.division is None:
        return [subject.name.code] if subject.name.code else []
    rows = DivisionCode.objects.current().filter(Q(division=subject.division)).order_by("authority", "-valid")
    return list(dict.fromkeys(rows.values_list("code", flat=True)))
