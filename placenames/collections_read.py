"""Collections of names as their readers see them: only public names, however they got in."""

from __future__ import annotations

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
    notes: dict[int, tuple[str, int | None]] = {}
    if collection.heritage:
        listed = HeritageListing.objects.filter(kind=collection.heritage, recorded__upper_inf=True)
        notes = {place: (batch, None) for place, batch in listed.values_list("place_id", "batch")}
    kept = CollectionMember.objects.filter(collection=collection, recorded__upper_inf=True)
    notes |= {place: (note, pk) for place, note, pk in kept.values_list("place_id", "note", "pk")}
    divisions = dict(PlaceName.objects.filter(pk__in=notes, division__isnull=False).values_list("division_id", "pk"))
    rows = public_names([one for one in notes if one not in divisions.values()], list(divisions))
    lines = lines_of((one.area for one in rows if one.area is not None), timezone.localdate())
    found = []
    for one in rows:
        place = divisions[one.number] if one.kind == "D" else one.number
        path = "".join(step[1] for step in reversed(lines.get(one.area or 0, ())[:3]))
        found.append(Member(one, *_note(notes[place], path)))
    return sorted(found, key=lambda one: (one.area, one.name.name))


def _note(told: tuple[str, int | None], path: str) -> tuple[str, str, int | None]:
    return told[0], path, told[1]


def collections_with(place: PlaceName | None) -> list[NameCollection]:
    """Public collections a name is in."""
    if place is None:
        return []
    kinds = list(HeritageListing.objects.filter(place=place, recorded__upper_inf=True).values_list("kind", flat=True))
    kept = CollectionMember.objects.filter(place=place, recorded__upper_inf=True).values("collection")
    return list(NameCollection.objects.filter(Q(pk__in=kept) | Q(heritage__in=kinds), published=True))
