"""Collections of names as their readers see them: only public names, however they got in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from boundaries.querysets import lines_of
from placenames.models import CollectionMember, HeritageListing, NameCollection, PlaceName
from placenames.public_names import PublicName, public_names


@dataclass(frozen=True)
class Member:
    """`note`: what the collection says of it; `member` the row to take out, None where it comes from a list."""

    name: PublicName
    note: str
    area: str
    member: int | None


def members_of(collection: NameCollection) -> list[Member]:
    """In the order of their areas and names."""
    notes = _places([collection])[collection.pk]
    divisions = dict(PlaceName.objects.filter(pk__in=notes, division__isnull=False).values_list("division_id", "pk"))
    rows = public_names([one for one in notes if one not in divisions.values()], list(divisions))
    lines = lines_of((one.area for one in rows if one.area is not None), timezone.localdate())
    found = []
    for one in rows:
        place = divisions[one.number] if one.kind == "D" else one.number
        path = "".join(step[1] for step in reversed(lines.get(one.area or 0, ())[:3]))
        found.append(Member(one, *_note(notes[place], path)))
    return sorted(found, key=lambda one: (one.area, one.name.name))


def counts(collections: Sequence[NameCollection]) -> dict[int, int]:
    """How many public names each has. The same few queries however many collections."""
    places = _places(collections)
    every = {place for some in places.values() for place in some}
    divisions = dict(PlaceName.objects.filter(pk__in=every, division__isnull=False).values_list("division_id", "pk"))
    rows = public_names(sorted(every.difference(divisions.values())), list(divisions))
    shown = {divisions[one.number] if one.kind == "D" else one.number for one in rows}
    return {collection: len(shown.intersection(some)) for collection, some in places.items()}


def _places(collections: Sequence[NameCollection]) -> dict[int, dict[int, tuple[str, int | None]]]:
    """Of each collection what is in it, public or not: place to (note, the row to take out or None where a list has it)."""
    found: dict[int, dict[int, tuple[str, int | None]]] = {one.pk: {} for one in collections}
    by_list: dict[str, list[int]] = {}
    for one in collections:
        if one.heritage:
            by_list.setdefault(one.heritage, []).append(one.pk)
    listed = HeritageListing.objects.filter(kind__in=by_list, recorded__upper_inf=True)
    for kind, place, batch in listed.values_list("kind", "place_id", "batch"):
        for collection in by_list[kind]:
            found[collection][place] = (batch, None)
    kept = CollectionMember.objects.filter(collection__in=found, recorded__upper_inf=True)
    for collection, place, note, pk in kept.values_list("collection_id", "place_id", "note", "pk"):
        found[collection][place] = (note, pk)
    return found


def _note(told: tuple[str, int | None], path: str) -> tuple[str, str, int | None]:
    return told[0], path, told[1]


def collections_with(place: PlaceName | None) -> list[NameCollection]:
    """Public collections a name is in."""
    if place is None:
        return []
    kinds = list(HeritageListing.objects.filter(place=place, recorded__upper_inf=True).values_list("kind", flat=True))
    kept = CollectionMember.objects.filter(place=place, recorded__upper_inf=True).values("collection")
    return list(NameCollection.objects.filter(Q(pk__in=kept) | Q(heritage__in=kinds), published=True))
