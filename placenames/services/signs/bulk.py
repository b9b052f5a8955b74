"""Many signs at once: what a list or the demo enters. Checked like single ones, written in a few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from boundaries.models import Source
from gis.accounts.access import ensure
from gis.accounts.models import User
from placenames import policies
from placenames.models import Sign, SignEvent, SignFace, SignText
from placenames.services.signs.areas import areas_of
from placenames.services.signs.registering import NO_COUNTY, Entry, checked, code_prefixes, last_number, new_token, snapshot
from placenames.signs.types_in_force import types_in_force

_BATCH = 2000
_CODES = """
    UPDATE placenames_sign s SET code = given.code FROM unnest(%s::bigint[], %s::text[]) AS given (id, code) WHERE s.id = given.id
"""


def enter_many(actor: User | None, entries: Sequence[Entry], source: Source, moment: datetime, action: str) -> list[Sign]:
    """Inside the caller's transaction, which holds the lock of signs and writes the trail. Codes that are taken are the caller's
    to have refused. Raises `ForbiddenError`, `InvalidInputError`.
    """
    table = types_in_force()
    areas = areas_of(entries)
    if actor is not None:
        for area in set(areas):
            ensure(policies.may_edit_signs(actor, area))
    rows = [
        Sign(
            code=entry.code.strip() or f"?{number}", token=new_token(), place_id=entry.place, division_id=entry.division,
            area_id=area, position=entry.position, source=source, changed_at=moment, **checked(entry, table),
        )
        for number, (entry, area) in enumerate(zip(entries, areas, strict=True))
    ]  # fmt: skip
    signs = Sign.objects.bulk_create(rows, batch_size=_BATCH)
    ids = [one.pk for one in signs]
    _number([sign for sign, entry in zip(signs, entries, strict=True) if not entry.code.strip()])
    _faces(signs, entries)
    kept = Sign.objects.filter(pk__in=ids).prefetch_related("faces__texts").order_by("pk")
    SignEvent.objects.bulk_create(
        (
            SignEvent(sign=one, at=moment, action=action, document=snapshot(one), source=source, actor=actor)
            for one in kept.iterator(chunk_size=_BATCH)
        ),
        batch_size=_BATCH,
    )
    return signs


def _number(signs: Sequence[Sign]) -> None:
    """Numbers in the order of the list, county by county."""
    prefixes = code_prefixes({sign.area_id for sign in signs if sign.area_id is not None})
    groups: dict[str, list[Sign]] = defaultdict(list)
    for sign in signs:
        groups[prefixes.get(sign.area_id or 0, NO_COUNTY)].append(sign)
    for prefix, several in groups.items():
        last = last_number(prefix)
        for number, sign in enumerate(several, start=last + 1):
            sign.code = f"{prefix}{number:06d}"
    with connection.cursor() as cursor:
        cursor.execute(_CODES, [[one.pk for one in signs], [one.code for one in signs]])


def _faces(signs: Sequence[Sign], entries: Sequence[Entry]) -> None:
    pairs = [
        (SignFace(sign=sign, order=order, ground=face.ground), face)
        for sign, entry in zip(signs, entries, strict=True)
        for order, face in enumerate(entry.faces, start=1)
    ]
    SignFace.objects.bulk_create([row for row, _face in pairs], batch_size=_BATCH)
    SignText.objects.bulk_create(
        [SignText(face=row, role=role, text=text) for row, face in pairs for role, text in face.texts.items() if text],
        batch_size=_BATCH,
    )
