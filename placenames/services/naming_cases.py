"""Naming, renaming and cancelling cases: the application, its papers and the answers to findings.

Every function is one transaction, asks a named policy, locks the case's row and appends to the audit trail. `version` is what the
person saw; where somebody else saved in between, the write is refused with `ConflictError`. Steps are `naming_steps`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.contrib.gis.geos import GEOSGeometry
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Division, DivisionRecord
from boundaries.rules.names import clean, faults
from boundaries.rules.overrides import REFUSAL_TEXTS, Override
from boundaries.services.places import place_of
from boundaries.wording import pick
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError
from gis.files import services as files
from placenames import policies
from placenames.models import (
    CaseAct,
    CaseState,
    NameStatus,
    NamingAnswer,
    NamingCase,
    NamingEvent,
    NamingPaper,
    PaperClass,
    PlaceName,
    PlaceNameRecord,
)
from placenames.rules import case_answers
from placenames.rules.case_kinds import CASE_KINDS, approver_of, choices_of, classes_of, kind_of_record
from placenames.rules.case_states import EDITABLE
from placenames.rules.naming_cases import CANCEL_REASONS, REASONS
from placenames.rules.naming_kinds import NamedKind, named_kind
from placenames.rules.registry import rules
from placenames.services.naming_enactment import ensure_open_name, record_in_force
from placenames.services.naming_findings import findings_of

TEXTS: Final = ("name", "spelling", "position", "scale", "nature", "meaning", "reasons", "measures", "applicant", "approver")
CHOICES: Final = ("place_class", "reason_kind", "approver_kind")
FIELDS: Final = (*TEXTS, *CHOICES)
LONGEST_TEXT: Final = 20_000
PURPOSE: Final = "naming_case"
_ARTICLE_11: Final = "《地名管理条例》第十一条"


@transaction.atomic
def create_case(
    actor: User,
    *,
    act: str,
    kind: str = "",
    area: Division | None = None,
    place: PlaceName | None = None,
    location: GEOSGeometry | None = None,
    **fields: str,
) -> NamingCase:
    """Opens a case. A new name is of a `kind` in an `area`; a name that is changed or goes is `place`'s, which says both.

    Raises `ForbiddenError`, `InvalidInputError` and `ConflictError` (there is a case under way already).
    """
    if act not in CaseAct.values:
        raise InvalidInputError("unknown_act", _("只能是命名、更名或销名。"))
    case = NamingCase(act=act, created_by=actor, location=location)
    record = _take_place(case, place) if place is not None else None
    if record is None:
        if act != CaseAct.NAMING:
            raise InvalidInputError("place_missing", _("请先选要更名或销名的地名。"))
        _take_kind_and_area(case, kind, area)
    ensure(policies.may_draft_naming_case(actor, case.area_id))
    today = timezone.localdate()
    case.is_demo = place_of(case.area_id, today).demo
    if act == CaseAct.CANCELLING and record is not None:
        fields["name"] = record.name or ""
    fields.setdefault("place_class", record.place_class if record else classes_of(NamedKind(case.kind))[0].code)
    fields.setdefault("approver_kind", approver_of(NamedKind(case.kind)).value)
    _set(case, fields)
    _check_location(case)
    case.number = _next_number(today.year)
    _save_new(case)
    NamingEvent.objects.create(case=case, action="create", to_state=CaseState.DRAFT, basis=_ARTICLE_11, by=actor)
    audit.record(actor=actor, action="naming.create", target=case, label=str(case), area=case.area_id, after=snapshot(case))
    return case


def _take_place(case: NamingCase, place: PlaceName) -> PlaceNameRecord:
    """What is on record of the place decides kind, area and former name."""
    if place.division_id is not None:
        raise name_of_a_division(place.division_id)
    record = record_in_force(place)
    if record is None or record.status == NameStatus.CANCELLED or record.name is None:
        raise InvalidInputError("not_in_use", _("这个地名已不在用，不能再更名或销名。"))
    ensure_open_name(record)
    if case.act == CaseAct.NAMING and record.status == NameStatus.STANDARD:
        raise InvalidInputError("named_already", _("“%(name)s”已是标准地名，要改用更名。") % {"name": record.name})
    if record.area_id is None:
        raise InvalidInputError("area_unknown", _("这个地名没有登记所在行政区，请先在地名记录中补上。"))
    kind = kind_of_record(record.place_class)
    if kind is None:
        raise InvalidInputError("kind_not_here", _("这一类地名不在这里办理命名更名。"))
    case.place, case.kind, case.area_id, case.former_name = place, kind.value, record.area_id, record.name
    case.location = case.location or record.location
    return record


def name_of_a_division(division: int) -> InvalidInputError:
    """A division's name is the register's; `division` goes along for the link."""
    return InvalidInputError(
        "division_by_decision", _("行政区划和村（居）委会的名称由区划变更的批复改变，不在地名案中办理。"), division=division
    )


def _take_kind_and_area(case: NamingCase, kind: str, area: Division | None) -> None:
    known = named_kind(kind)
    if known is None:
        raise InvalidInputError("unknown_kind", _("请选择地名种类。"), {"kind": [_("请选择地名种类。")]})
    if known not in CASE_KINDS:
        raise name_of_a_division(0)
    if area is None or not DivisionRecord.objects.on(timezone.localdate()).filter(division=area).exists():
        raise InvalidInputError("area_missing", _("请选择所在行政区。"), {"area": [_("请选择今日在册的区划。")]})
    case.kind, case.area = known.value, area


@transaction.atomic
def update_case(actor: User, case: NamingCase, version: int, *, location: GEOSGeometry | None = None, **fields: str) -> NamingCase:
    """Saves the application. Kind, area and place stay: another place is another case."""
    held = locked(case, version)
    ensure(policies.may_edit_naming_case(actor, held))
    _ensure_editable(held)
    before = snapshot(held)
    if held.act == CaseAct.CANCELLING:
        fields.pop("name", None)
    _set(held, fields)
    held.location = location
    _check_location(held)
    if snapshot(held) == before:
        return held
    _saved(held)
    audit.record(
        actor=actor, action="naming.update", target=held, label=str(held), area=held.area_id, before=before, after=snapshot(held)
    )
    return held


def _set(case: NamingCase, fields: Mapping[str, str]) -> None:
    """Trimmed, bounded, free of invisible characters; raises `InvalidInputError` that names each field that is wrong."""
    if unknown := set(fields) - set(FIELDS):
        raise InvalidInputError("unknown_field", _("没有这一栏：%(names)s。") % {"names": "、".join(sorted(unknown))[:100]})
    wrong: dict[str, list[str]] = {}
    for name in set(fields) & set(TEXTS):
        text = clean(fields[name]) if name == "name" else fields[name].strip()
        longest = getattr(case._meta.get_field(name), "max_length", None) or LONGEST_TEXT
        if len(text) > longest:
            wrong[name] = [_("最多 %(count)d 字。") % {"count": longest}]
        elif any((ord(one) < 32 and one not in "\r\n\t") or 0x7F <= ord(one) < 0xA0 for one in text):
            wrong[name] = [_("含有不可见的控制字符。")]
        else:
            setattr(case, name, text)
    if "name" not in wrong and (not case.name or (case.act != CaseAct.CANCELLING and faults(case.name))):
        wrong["name"] = [_("请填写地名；其中不能有空格和看不见的字符。")]
    if case.act == CaseAct.RENAMING and case.name and case.name == case.former_name:
        wrong["name"] = [_("新名称与原名称相同。")]
    for name, known in _choices(case).items():
        if name in fields:
            if fields[name] not in known:
                wrong[name] = [_("请从所列各项中选择。")]
            setattr(case, name, fields[name][:20])
    if wrong:
        raise InvalidInputError("bad_case", _("有的栏目不能保存。"), wrong)


def _choices(case: NamingCase) -> dict[str, set[str]]:
    kind = NamedKind(case.kind)
    reasons = REASONS if case.act == CaseAct.RENAMING else CANCEL_REASONS if case.act == CaseAct.CANCELLING else ()
    recorded = PlaceNameRecord.objects.current().filter(place=case.place_id).values_list("place_class", flat=True)
    classes = {one.code for one in classes_of(kind)} | (set(recorded) if case.place_id else set())
    return {"place_class": classes, "reason_kind": {"", *reasons}, "approver_kind": {one.value for one in choices_of(kind)}}


def _check_location(case: NamingCase) -> None:
    """A place lies in its area, at least in part. Of an area without outline nothing is known."""
    if case.location is None:
        return
    records = DivisionRecord.objects.on(timezone.localdate()).filter(division=case.area_id, geometry__isnull=False)
    if records.exists() and not records.filter(geometry__intersects=case.location).exists():
        words = _("所填位置不在所选行政区内，请核对坐标（先经度、后纬度）或所在行政区。")
        raise InvalidInputError("location_elsewhere", words, {"coordinates": [words]})


def _save_new(case: NamingCase) -> None:
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError as error:
        raise _under_way(case) from error


def _saved(held: NamingCase) -> None:
    held.version += 1
    try:
        with transaction.atomic():
            held.save()
    except IntegrityError as error:
        raise _under_way(held) from error


def _under_way(case: NamingCase) -> ConflictError:
    rows = NamingCase.objects.filter(state__in=("draft", "submitted", "returned", "reviewed")).exclude(pk=case.pk)
    same = rows.filter(place=case.place) if case.place_id else rows.filter(area=case.area_id, kind=case.kind, name=case.name)
    other = same.first()
    told = _("%(number)s 正在办理同一地名，不能重复立案。") % {"number": other.number if other else ""}
    return ConflictError("case_under_way", told, number=other.number if other else "", case=other.pk if other else None)


# --- papers -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_paper(
    actor: User, case: NamingCase, version: int, paper_class: str, upload: UploadedFile, title: str, parts: Iterable[str] = ()
) -> NamingPaper:
    """Files one document. After the approval only what came since: the decision, the receipt, other papers."""
    if paper_class not in PaperClass.values:
        raise InvalidInputError("unknown_paper_class", _("没有这一类材料：%(name)s。") % {"name": paper_class[:40]})
    held = locked(case, version)
    _ensure_papers_open(actor, held, paper_class)
    stored = files.store(upload, name=upload.name or "", purpose=PURPOSE, actor=actor, area=held.area_id)
    words = title.strip()[:200]
    if any(ord(one) < 32 for one in words):
        raise InvalidInputError("bad_title", _("含有不可见的控制字符。"), {"title": [_("含有不可见的控制字符。")]})
    paper = NamingPaper.objects.create(
        case=held, paper_class=paper_class, file=stored, title=words or stored.name[:200], parts=list(parts), added_by=actor
    )
    _saved(held)
    told = {"paper_class": paper_class, "title": paper.title, "sha256": stored.sha256, "parts": paper.parts}
    audit.record(actor=actor, action="naming.attach", target=held, label=str(held), area=held.area_id, after=told)
    return paper


@transaction.atomic
def set_aside_paper(actor: User, case: NamingCase, version: int, paper: int, *, removed: bool) -> None:
    """Takes a document out, or puts it back; the file itself stays."""
    held = locked(case, version)
    ensure(policies.may_edit_naming_case(actor, held) or policies.may_review_naming_case(actor, held))
    row = held.papers.filter(pk=paper, removed_at__isnull=removed).first()
    if row is None:
        raise ConflictError("paper_changed", _("这份材料的状态已经变了，请刷新页面。"))
    _ensure_papers_open(actor, held, row.paper_class)
    row.removed_at = timezone.now() if removed else None
    row.save(update_fields=["removed_at"])
    _saved(held)
    told = {"paper_class": row.paper_class, "title": row.title}
    audit.record(
        actor=actor, action="naming.detach" if removed else "naming.attach", target=held, label=str(held), area=held.area_id,
        before=told if removed else None, after=None if removed else told,
    )  # fmt: skip


_AFTER_APPROVAL: Final = (PaperClass.APPROVAL, PaperClass.FILING, PaperClass.OTHER)


def _ensure_papers_open(actor: User, held: NamingCase, paper_class: str) -> None:
    """The dossier is the officer's while it may be edited; what comes with and after the decision is also the reviewer's."""
    late = held.state in (CaseState.REVIEWED, CaseState.APPROVED, CaseState.CLOSED)
    reviews = late and policies.may_review_naming_case(actor, held)
    ensure(reviews or policies.may_edit_naming_case(actor, held))
    if held.state not in EDITABLE and not (late and paper_class in _AFTER_APPROVAL):
        words = _("案件现为“%(state)s”，不能改动这类材料。") % {"state": held.get_state_display()}
        raise ConflictError("not_editable", words)


# --- answers ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def answer_finding(
    actor: User, case: NamingCase, *, rule: str, code: str = "", subject: str = "", document: str = "", reason: str
) -> NamingAnswer:
    """Settles a warning by a reason, a block by a document and a reason where its rule allows that; else says why not."""
    held = _lock_answerable(actor, case)
    if rule not in rules():
        raise InvalidInputError("unknown_rule", _("没有规则“%(rule)s”。") % {"rule": rule[:40]})
    reason, document = _words(reason, "reason", LONGEST_TEXT), _words(document, "document", 200)
    if not reason:
        raise InvalidInputError("reason_missing", _("请写明理由。"), {"reason": [_("必填")]})
    given = Override(rule, document, reason, code, subject)
    concerned = [one.finding for one in findings_of(held).judged if given.concerns(one.finding)]
    if not concerned:
        raise ConflictError("finding_gone", _("现在没有这一条须处理的事项，请刷新页面。"))
    for finding in concerned:
        if (cause := case_answers.refusal(finding, given)) is not None:
            zh, en = REFUSAL_TEXTS[cause]
            words = pick(f"{finding.message_zh}{zh}", f"{finding.message_en} {en}")
            raise InvalidInputError("answer_refused", words, rule=rule, cause=cause.value)
    answer = NamingAnswer.objects.create(
        case=held, rule=rule, code=code[:60], subject=subject[:200], document=document, reason=reason, by=actor
    )
    told = {"rule": rule, "code": code, "subject": subject, "document": document}
    audit.record(actor=actor, action="naming.answer", target=held, label=str(held), area=held.area_id, after=told, reason=reason)
    return answer


@transaction.atomic
def withdraw_answer(actor: User, answer: NamingAnswer) -> None:
    held = _lock_answerable(actor, answer.case)
    row = NamingAnswer.objects.select_for_update().get(pk=answer.pk)
    if row.withdrawn_at is not None:
        return
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    told = {"rule": row.rule, "code": row.code, "subject": row.subject, "document": row.document, "reason": row.reason}
    audit.record(actor=actor, action="naming.answer_withdraw", target=held, label=str(held), area=held.area_id, before=told)


def _lock_answerable(actor: User, case: NamingCase) -> NamingCase:
    """Until the decision: the drafting office while it may edit, the reviewer while the case lies with them."""
    held = NamingCase.objects.select_for_update().get(pk=case.pk)
    if held.state in EDITABLE:
        ensure(policies.may_edit_naming_case(actor, held))
    elif held.state in (CaseState.SUBMITTED, CaseState.REVIEWED):
        ensure(policies.may_review_naming_case(actor, held))
    else:
        raise ConflictError("not_editable", _("案件现为“%(state)s”，不能再答复。") % {"state": held.get_state_display()})
    return held


# --- shared with the steps ----------------------------------------------------------------------------------------------


def locked(case: NamingCase, version: int) -> NamingCase:
    held = NamingCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if held.version != version:
        raise ConflictError(
            "changed_meanwhile",
            _("在您打开之后，这个案件已被修改。您填写的内容没有保存，请刷新后再改。"),
            version=held.version,
        )
    return held


def _ensure_editable(held: NamingCase) -> None:
    if held.state not in EDITABLE:
        raise ConflictError("not_editable", _("案件现为“%(state)s”，不能修改。") % {"state": held.get_state_display()})


def _words(text: str, name: str, longest: int) -> str:
    words = text.strip()
    if len(words) > longest:
        raise InvalidInputError("text_too_long", _("说明过长。"), {name: [_("最多 %(count)d 字。") % {"count": longest}]})
    if any(ord(one) < 32 and one not in "\r\n\t" for one in words):
        raise InvalidInputError("bad_text", _("含有不可见的控制字符。"), {name: [_("含有不可见的控制字符。")]})
    return words


def _next_number(year: int) -> str:
    """DM-2026-0001, counted by year; the advisory lock keeps two drafts made at once apart."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('yudi naming case number'))")
    prefix = f"DM-{year}-"
    taken = NamingCase.objects.filter(number__startswith=prefix).order_by("-id").values_list("number", flat=True).first()
    return f"{prefix}{int(taken.removeprefix(prefix)) + 1 if taken else 1:04d}"


def snapshot(case: NamingCase) -> dict[str, Any]:
    """What the trail keeps of a case."""
    told = {name: getattr(case, name) for name in FIELDS}
    dates = {name: getattr(case, name) for name in ("approved_on", "effective_on", "filed_on", "announced_on")}
    return {
        "number": case.number,
        "act": case.act,
        "kind": case.kind,
        "state": case.state,
        **told,
        "former_name": case.former_name,
        "location": case.location.geojson if case.location else None,
        "document_number": case.document_number,
        "filed_with": case.filed_with,
        "filing_number": case.filing_number,
        **dates,
    }


clean_words, saved = _words, _saved
