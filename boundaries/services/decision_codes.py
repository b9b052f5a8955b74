"""Codes that were determined after a decision took effect: into the register, by the same rules as codes given with it.

They hold in law from the day the decision took effect and are known from now on; what they replace ends on that day. To record
again is to correct: recording time only, the mistaken row stays readable.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.db.models import Q
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.changes.later_codes import LaterCode, check_later, coded, proposals
from boundaries.models import Authority, Decision, DecisionFollowUp, DivisionCode, DivisionRecord, Level, Source, SourceKind
from boundaries.rules import codes as code_rules
from boundaries.rules.code_changes import DETERMINER_NAMES, Determiner
from boundaries.rules.finding import Finding, Severity
from boundaries.services import after_approval, decisions, follow_ups, map_updates
from boundaries.services.decision_writing import end_rows
from boundaries.services.register import wait_for_writers
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.errors import ConflictError, InvalidInputError

_KIND = "codes_of_decision"  # marks the sources made here


def proposed(units: Iterable[LaterCode]) -> dict[int, str]:
    """The next code in sequence for each awaited township whose county's code is known (CODE-03). One query."""
    units = [one for one in units if one.awaited]
    own = Source.objects.filter(details__kind=_KIND).values_list("pk", flat=True)
    return proposals(units, _used_in({one.parent for one in units if one.parent}, own))


@transaction.atomic
def record_codes(
    actor: User | None,
    decision: Decision,
    version: int,
    codes: Mapping[int, str],
    determiner: str,
    document: str,
    published_on: date | None = None,
    *,
    reason: str = "",
) -> DecisionFollowUp:
    """Gives divisions the legal codes that `document` of `determiner` (boundaries.rules.code_changes.Determiner) determined.

    `codes` by division, of units whose code the decision left open; with a recoded county all its townships, in one go or several.
    Blocking findings refuse (``rules_block``), warnings ask for a `reason`; ``code_used``, ``code_not_awaited``, ``bad_code``,
    ``county_code_first``, ``document_missing`` and the refusals of `follow_ups` say what else is wrong. All codes or none.
    """
    moment = wait_for_writers()
    held, follow_up = follow_ups.lock(decision, version)
    ensure(actor is None or policies.may_follow_up_decision(actor, held))
    who, paper = _determiner(determiner), _paper(document)
    if published_on is not None:
        follow_ups.ensure_day(held, "code_published_on", published_on)
    standing = after_approval.standing(held)
    units = _as_given(standing.codes, codes, held.effective_on)
    told_before = {unit.division: unit for unit in standing.codes}
    changed = [unit for unit in units if told_before[unit.division].code != unit.code]
    if not changed:
        raise InvalidInputError("nothing_to_record", _("没有要登记的代码。"))
    own = set(Source.objects.filter(details__kind=_KIND, details__decision=held.pk).values_list("pk", flat=True))
    used = _refuse_used(changed, own)
    seen = _used_in({one.parent for one in changed if one.parent}, own, [one.division for one in changed])
    expected = proposals(changed, seen)
    reason = reason.strip()
    _ensure_sound(
        check_later(
            changed, held.approved_on or held.effective_on, held.effective_on, determiner=who, used=used, expected=expected
        ),
        reason,
    )
    source = _source(held, who, paper, published_on, actor)
    _write([unit.division for unit in changed], {one.division: one.code for one in changed}, held.effective_on, source, own, moment)
    before = follow_ups.snapshot(follow_up) | {"codes": {one.name: told_before[one.division].code for one in changed}}
    follow_up.code_document = paper
    if not after_approval.standing(held).awaited:
        follow_up.code_published_on = _last_published(held) or follow_up.code_published_on
    map_updates.follow()
    after = {"codes": {one.name: one.code for one in changed}}
    return follow_ups.save(actor, held, follow_up, before, "decision.codes", reason, also=after)


# --- checks ---------------------------------------------------------------------------------------------------------------


def _determiner(text: str) -> Determiner:
    try:
        return Determiner(text)
    except ValueError as error:
        message = _("请选择代码由谁确定。")
        raise InvalidInputError("unknown_determiner", message, fields={"determiner": [message]}) from error


def _paper(document: str) -> str:
    text = document.strip()
    if not text:
        message = _("请填写确定代码的文号。")
        raise InvalidInputError("document_missing", message, fields={"document": [message]})
    if len(text) > 200:
        message = _("“%(name)s”不能超过%(longest)d字。") % {"name": _("确定代码的文号"), "longest": 200}
        raise InvalidInputError("field_too_long", message, fields={"document": [message]})
    return text


def _as_given(units: Collection[LaterCode], codes: Mapping[int, str], day: date) -> list[LaterCode]:
    """The units as they will stand, townships under the county's code of the same go."""
    known = {unit.division: unit for unit in units}
    for division, code in codes.items():
        if division not in known:
            raise InvalidInputError("code_not_awaited", _("这份批复没有给这个区划（%(id)s）留待确定的代码。") % {"id": division})
        _ensure_digits(known[division], code)
    twice = [code for code in codes.values() if list(codes.values()).count(code) > 1]
    if twice:
        raise InvalidInputError("code_given_twice", _("代码%(code)s给了不止一个区划。") % {"code": twice[0]})
    found = []
    for division, code in codes.items():
        unit = known[division]
        parent = codes.get(unit.above or 0, unit.parent)
        if unit.level == Level.TOWNSHIP and parent is None and unit.above in known:
            message = _("%(name)s的上级代码还没有确定，请先登记上级的代码。") % {"name": unit.name}
            raise InvalidInputError("county_code_first", message)
        found.append(coded(replace(unit, parent=parent), code, day))
    return found


def _ensure_digits(unit: LaterCode, code: str) -> None:
    length = code_rules.LENGTH[unit.level]
    if len(code) != length or not code.isascii() or not code.isdigit() or code[0] == "0":
        message = _("%(name)s的法定代码应为%(length)d位数字，给出的是“%(code)s”。") % {
            "name": unit.name,
            "length": length,
            "code": code[:20],
        }
        raise InvalidInputError("bad_code", message, fields={f"code-{unit.division}": [message]})


def _refuse_used(units: Collection[LaterCode], own: Collection[int]) -> set[str]:
    """Every one of these codes that was ever held by anybody else (CODE-03); a legal one is refused whatever the day of approval.

    A unit's own statistical code is no other's, and what this decision itself gave by mistake was not in use.
    """
    by_code = {unit.code: unit for unit in units}
    used = set()
    rows = DivisionCode.objects.filter(code__in=by_code).select_related("source")
    for row in rows:
        unit = by_code[row.code]
        mistaken = row.source_id in own and (row.recorded.upper is not None or row.division_id in {one.division for one in units})
        if mistaken or (row.division_id == unit.division and row.authority == Authority.NBS):
            continue
        used.add(row.code)
        if row.authority == Authority.MCA and row.code != unit.old_code:
            holder = _last_name(row.division_id)
            message = _("代码%(code)s曾由%(name)s使用，废码不用（CODE-03）。") % {"code": row.code, "name": holder}
            raise ConflictError("code_used", message, fields={f"code-{unit.division}": [message]})
    return used


def _last_name(division: int) -> str:
    names = DivisionRecord.objects.current().filter(division=division).order_by("-valid").values_list("name", flat=True)
    return names.first() or "—"


def _ensure_sound(found: Collection[Finding], reason: str) -> None:
    blocking = [one for one in found if one.severity is Severity.BLOCK]
    if blocking:
        message = _("不能登记：") + decisions.sentences(blocking)
        raise ConflictError("rules_block", message, findings=[one.as_dict() for one in blocking])
    warnings = [one for one in found if one.severity is Severity.WARN]
    if warnings and not reason:
        message = _("有须说明的事项，请写明理由：") + decisions.sentences(warnings)
        raise InvalidInputError(
            "reason_missing", message, findings=[one.as_dict() for one in warnings], fields={"reason": [_("必填")]}
        )


def _used_in(counties: Collection[str], own: Collection[int] = (), again: Collection[int] = ()) -> set[str]:
    """Every code ever seen in these counties (six digits), of any authority, but what sources `own` gave by mistake.

    again: divisions that are coded anew, whose codes of `own` are mistakes too.
    """
    condition = Q(pk__in=[])
    for county in counties:
        condition |= Q(code__gte=county, code__lt=str(int(county) + 1))
    mistaken = Q(source__in=own) & (Q(recorded__upper_inf=False) | Q(division__in=again))
    return set(DivisionCode.objects.filter(condition).exclude(mistaken).values_list("code", flat=True))


# --- writing --------------------------------------------------------------------------------------------------------------


def _source(held: Decision, who: Determiner, paper: str, published_on: date | None, actor: User | None) -> Source:
    """What becomes of demo data stays demo data."""
    demo = held.source is not None and held.source.is_demo
    return Source.objects.create(
        kind=SourceKind.DEMO if demo else SourceKind.DOCUMENT,
        title=f"确定行政区划代码：{paper}",
        issuer=DETERMINER_NAMES[who][0],
        document_number=paper[:80],
        dated=published_on,
        details={
            "kind": _KIND,
            "decision": held.pk,
            "determiner": who.value,
            "published_on": published_on and published_on.isoformat(),
        },
        recorded_by=actor,
    )


def _write(
    divisions: Collection[int], codes: Mapping[int, str], day: date, source: Source, own: Collection[int], moment: Any
) -> None:
    """Ends what these units held on `day` and says the new codes from then on, as long as the old ones or the units would hold."""
    held = {
        row.division_id: row
        for row in DivisionCode.objects.on(day).filter(division__in=divisions, authority=Authority.MCA).select_related("source")
    }
    for row in held.values():
        if row.valid.lower is not None and row.valid.lower >= day and row.source_id not in own:
            message = _("代码%(code)s已由别的资料从当日起登记；有误的请用订正。") % {"code": row.code}
            raise ConflictError("code_fixed_elsewhere", message)
    ends = {division: row.valid.upper for division, row in held.items()} | _ends(set(divisions) - set(held))
    end_rows(DivisionCode, [row.pk for row in held.values()], day, moment)
    try:
        with transaction.atomic():
            DivisionCode.objects.bulk_create(
                DivisionCode(
                    division_id=division,
                    authority=Authority.MCA,
                    code=codes[division],
                    valid=DateRange(day, ends.get(division)),
                    recorded=DateTimeTZRange(moment, None),
                    source=source,
                )
                for division in divisions
            )
    except IntegrityError as error:
        raise ConflictError("code_held", _("其中有代码正由别的区划使用，没有登记。")) from error


def _ends(divisions: Collection[int]) -> dict[int, date | None]:
    """The day from which each of these is no more, None while it is."""
    rows = DivisionRecord.objects.current().filter(division__in=divisions).order_by("valid").values_list("division_id", "valid")
    return {division: valid.upper for division, valid in rows}


def _last_published(held: Decision) -> date | None:
    """When the last of the codes was published; None as long as of one that is not known."""
    made = Source.objects.filter(details__kind=_KIND, details__decision=held.pk)
    made = made.filter(division_codes__recorded__upper_inf=True).distinct()
    days = [one.details["published_on"] for one in made]
    return max((date.fromisoformat(day) for day in days), default=None) if all(days) else None
