"""What the office sees of a name's archive: every version with its differences, photos in all states, what waits for whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Division
from boundaries.querysets import ancestor_ids
from gis.accounts.areas import areas_reached
from gis.accounts.models import Duty, User
from placenames.archive_subject import Subject, key_for
from placenames.models import (
    ArchiveDocument,
    ArchiveMedia,
    ArchiveState,
    ArchiveText,
    MergedName,
    Name,
    NameRelation,
    PlaceName,
    Suggestion,
    SuggestionState,
    TextKind,
)
from placenames.rules.addresses import key_of
from placenames.rules.archive_states import OPEN_STATES, Edge, edges_from
from placenames.rules.differences import Piece, differences
from placenames.services.archive_writing import roles

# Older versions are told without their differences.
COMPARED = 8
MEDIA_WORDS = ("caption", "credit", "credit_open", "licence", "taken")


@dataclass(frozen=True)
class Version:
    text: ArchiveText
    steps: list[Edge]
    pieces: list[Piece] | None


@dataclass(frozen=True)
class Section:
    kind: TextKind
    published: Version | None
    open: Version | None
    older: list[Version]


@dataclass(frozen=True)
class MediaVersion:
    """`changes`: (what, before, after) against the version it is based on."""

    media: ArchiveMedia
    steps: list[Edge]
    changes: list[tuple[str, str, str]]


@dataclass(frozen=True)
class MediaItem:
    """A photo or recording. `shown`: the version that stands for it (one being worked on, else the public one, else the last)."""

    shown: MediaVersion
    published: MediaVersion | None
    older: list[MediaVersion]


@dataclass
class Room:
    sections: list[Section]
    media: list[MediaItem]
    documents: list[ArchiveDocument]
    relations: list[tuple[NameRelation, str]]
    merged: list[MergedName]
    suggestions: list[Suggestion]
    extra: dict[str, Any] = field(default_factory=dict)


def room_of(subject: Subject, reader: User) -> Room:
    place, area = subject.place, _area(subject)
    if place is None:
        sections = [Section(kind, None, None, []) for kind in TextKind]
        return Room(sections, [], documents_for(subject), [], [], _suggestions(subject))
    texts = list(
        ArchiveText.objects.filter(place=place)
        .select_related("place", "made_by", "changed_by", "reviewed_by", "based_on")
        .prefetch_related("citations__document")
        .order_by("-number")
    )
    media = (
        ArchiveMedia.objects.filter(place=place)
        .exclude(state=ArchiveState.DISCARDED)
        .select_related("place", "made_by", "changed_by", "reviewed_by", "file", "based_on")
        .order_by("item", "-number")
    )
    relations = list(NameRelation.objects.filter(place=place, recorded__upper_inf=True).select_related("origin"))
    return Room(
        sections=[_section(kind, [one for one in texts if one.kind == kind], reader, area) for kind in TextKind],
        media=_media(list(media), reader, area),
        documents=documents_for(subject),
        relations=[(one, _name_of(one.origin)) for one in relations],
        merged=list(MergedName.objects.filter(into=place).select_related("place", "made_by")),
        suggestions=_suggestions(subject),
    )


def documents_for(subject: Subject) -> list[ArchiveDocument]:
    """What texts of this name may cite: documents of its area and of those above it, and what it cites already."""
    near = Q(area=None)
    if subject.area is not None:
        near |= Q(area__in=ancestor_ids(subject.area, timezone.localdate()))
    if subject.place is not None:
        near |= Q(citations__text__place=subject.place)
    return list(ArchiveDocument.objects.filter(near).select_related("file").distinct().order_by("title", "pk")[:200])


def waiting(reader: User) -> dict[str, Any]:
    """What is to be done in the person's areas: to review, to go on with, to answer."""
    mine = areas_reached(reader, [Duty.PLACE_NAME_OFFICER, Duty.REVIEWER])
    states = [str(one) for one in OPEN_STATES]
    texts = ArchiveText.objects.filter(_inside(mine), state__in=states).select_related("place", "changed_by")
    media = ArchiveMedia.objects.filter(_inside(mine), state__in=states).select_related("place", "changed_by")
    open_ones = Suggestion.objects.filter(_about(mine), state=SuggestionState.NEW).select_related("place", "division")
    things: list[ArchiveText | ArchiveMedia] = [*texts.distinct()[:200], *media.distinct()[:200]]
    things.sort(key=lambda one: one.changed_at, reverse=True)
    names = names_of([one.place_id for one in things] + [one.place_id for one in open_ones if one.place_id])
    return {
        "review": [(one, names.get(one.place_id, ""), key_for(one.place)) for one in things if one.state == ArchiveState.SUBMITTED],
        "drafts": [(one, names.get(one.place_id, ""), key_for(one.place)) for one in things if one.state != ArchiveState.SUBMITTED],
        "suggestions": [_told(one, names) for one in open_ones.distinct()[:200]],
    }


def count_waiting(reader: User) -> tuple[int, int]:
    """(to review, suggestions to answer), for the first page."""
    mine = areas_reached(reader, [Duty.PLACE_NAME_OFFICER, Duty.REVIEWER])
    texts = ArchiveText.objects.filter(_inside(mine), state=ArchiveState.SUBMITTED).distinct().count()
    media = ArchiveMedia.objects.filter(_inside(mine), state=ArchiveState.SUBMITTED).distinct().count()
    return texts + media, Suggestion.objects.filter(_about(mine), state=SuggestionState.NEW).distinct().count()


def _about(areas: Any) -> Q:
    return Q() if areas is None else Q(division__in=areas) | _inside(areas)


def _inside(areas: Any) -> Q:
    """Of names in these areas, None for everywhere."""
    if areas is None:
        return Q()
    records = Q(place__records__recorded__upper_inf=True, place__records__area__in=areas)
    return Q(place__division__in=areas) | records


def _told(one: Suggestion, names: dict[int, str]) -> tuple[Suggestion, str, str]:
    if one.division_id:
        found = Name.objects.current().filter(division=one.division_id).order_by("-valid").first()
        return one, found.name if found else "", key_of("D", one.division_id)
    place = one.place
    return one, names.get(one.place_id or 0, ""), key_for(place) if place else ""


def names_of(places: list[int]) -> dict[int, str]:
    rows = Name.objects.current().filter(place__in=set(places)).order_by("valid").values_list("place_id", "name")
    return dict(rows)


def _name_of(place: PlaceName) -> str:
    return names_of([place.pk]).get(place.pk, "")


def _area(subject: Subject) -> Division | None:
    return Division.objects.filter(pk=subject.area).first() if subject.area is not None else None


def _section(kind: TextKind, texts: list[ArchiveText], reader: User, area: Division | None) -> Section:
    by_number = {one.number: one for one in texts}
    told = [
        Version(one, _steps(reader, one, area), _pieces(one, by_number) if at < COMPARED else None) for at, one in enumerate(texts)
    ]
    published = next((one for one in told if one.text.state == ArchiveState.PUBLISHED), None)
    current = next((one for one in told if one.text.state in OPEN_STATES), None)
    return Section(kind, published, current, [one for one in told if one not in (published, current)])


def _steps(reader: User, thing: ArchiveText | ArchiveMedia, area: Division | None) -> list[Edge]:
    """Each step once, whoever of both roles takes it."""
    held = roles(reader, thing, area)
    return list({edge.step: edge for edge in edges_from(thing.state) if edge.by in held}.values())


def _media(rows: list[ArchiveMedia], reader: User, area: Division | None) -> list[MediaItem]:
    """In the order they were brought."""
    items: dict[Any, list[MediaVersion]] = {}
    for one in rows:
        items.setdefault(one.item, []).append(MediaVersion(one, _steps(reader, one, area), media_changes(one)))
    told = []
    for versions in items.values():
        current = next((one for one in versions if one.media.state in OPEN_STATES), None)
        published = next((one for one in versions if one.media.state == ArchiveState.PUBLISHED), None)
        shown = current or published or versions[0]
        told.append(MediaItem(shown, published, [one for one in versions if one not in (shown, published)]))
    return sorted(told, key=lambda one: min(each.media.pk for each in (one.shown, *one.older, *filter(None, [one.published]))))


def media_changes(one: ArchiveMedia) -> list[tuple[str, str, str]]:
    """What a version says otherwise than the one it is based on."""
    if one.based_on is None:
        return []
    titles = {field.name: str(field.verbose_name) for field in ArchiveMedia._meta.fields}
    pairs = [(name, getattr(one.based_on, name), getattr(one, name)) for name in MEDIA_WORDS]
    return [(titles[name], _words(before), _words(after)) for name, before, after in pairs if before != after]


def _words(value: str | bool) -> str:
    return value if isinstance(value, str) else _("是") if value else _("否")


def _pieces(text: ArchiveText, by_number: dict[int, ArchiveText]) -> list[Piece] | None:
    """Against what it was based on, else the version before it."""
    before = text.based_on or by_number.get(text.number - 1)
    return differences(before.body, text.body) if before is not None else None


def _suggestions(subject: Subject) -> list[Suggestion]:
    about = Q(division=subject.division) if subject.division else Q(place=subject.place)
    return list(Suggestion.objects.filter(about).select_related("answered_by", "draft")[:50])
