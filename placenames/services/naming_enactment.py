"""What an approved case writes into the record of names, and how that is taken back.

The day a name takes effect moves legal time; whatever is corrected or taken back afterwards moves recording time only. All of it
runs in the caller's transaction, which holds the case's row, has asked the policy and writes the trail.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange, NumericRange
from django.utils.translation import gettext as _

from boundaries.models import Begins, Grade, Source, SourceKind
from gis.accounts.models import User
from gis.errors import ConflictError, InvalidInputError
from placenames.models import (
    CaseAct,
    CensusEntry,
    FormKind,
    NameForm,
    NameStatus,
    NamingCase,
    PlaceName,
    PlaceNameArea,
    PlaceNameRecord,
    Secrecy,
    SpelledBy,
)
from placenames.rules.naming import parts_of
from placenames.rules.naming_kinds import SPELLED_AS, NamedKind
from placenames.rules.readings import HOME
from placenames.rules.spelling import Spelling, spell
from placenames.services.name_codes import allot
from placenames.services.recording import lock
from placenames.services.signs import following
from placenames.signs.names import PLACE

_NOT_COPIED: Final = frozenset({"id", "valid", "recorded", "begins", "source_id"})


def record_in_force(place: PlaceName | int) -> PlaceNameRecord | None:
    """What a place is called now, open-ended in legal time; None where it has no such name."""
    key = place if isinstance(place, int) else place.pk
    return PlaceNameRecord.objects.current().filter(place=key, valid__upper_inf=True).first()


def spelling_of(case: NamingCase, code: str) -> Spelling:
    """By rule, for the case's kind where it lies. Raises `UnreadableError`."""
    return spell(case.name, SPELLED_AS[NamedKind(case.kind)], code or HOME)


def enact(actor: User, case: NamingCase, code: str) -> None:
    """Writes the record of an approval: a new name, another name, or that it is no longer used; sets `source`, `before`, `made`."""
    moment = lock()
    case.source = _source(actor, case)
    case.before = _base(case)
    _write(case, code, moment)
    if case.act == CaseAct.RENAMING:
        following.of_renaming(actor, case)


def write_again(actor: User, case: NamingCase) -> None:
    """After a correction of what was recorded of the approval: the case's rows are closed and said anew with the other day and
    source. What was corrected in them since (a spelling, a code, census items) is said again with them.
    """
    moment, effective = lock(), _effective(case)
    held, earlier = _own(case), _earlier(case)
    if earlier is not None:
        _ensure_after(effective, earlier)
    _close_own(case, moment)
    case.source = _source(actor, case)
    if earlier is not None:
        _follow(earlier, moment, earlier.source, DateRange(earlier.valid.lower, effective), earlier.begins, {})
    case.made = _follow(held, moment, case.source, DateRange(effective, None), Begins.DECIDED, {})
    if case.act == CaseAct.RENAMING and earlier is not None:
        _keep_former(case, earlier, moment)


def look_at_signs(actor: User, case: NamingCase, reason: str) -> tuple[str, ...]:
    """After the case's row is saved: what a correction or a taking back does to the work orders it made, in sentences."""
    if case.act != CaseAct.RENAMING or case.place_id is None:
        return ()
    return following.reconsider(actor, {(PLACE, case.place_id)}, reason).sentences()


def take_back(case: NamingCase) -> None:
    """The approval was never to be recorded: what its rows replaced is said again, as it has been corrected since, and a place it
    made is nameless. A code given with the approval goes with it and is not given again.
    """
    moment = lock()
    earlier = _earlier(case)
    _close_own(case, moment)
    if case.before is not None:
        said = earlier or case.before
        _follow(said, moment, said.source, DateRange(said.valid.lower, case.before.valid.upper), said.begins, {})


def publish(case: NamingCase) -> None:
    """With the public notice the name may be found by everybody. Legal time stays as it is."""
    moment = lock()
    held = _own(case)
    if held.published:
        return
    _close(held, moment)
    case.made = _follow(held, moment, held.source, held.valid, held.begins, {"published": True})


def _base(case: NamingCase) -> PlaceNameRecord | None:
    """The record the case follows, locked. A naming may follow one that was in use without an approval."""
    if case.place_id is None:
        return None
    rows = PlaceNameRecord.objects.select_for_update(of=("self",)).current()
    held = rows.filter(place=case.place_id, valid__upper_inf=True).first()
    if held is None or held.status == NameStatus.CANCELLED:
        raise ConflictError("not_in_use", _("这个地名已不在用，请核对地名记录。"))
    if held.name != (case.former_name or case.name):
        words = _("地名记录在立案之后改成了“%(name)s”，请按现名重新申请。") % {"name": held.name}
        raise ConflictError("name_changed_meanwhile", words)
    return held


def _effective(case: NamingCase) -> date:
    if case.effective_on is None:
        raise ValueError("an approval has its day")
    return case.effective_on


def _ensure_after(effective: date, before: PlaceNameRecord) -> None:
    if before.valid.lower is not None and effective <= before.valid.lower:
        raise InvalidInputError(
            "day_too_early",
            _("启用日期须晚于现有记录的起始日期（%(day)s）。") % {"day": before.valid.lower},
            {"effective_on": [_("过早")]},
        )


def _write(case: NamingCase, code: str, moment: datetime) -> None:
    effective = _effective(case)
    if case.source is None:
        raise ValueError("an approval has its source")
    valid = DateRange(effective, None)
    before = case.before
    if before is None:
        place = case.place or PlaceName.objects.create()
        case.place = place
        case.made = _insert(
            PlaceNameRecord(
                place=place, valid=valid, recorded=DateTimeTZRange(moment, None), begins=Begins.DECIDED, source=case.source,
                area_id=case.area_id, status=NameStatus.STANDARD, published=False,
                code=allot(case.place_class, case.area_id, case.location).code,
                **_name_columns(case, code), **_location(case),
            )
        )  # fmt: skip
        return
    _ensure_after(effective, before)
    _close(before, moment)
    _follow(before, moment, before.source, DateRange(before.valid.lower, effective), before.begins, {})
    if case.act == CaseAct.CANCELLING:
        changed: dict[str, Any] = {"status": NameStatus.CANCELLED}
    else:
        # A code once given stays with the place, whatever it is called (as CODE-05 has it for divisions).
        number = before.code or allot(case.place_class, case.area_id, case.location or before.location).code
        changed = {"status": NameStatus.STANDARD, "code": number, **_name_columns(case, code), **_location(case)}
    case.made = _follow(before, moment, case.source, valid, Begins.DECIDED, changed)
    if case.act == CaseAct.RENAMING:
        _keep_former(case, before, moment)


def _name_columns(case: NamingCase, code: str) -> dict[str, Any]:
    parts, own = parts_of(case.name, NamedKind(case.kind)), spelling_of(case, code)
    by_person = bool(case.spelling) or own.needs_person
    return {
        "name": case.name,
        "proper_name": parts.proper,
        "generic_name": parts.generic,
        "place_class": case.place_class,
        "spelling": case.spelling or own.spelling,
        "spelled_by": SpelledBy.PERSON if by_person else SpelledBy.RULE,
        "reading": " ".join(one.reading for one in own.syllables)[:240],
        "sound_id": None,
    }


def _location(case: NamingCase) -> dict[str, Any]:
    if case.location is None:
        return {}
    grade = Grade.INVENTED if case.is_demo else Grade.INDICATIVE
    return {"location": case.location, "location_grade": grade, "location_source": f"{case.number} {case.position}"[:200]}


def _keep_former(case: NamingCase, before: PlaceNameRecord, moment: datetime) -> None:
    """The old name as a form: in use until the year it was changed; since when is known only where its record was decided."""
    if case.effective_on is None or case.source is None or before.name is None:
        raise ValueError("a renaming has a day, a source and a former name")
    since = before.valid.lower.year if before.begins == Begins.DECIDED and before.valid.lower else None
    NameForm.objects.create(
        place_id=before.place_id, text=before.name, kind=FormKind.FORMER, years=NumericRange(since, case.effective_on.year + 1),
        recorded=DateTimeTZRange(moment, None), source=case.source, note=case.number,
    )  # fmt: skip


def _own(case: NamingCase) -> PlaceNameRecord:
    """The case's record as it is held today, locked; corrected since, it is still the case's. Raises `ConflictError` where another
    decision was built on it.
    """
    made = case.made
    if made is None:
        raise ValueError("the case has written no record")
    rows = PlaceNameRecord.objects.select_for_update(of=("self",)).current()
    held = rows.filter(place=made.place_id, valid__startswith=made.valid.lower, valid__upper_inf=True).first()
    if held is None:
        raise ConflictError("record_was_changed", _("这条地名记录后来又有更正或变更，请先处理后来的登记。"))
    return held


def _earlier(case: NamingCase) -> PlaceNameRecord | None:
    """What the place was until the case's record begins, as it is held today, locked; None where the case gave the first name."""
    if case.before is None or case.made is None:
        return None
    rows = PlaceNameRecord.objects.select_for_update(of=("self",)).current()
    return rows.filter(place=case.made.place_id, valid__endswith=case.made.valid.lower).first()


def _close_own(case: NamingCase, moment: datetime) -> None:
    """Closes the case's rows: its record, the part of the former one before it, and the former form."""
    held, earlier = _own(case), _earlier(case)
    _close(held, moment)
    if earlier is not None:
        _close(earlier, moment)
    for form in NameForm.objects.current().filter(place=held.place_id, kind=FormKind.FORMER, note=case.number):
        NameForm.objects.filter(pk=form.pk).update(recorded=DateTimeTZRange(form.recorded.lower, moment))


def _close(row: PlaceNameRecord, moment: datetime) -> None:
    PlaceNameRecord.objects.filter(pk=row.pk).update(recorded=DateTimeTZRange(row.recorded.lower, moment))


def _follow(
    row: PlaceNameRecord, moment: datetime, source: Source, valid: DateRange, begins: str, changed: Mapping[str, Any]
) -> PlaceNameRecord:
    """A row that says what `row` says but for `changed` (by column), with its census fields and further areas."""
    content = {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields if one.attname not in _NOT_COPIED}
    content |= changed
    made = _insert(PlaceNameRecord(**content, valid=valid, recorded=DateTimeTZRange(moment, None), begins=begins, source=source))
    census = CensusEntry.objects.filter(record=row).first()
    if census is not None:
        census.pk, census.record = None, made
        census._state.adding = True
        census.save(force_insert=True)
    crossed = row.further_areas.values_list("division_id", flat=True)
    PlaceNameArea.objects.bulk_create(PlaceNameArea(record=made, division_id=one) for one in crossed)
    return made


def _insert(row: PlaceNameRecord) -> PlaceNameRecord:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise ConflictError("days_overlap", _("所给的日期与这个地名的另一条记录重叠，请先核对那条记录。")) from error
    return row


def _source(actor: User, case: NamingCase) -> Source:
    return Source.objects.create(
        kind=SourceKind.DEMO if case.is_demo else SourceKind.DOCUMENT,
        title=f"{case.number} {case.get_act_display()}：{case.name}"[:300],
        issuer=case.approver,
        document_number=case.document_number,
        dated=case.approved_on,
        details={"naming_case": case.number},
        recorded_by=actor,
    )


def ensure_open_name(record: PlaceNameRecord) -> None:
    """What is secret is not dealt with here: a case ends in a public notice."""
    if record.secrecy != Secrecy.OPEN:
        raise InvalidInputError("name_is_secret", _("涉密地名按保密规定办理，不在这里立案。"))
