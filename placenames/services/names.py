"""Single names: entered, corrected, given further forms. Each deed is one transaction, permitted and audited.

A correction closes the row and adds another (recording time); what the law changed of a name is a case of its own and moves
legal time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, Final

from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange, NumericRange
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Begins, Division, DivisionCode, Source, SourceKind
from boundaries.rules.names import clean, faults
from boundaries.rules.place_codes import parse_place_code
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError
from placenames import policies
from placenames.models import (
    CensusEntry,
    FormKind,
    Name,
    NameForm,
    NameStatus,
    PlaceName,
    PlaceNameArea,
    PlaceNameRecord,
    Script,
    Secrecy,
    SpelledBy,
)
from placenames.positions import area_at, keeper_area
from placenames.rules.classes import is_code
from placenames.rules.codes import area_code_of
from placenames.rules.kinds import kind_of_class
from placenames.rules.orthography import check_spelling
from placenames.rules.readings import HOME, UnreadableError
from placenames.rules.spelling import spell
from placenames.services.recording import lock
from placenames.services.signs import following
from placenames.signs.names import PLACE

_CENSUS: Final = tuple(one.name for one in CensusEntry._meta.fields if one.name not in ("id", "record"))
# What a correction may say anew of a record. Names of divisions are corrected where they are kept, in the register.
CORRECTABLE: Final = (
    "name", "place_class", "code", "spelling", "reading", "area", "further_areas", "location", "location_grade",
    "location_accuracy_m", "location_source", "status", "secrecy", "published", "years", *_CENSUS,
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A name as a person enters it. `location` in EPSG:4490. `confirmed`: positions of characters whose reading was decided;
    `reading`: a syllable for each character, as the place says it, where it is not the one the rule reads.
    """

    name: str
    place_class: str
    source: str
    area: Division | None = None
    code: str = ""
    spelling: str = ""
    reading: str = ""
    confirmed: frozenset[int] = frozenset()
    valid_from: date | None = None
    years: tuple[int, int] | None = None
    location: GEOSGeometry | None = None
    location_grade: str = ""
    location_accuracy_m: float | None = None
    location_source: str = ""
    status: str = NameStatus.IN_USE
    secrecy: str = Secrecy.OPEN
    published: bool = False
    census: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def enter_name(actor: User, entry: Entry, *, note: str = "") -> PlaceNameRecord:
    """A place with its first record; `note` is kept in the trail. Raises `ForbiddenError`, `InvalidInputError`."""
    if entry.area is None and (lies_in := area_at(entry.location, timezone.localdate())) is not None:
        entry = replace(entry, area=Division.objects.get(pk=lies_in))
    ensure(policies.may_edit_names(actor, entry.area))
    moment = lock()
    values = _checked(entry)
    _ensure_code_is_free(entry.code, None)
    source = Source.objects.create(kind=SourceKind.ENTRY, title=entry.source.strip()[:300], recorded_by=actor)
    record = PlaceNameRecord.objects.create(
        place=PlaceName.objects.create(), source=source, recorded=DateTimeTZRange(moment, None), begins=Begins.OBSERVED, **values
    )
    _keep_census(record, entry.census)
    audit.record(
        actor=actor, action="placename.enter", target=record.place, label=entry.name, area=_key(entry.area), after=snapshot(record),
        reason=note,
    )  # fmt: skip
    return record


def _checked(entry: Entry) -> dict[str, Any]:
    """The columns of a record. Raises `InvalidInputError` that names each field that is wrong."""
    name, wrong = clean(entry.name), {}
    if faults(name):
        wrong["name"] = [_("“%(name)s”不能用作地名。") % {"name": entry.name[:60]}]
    if not is_code(entry.place_class):
        wrong["place_class"] = [_("请选择地名类别（五位代码）。")]
    if not entry.source.strip():
        wrong["source"] = [_("请写明资料来源。")]
    if (entry.valid_from is None) == (entry.years is None):
        wrong["valid_from"] = [_("使用时间请写明起始日期，或写明年代，二者取一。")]
    if unknown := sorted(set(entry.census) - set(_CENSUS)):
        wrong["census"] = [_("没有“%(name)s”这个登记项。") % {"name": unknown[0]}]
    area_code = area_code_for(entry)
    try:
        own = spell(name, kind_of_class(entry.place_class), area_code) if "name" not in wrong else None
    except UnreadableError as error:
        own = None
        wrong["name"] = [_("“%(character)s”不是有读音的汉字，不能拼写。") % {"character": error.character}]
    if own is not None and entry.spelling:
        found = check_spelling(name, entry.spelling, kind_of_class(entry.place_class), area_code, entry.confirmed)
        blocking = [one.message_zh for one in found if one.severity == "block"]
        if blocking:
            wrong["spelling"] = blocking
    if own is not None and entry.reading and len(entry.reading.split()) != len(own.syllables):
        wrong["reading"] = [_("读音应逐字注音，空格分开，共 %(count)s 个音节。") % {"count": len(own.syllables)}]
    if wrong or own is None:
        raise InvalidInputError("bad_name", next(iter(wrong.values()))[0], wrong)
    by = SpelledBy.PERSON if entry.spelling else SpelledBy.PROPOSED if own.needs_person else SpelledBy.RULE
    generic = own.generic if own.generic and name.endswith(own.generic) and own.generic != name else ""
    return {
        "name": name,
        "proper_name": name.removesuffix(generic) if generic else name,
        "generic_name": generic,
        "place_class": entry.place_class,
        "code": entry.code,
        "spelling": entry.spelling or own.spelling,
        "spelled_by": by,
        "reading": " ".join(entry.reading.split()) or " ".join(one.reading for one in own.syllables),
        "area": entry.area,
        "valid": DateRange(entry.valid_from, None) if entry.valid_from else None,
        "years": NumericRange(*entry.years) if entry.years else None,
        "location": entry.location,
        "location_grade": entry.location_grade,
        "location_accuracy_m": entry.location_accuracy_m,
        "location_source": entry.location_source,
        "status": entry.status,
        "secrecy": entry.secrecy,
        "published": entry.published and entry.secrecy == Secrecy.OPEN,
    }


def area_code_for(entry: Entry) -> str:
    """By what area the characters are read: that of the code, else of the division the name lies in, else the province."""
    if code := area_code_of(entry.code):
        return code
    held = (
        DivisionCode.objects.current().filter(division=entry.area, valid__upper_inf=True).order_by("authority")
        if entry.area
        else ()
    )
    return next((one.code for one in held), HOME)


def _ensure_code_is_free(code: str, place: int | None) -> None:
    """A code has its form and is one place's for good, whether that still has it or had it once (废码不用). The caller holds the
    lock.
    """
    if not code:
        return
    if parse_place_code(code) is None or not is_code(code[9:14]):
        words = _("“%(code)s”不是 20 位地名代码（6+3+5+6）。") % {"code": code}
        raise InvalidInputError("bad_code", words, {"code": [words]})
    other = PlaceNameRecord.objects.filter(code=code).exclude(place=place).order_by("-recorded").first()
    if other is not None:
        words = _("这个代码是“%(name)s”的，或曾是它的；用过的代码不再用。") % {"name": other.name or other.place.division}
        raise InvalidInputError("code_used", words, {"code": [words]})


def _keep_census(record: PlaceNameRecord, census: Mapping[str, Any]) -> None:
    told = {name: value for name, value in census.items() if value not in ("", None)}
    if told:
        CensusEntry.objects.create(record=record, **told)


@transaction.atomic
def correct_name(actor: User, record: PlaceNameRecord, changes: Mapping[str, Any], reason: str) -> PlaceNameRecord:
    """What was recorded wrongly is said anew: the row is closed and followed by another. `changes`: see `CORRECTABLE`.

    Raises `ForbiddenError`, `InvalidInputError`, and `ConflictError` where somebody else corrected it in the meantime.
    """
    ensure(policies.may_edit_names(actor, keeper_area(record, timezone.localdate())))
    if "area" in changes:
        ensure(policies.may_edit_names(actor, changes["area"]))
    if not reason.strip():
        raise InvalidInputError("reason_missing", _("请写明更正的理由。"), {"reason": [_("请写明更正的理由。")]})
    if unknown := sorted(set(changes) - set(CORRECTABLE)):
        raise InvalidInputError("bad_field", _("没有“%(name)s”这个登记项。") % {"name": unknown[0]})
    if record.names_division and set(changes) & {"name", "place_class", "area", "status"}:
        raise InvalidInputError("name_is_the_divisions", _("这是行政区划的名称，请在区划登记中更正。"))
    moment = lock()
    held = PlaceNameRecord.objects.select_for_update().current().filter(pk=record.pk).first()
    if held is None:
        raise ConflictError("record_was_corrected", _("这条地名记录已被他人更正，请重新打开。"))
    census = CensusEntry.objects.filter(record=held).first()
    kept = {name: getattr(census, name) for name in _CENSUS} if census else {}
    before = snapshot(held)
    entry = _as_entry(held, changes, {**kept, **{name: value for name, value in changes.items() if name in _CENSUS}})
    if entry.code != held.code:
        _ensure_code_is_free(entry.code, held.place_id)
    values = _checked(entry) if not held.names_division else _of_division(held, entry, _spelling_of_division(held, changes))
    if held.spelled_by == SpelledBy.SOURCE and not {"name", "spelling"} & set(changes):
        values |= {"spelling": held.spelling, "spelled_by": held.spelled_by}
    if held.valid is not None and entry.years is None:
        values["valid"] = held.valid
    PlaceNameRecord.objects.filter(pk=held.pk).update(recorded=DateTimeTZRange(held.recorded.lower, moment))
    source = Source.objects.create(kind=SourceKind.ENTRY, title=reason.strip()[:300], recorded_by=actor)
    after = PlaceNameRecord.objects.create(
        place_id=held.place_id,
        names_division=held.names_division,
        source=source,
        recorded=DateTimeTZRange(moment, None),
        begins=held.begins,
        sound=held.sound,
        **values,
    )
    _keep_census(after, entry.census)
    crossed = changes.get("further_areas", held.further_areas.values_list("division_id", flat=True))
    PlaceNameArea.objects.bulk_create(PlaceNameArea(record=after, division_id=division) for division in crossed)
    audit.record(
        actor=actor,
        action="placename.correct",
        target=held.place,
        label=held.name or str(held.place.division),
        area=held.area_id,
        before=before,
        after=snapshot(after),
        reason=reason,
    )
    if not held.names_division:
        following.reconsider(actor, {(PLACE, held.place_id)}, reason)
    return after


def _as_entry(held: PlaceNameRecord, changes: Mapping[str, Any], census: Mapping[str, Any]) -> Entry:
    kept: dict[str, Any] = {one.name: getattr(held, one.name) for one in fields(Entry) if hasattr(held, one.name)}
    kept |= {
        "name": held.name or "",
        "source": "—",
        "valid_from": held.valid.lower if held.valid else None,
        "years": (held.years.lower, held.years.upper) if held.years else None,
        # A spelling nobody answers for is worked out anew.
        "spelling": held.spelling if held.spelled_by == SpelledBy.PERSON and "name" not in changes else "",
        # What a person decided once is not asked again.
        "confirmed": frozenset(range(len(held.name or ""))) if "name" not in changes else frozenset(),
        "reading": held.reading if "name" not in changes else "",
    }
    if "years" in changes:
        kept["valid_from"] = None
    given = {name: value for name, value in changes.items() if name not in _CENSUS and name != "further_areas"}
    return Entry(**{**kept, **given, "census": census})


def _spelling_of_division(held: PlaceNameRecord, changes: Mapping[str, Any]) -> str:
    """What is said anew, else what was held; not what spelled a name that the register has changed since."""
    if "spelling" in changes:
        return str(changes["spelling"])
    return held.spelling if Name.objects.current().filter(detail=held).exclude(spelling="").exists() else ""


def _of_division(held: PlaceNameRecord, entry: Entry, spelling: str) -> dict[str, Any]:
    """A record of a division says everything but its name."""
    return {
        "valid": held.valid,
        "place_class": "",
        "code": entry.code,
        "spelling": spelling,
        "spelled_by": "" if not spelling else held.spelled_by if spelling == held.spelling else SpelledBy.PERSON,
        "reading": " ".join(entry.reading.split()) if spelling == held.spelling or entry.reading != held.reading else "",
        "area": held.area,
        "location": entry.location,
        "location_grade": entry.location_grade,
        "location_accuracy_m": entry.location_accuracy_m,
        "location_source": entry.location_source,
        "status": held.status,
        "secrecy": entry.secrecy,
        "published": entry.published and entry.secrecy == Secrecy.OPEN,
    }


@transaction.atomic
def describe_division(actor: User, division: Division, since: date, source: str, details: Mapping[str, Any]) -> PlaceNameRecord:
    """Begins what is kept of a division's name beyond the register: code, spelling, census fields. Its name stays the register's.

    Raises `ForbiddenError`, `InvalidInputError`, and `ConflictError` where there is such a record (correct that one).
    """
    ensure(policies.may_edit_names(actor, division))
    if not source.strip():
        raise InvalidInputError("source_missing", _("请写明资料来源。"), {"source": [_("请写明资料来源。")]})
    if unknown := sorted(set(details) - {"code", "spelling", *_CENSUS}):
        raise InvalidInputError("bad_field", _("没有“%(name)s”这个登记项。") % {"name": unknown[0]})
    moment = lock()
    place, _made = PlaceName.objects.get_or_create(division=division)
    if PlaceNameRecord.objects.current().filter(place=place).exists():
        raise ConflictError("already_described", _("这个区划已有地名记录，请更正该记录。"))
    _ensure_code_is_free(str(details.get("code", "")), place.pk)
    spelling = str(details.get("spelling", ""))
    record = PlaceNameRecord.objects.create(
        place=place,
        names_division=True,
        valid=DateRange(since, None),
        recorded=DateTimeTZRange(moment, None),
        begins=Begins.OBSERVED,
        code=str(details.get("code", "")),
        spelling=spelling,
        spelled_by=SpelledBy.PERSON if spelling else "",
        area=division,
        status=NameStatus.STANDARD,
        source=Source.objects.create(kind=SourceKind.ENTRY, title=source.strip()[:300], recorded_by=actor),
    )
    _keep_census(record, {name: value for name, value in details.items() if name in _CENSUS})
    audit.record(
        actor=actor, action="placename.describe", target=place, label=str(division), area=division.pk, after=snapshot(record)
    )
    return record


@transaction.atomic
def add_form(
    actor: User,
    place: PlaceName,
    text: str,
    kind: str,
    source: str,
    *,
    script: str = Script.HANS,
    language: str = "",
    years: tuple[int, int] | None = None,
    note: str = "",
) -> NameForm:
    """A further form of a name. Raises `ForbiddenError`, `InvalidInputError`, `ConflictError` (it is there already)."""
    area = _area_of(place)
    ensure(policies.may_edit_names(actor, area))
    written, wrong = clean(text), {}
    if faults(written):
        wrong["text"] = [_("“%(name)s”不能用作地名。") % {"name": text[:60]}]
    if kind not in FormKind.values:
        wrong["kind"] = [_("请选择与标准名称的关系。")]
    if not source.strip():
        wrong["source"] = [_("请写明资料来源。")]
    if years is not None and not years[0] < years[1]:
        wrong["years"] = [_("年代的起止不对。")]
    if wrong:
        raise InvalidInputError("bad_form", next(iter(wrong.values()))[0], wrong)
    moment = lock()
    span = NumericRange(*years) if years else None
    if NameForm.objects.current().filter(place=place, text=written, kind=kind, years=span).exists():
        raise ConflictError("form_is_there", _("“%(name)s”已经登记过。") % {"name": written})
    form = NameForm.objects.create(
        place=place,
        text=written,
        kind=kind,
        script=script,
        language=language,
        years=span,
        recorded=DateTimeTZRange(moment, None),
        source=Source.objects.create(kind=SourceKind.ENTRY, title=source.strip()[:300], recorded_by=actor),
        note=note,
    )
    told = {"text": written, "kind": kind}
    audit.record(actor=actor, action="placename.form.add", target=place, label=written, area=_key(area), after=told)
    return form


@transaction.atomic
def withdraw_form(actor: User, form: NameForm, reason: str) -> None:
    """A form that was wrong is no longer held; what was said stays readable. Raises `ForbiddenError`, `ConflictError`."""
    area = _area_of(form.place)
    ensure(policies.may_edit_names(actor, area))
    if not reason.strip():
        raise InvalidInputError("reason_missing", _("请写明更正的理由。"), {"reason": [_("请写明更正的理由。")]})
    moment = lock()
    held = NameForm.objects.select_for_update().current().filter(pk=form.pk).first()
    if held is None:
        raise ConflictError("record_was_corrected", _("这条地名记录已被他人更正，请重新打开。"))
    NameForm.objects.filter(pk=held.pk).update(recorded=DateTimeTZRange(held.recorded.lower, moment))
    audit.record(
        actor=actor,
        action="placename.form.withdraw",
        target=held.place,
        label=held.text,
        area=_key(area),
        before={"text": held.text, "kind": held.kind},
        reason=reason,
    )


def _area_of(place: PlaceName) -> Division | None:
    if place.division_id:
        return place.division
    record = PlaceNameRecord.objects.current().filter(place=place).order_by("-valid").first()
    if record is None or record.area is not None:
        return record.area if record else None
    found = area_at(record.location, timezone.localdate())
    return Division.objects.get(pk=found) if found is not None else None


def _key(area: Division | None) -> int | None:
    return area.pk if area else None


def snapshot(record: PlaceNameRecord) -> dict[str, Any]:
    """What the trail keeps of a record."""
    return {
        "name": record.name,
        "class": record.place_class,
        "code": record.code,
        "spelling": record.spelling,
        "area": record.area_id,
        "location": record.location.geojson if record.location else None,
        "status": record.status,
        "secrecy": record.secrecy,
        "published": record.published,
    }
