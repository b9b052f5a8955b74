"""读音认定: one decision on a character settles the spelling of many names; it has a source, is audited and can be taken back.

Each name gets a record of its own for it, of a division one beside the register, so that what is decided is seen where the name is.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Begins, Division, DivisionRecord, Source, SourceKind
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError
from placenames import policies
from placenames.models import NameStatus, PlaceName, PlaceNameRecord, SpelledBy
from placenames.open_spellings import OpenName, by_character, open_names
from placenames.rules.kinds import kind_of_class
from placenames.rules.spelling import Spelling, spell
from placenames.services.again import say_again
from placenames.services.recording import lock

MARK: Final = "spelling_of"


@transaction.atomic
def decide(actor: User, area: Division, char: str, reading: str, keys: Collection[str], basis: str) -> Source:
    """In the names `keys` of `area` the character `char` is read `reading`; those whose other characters are open stay open.

    Raises `ForbiddenError`, `InvalidInputError`, and `ConflictError` where a name is no longer open.
    """
    ensure(policies.may_edit_names(actor, area))
    if not basis.strip():
        raise InvalidInputError("source_missing", _("请写明读音的依据：审音结论、文件、志书或何人何时告知。"))
    moment = lock()
    held = {one.char: one for one in by_character(open_names(area, timezone.localdate()))}
    group = held.get(char)
    if group is None or reading not in group.readings:
        raise InvalidInputError("bad_reading", _("“%(char)s”没有这个读音可选。") % {"char": char[:1]})
    chosen = [one for one in group.names if one.key in set(keys)]
    if len(chosen) < len(set(keys)):
        raise ConflictError("spelling_was_decided", _("选中的地名里有的已被认定或更正，请重新打开本页。"))
    settled = [(one, spelled) for one in chosen if not (spelled := _spelled(one, char, reading)).needs_person]
    if not settled:
        raise InvalidInputError("nothing_settled", _("选中的地名还有别的字待认定，或没有选地名，没有写入。"))
    source = Source.objects.create(
        kind=SourceKind.ENTRY,
        title=basis.strip()[:300],
        details={MARK: char, "reading": reading, "area": area.pk, "names": len(settled)},
        recorded_by=actor,
    )
    for one, spelled in settled:
        _write(one, spelled, source, moment)
    told = {"text": char, "spelling": reading, "places": len(settled)}
    audit.record(actor=actor, action="placename.spelling.decide", target=source, label=char, area=area.pk, after=told, reason=basis)
    return source


def _spelled(one: OpenName, char: str, reading: str) -> Spelling:
    return spell(one.name, kind_of_class(one.place_class), one.code, {char: reading})


def _write(one: OpenName, spelled: Spelling, source: Source, moment: Any) -> None:
    values = {
        "spelling": spelled.spelling[:240],
        "spelled_by": SpelledBy.PERSON,
        "reading": " ".join(syllable.reading for syllable in spelled.syllables)[:240],
        "source_id": source.pk,
    }
    if one.detail is not None:  # of a division too, where more is kept than the register has
        record = PlaceNameRecord.objects.select_for_update().get(pk=one.detail)
        PlaceNameRecord.objects.filter(pk=record.pk).update(recorded=DateTimeTZRange(record.recorded.lower, moment))
        say_again(record, moment, **values)
        return
    division = DivisionRecord.objects.current().get(division=one.division or 0, valid__contains=timezone.localdate())
    place, _made = PlaceName.objects.get_or_create(division=division.division)
    PlaceNameRecord.objects.create(
        place=place,
        names_division=True,
        valid=division.valid,
        recorded=DateTimeTZRange(moment, None),
        begins=Begins.OBSERVED,
        area_id=one.division,
        status=NameStatus.STANDARD,
        published=True,
        **values,
    )


def decisions(area: Division, most: int = 20) -> list[Source]:
    """The latest in an area, those taken back among them (`details`)."""
    found = Source.objects.filter(details__has_key=MARK, details__area=area.pk).select_related("recorded_by")
    return list(found.order_by("-pk")[:most])


@transaction.atomic
def take_back(actor: User, area: Division, number: int, reason: str) -> dict[str, int]:
    """The spellings of a decision are open again; names that were corrected since stay as they are.

    Raises `ForbiddenError`, `InvalidInputError`, `ConflictError`.
    """
    ensure(policies.may_edit_names(actor, area))
    if not reason.strip():
        raise InvalidInputError("reason_missing", _("请写明撤销的理由。"))
    moment = lock()
    source = Source.objects.select_for_update().filter(pk=number, details__has_key=MARK, details__area=area.pk).first()
    if source is None or source.details.get("undone"):
        raise ConflictError("already_undone", _("这次认定已经撤销。"))
    rows = list(PlaceNameRecord.objects.current().select_for_update().filter(source=source))
    for row in rows:
        PlaceNameRecord.objects.filter(pk=row.pk).update(recorded=DateTimeTZRange(row.recorded.lower, moment))
        before = PlaceNameRecord.objects.filter(place=row.place_id, recorded__endswith=row.recorded.lower, valid=row.valid).first()
        if before is not None:
            say_again(before, moment)
    Source.objects.filter(pk=source.pk).update(details={**source.details, "undone": moment.isoformat()})
    counts = {"closed": len(rows)}
    audit.record(
        actor=actor, action="placename.spelling.undo", target=source, label=source.details[MARK], area=area.pk,
        after=counts, reason=reason,
    )  # fmt: skip
    return counts
