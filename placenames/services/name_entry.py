"""A name that is there already enters the record (补录): found in the field, or approved before this register began.

No case and no second pair of eyes: nothing is named, what exists is written down with its source, audited, and corrected like any
record (docs/decisions/0111). What the rules find is told and explained, never a reason to leave an existing name out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Division, Level
from boundaries.querysets import lines_of, subtree_ids
from boundaries.services.places import place_of
from gis.accounts.models import User
from gis.errors import InvalidInputError
from placenames.models import NameStatus, PlaceNameRecord
from placenames.positions import area_at
from placenames.rules.kinds import kind_of_class
from placenames.rules.naming import Found
from placenames.rules.readings import UnreadableError
from placenames.rules.spelling import Spelling, spell
from placenames.services import name_codes, names
from placenames.services.name_checks import check_class
from placenames.services.names import Entry

# What is told of a name that exists: how it is spelled is settled by the form itself.
_NOT_ASKED: Final = ("PY-",)


@dataclass(frozen=True)
class Entered:
    record: PlaceNameRecord
    code: str
    why_no_code: str


@transaction.atomic
def enter(
    actor: User,
    entry: Entry,
    *,
    approval: str = "",
    readings: Mapping[str, str] | None = None,
    explained: str = "",
    code: bool = True,
) -> Entered:
    """Enters the name and, where `code`, gives it its code.

    approval: body and document number, which a standard name must have (NAME-STD-01). readings: character → the reading a person
    decided on. explained: what the person says of the findings; asked for where there are any. Raises `ForbiddenError` and
    `InvalidInputError` (``not_explained`` carries `findings` and `twins`).
    """
    today = timezone.localdate()
    if entry.area is None and (lies_in := area_at(entry.location, today)) is not None:
        entry = replace(entry, area=Division.objects.get(pk=lies_in))
    if entry.area is None:
        words = _("请填写所在行政区；标了位置而没有所在区划的范围，也要填写。")
        raise InvalidInputError("area_missing", words, {"area": [words]})
    if entry.status == NameStatus.STANDARD:
        if not approval.strip():
            words = _("标准地名须写明批准机关和文号；没有见到批准文件的，登记为“现今使用”。")
            raise InvalidInputError("approval_missing", words, {"approval": [words]})
        entry = replace(entry, source=f"{approval.strip()}；{entry.source.strip()}" if entry.source.strip() else entry.source)
    entry = _spelled(entry, readings or {})
    if not explained.strip():
        _ensure_nothing_found(entry)
    record = names.enter_name(actor, entry, note=explained)
    if not code:
        return Entered(record, "", "")
    allotted = name_codes.allot(record.place_class, record.area_id, record.location)
    if allotted.code and entry.area is not None:
        made = name_codes.allot_missing(actor, entry.area, only=[record.pk])
        return Entered(record, made.ready[0].allotted.code, "")
    return Entered(record, "", name_codes.in_words(allotted, record.place_class))


def _spelled(entry: Entry, readings: Mapping[str, str]) -> Entry:
    """With what a person decided of the readings; what is typed as a spelling goes before what follows from them."""
    chosen = {char: reading for char, reading in readings.items() if char in entry.name}
    if not chosen:
        return entry
    try:
        own = spell(entry.name, kind_of_class(entry.place_class), names.area_code_for(entry))
        decided = spell(entry.name, kind_of_class(entry.place_class), names.area_code_for(entry), chosen)
    except UnreadableError:
        return entry  # told with the name
    for one in own.syllables:
        if one.char in chosen and chosen[one.char] not in (one.reading, *one.alternatives):
            words = _("“%(char)s”没有这个读音可选。") % {"char": one.char}
            raise InvalidInputError("bad_reading", words, {"spelling": [words]})
    if still := [one.char for one in own.syllables if not one.settled and one.char not in chosen]:
        words = _("“%(char)s”还没有选读音：选定，或都不选，留待“读音认定”。") % {"char": "、".join(dict.fromkeys(still))}
        raise InvalidInputError("reading_open", words, {"spelling": [words]})
    return replace(
        entry,
        spelling=entry.spelling or decided.spelling,
        reading=entry.reading or _toned(decided),
        confirmed=frozenset(index for index, one in enumerate(own.syllables) if one.char in chosen),
    )


def _toned(own: Spelling) -> str:
    return " ".join(one.reading for one in own.syllables)


def findings(entry: Entry) -> list[Found]:
    """What blocks or warns of the name; readings aside, which the form settles."""
    if entry.area is None:
        return []
    today = timezone.localdate()
    checked = check_class(entry.name, entry.place_class, place_of(entry.area, today), today, at=entry.location)
    return [
        one for one in checked.findings if one.finding.severity != "info" and not one.finding.rule.startswith(_NOT_ASKED)
    ]  # fmt: skip


def twins(entry: Entry) -> list[PlaceNameRecord]:
    """Names on record in the same county that are the same and of the same kind: the one that is entered may be there already."""
    if entry.area is None:
        return []
    today = timezone.localdate()
    line = lines_of([entry.area.pk], today).get(entry.area.pk, [])
    root = next((unit for unit, _name, level in line if level <= Level.COUNTY), entry.area.pk)
    rows = PlaceNameRecord.objects.on(today).filter(
        name=entry.name, place_class__startswith=entry.place_class[:2], area__in=subtree_ids(root, today)
    )
    return list(rows.exclude(status=NameStatus.CANCELLED).select_related("area")[:10])


def _ensure_nothing_found(entry: Entry) -> None:
    found, same = findings(entry), twins(entry)
    if not found and not same:
        return
    words = _("核对有发现，请看过以后写明核对情况再登记。")
    raise InvalidInputError("not_explained", words, {"explained": [words]}, findings=found, twins=same)
