"""What the papers of a dossier say, gathered from a decision or an application: plain data for boundaries.documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import override

from boundaries.changes.register import COUNTY, TOWNSHIP, VILLAGE
from boundaries.documents import acts_in_words
from boundaries.documents.acts_in_words import TYPE_ZH, UNSTATED
from boundaries.documents.decision_opinion import Judged, Opinion
from boundaries.documents.dossier import DossierFacts, Filed
from boundaries.models import Application, Decision, DivisionRecord, Grade
from boundaries.rules.acts import ActKind
from boundaries.rules.change_case import FACTS, Case
from boundaries.rules.consultation import DEPARTMENTS
from boundaries.rules.dossier import DOCUMENT_CLASSES
from boundaries.rules.report import evaluation_document
from boundaries.services import decision_findings, establishment
from boundaries.services.applications import PLAN_FIELDS, plan_column
from boundaries.services.change_evidence import Evidence, Standing
from boundaries.services.change_maps import emphasis_of
from gis.errors import DomainError
from gis.sheets import Emphasis

FOLDERS = {
    "": "0_批复及后续文件", "application": "1_申请书", "basic_facts": "2_基本情况", "risk_assessment": "3_风险评估报告",
    "expert_report": "4_专家论证报告", "public_opinions": "5_征求意见情况", "maps": "6_图件", "other": "7_其他材料",
}  # fmt: skip
_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"/\\|?*', "_"))
_LIMIT = 400


def filed_files(rows: Iterable[Any]) -> list[tuple[Filed, Any]]:
    """(what the papers tell, the stored file) of the rows of a dossier, by class; each with its place in the zip."""
    found = []
    order = ["", *DOCUMENT_CLASSES]
    counts: Counter[str] = Counter()
    for row in sorted(rows, key=lambda one: (order.index(one.document_class) if one.document_class in order else 99, one.pk)):
        counts[row.document_class] += 1
        folder = FOLDERS.get(row.document_class, FOLDERS["other"])
        name = f"{counts[row.document_class]:02d}_{row.file.name.translate(_FORBIDDEN)}"
        path = f"附件/{folder}/{name}"
        found.append((Filed(row.document_class, row.title, row.file.name, row.file.size, row.file.sha256, path), row.file))
    return found


# --- a decision ---------------------------------------------------------------------------------------------------------


def of_decision(decision: Decision, evidence: Evidence, filed: Iterable[Filed], by: str, made_on: date) -> DossierFacts:
    case = decision_findings.case_of(decision)
    called = _called(decision, evidence)
    with override("zh-hans"):
        state = str(decision.get_state_display())
    status = f"{state}，以下按实施时冻结的资料" if evidence.enacted else f"{state}，以下按{_day(made_on)}登记册的预览，尚未实施"
    return DossierFacts(
        number=decision.document_number,
        number_title="批准文号",
        title=decision.title,
        subject=subject_of(evidence) or decision.title,
        addressee=decision.approver,
        requests=tuple(_requests(decision, evidence, called)),
        reasons=case.reasons,
        plan=tuple(_plan_rows(decision, evidence, case, called)),
        facts=tuple((zh, case.facts.get(key, "")) for key, (zh, _en) in FACTS.items()),
        comparison=tuple(_comparison(evidence)),
        register=tuple(_register(evidence)),
        filed=tuple(filed),
        status=status,
        drafted_by=by,
        made_on=made_on,
        demo=evidence.demo,
    )


def subject_of(evidence: Evidence) -> str:
    """Whose change it is: the county of the townships that change, and the unit's name where it is one."""
    told = _told(evidence.before) or _told(evidence.after)
    parents = list(dict.fromkeys(one.parent_name for one in told if one.level >= TOWNSHIP and one.parent_name))
    units = list(dict.fromkeys(one.name for one in told if one.level >= TOWNSHIP)) or [one.name for one in told]
    if len(parents) == 1:
        return parents[0] + (units[0] if len(units) == 1 else "")
    return units[0] if len(units) == 1 else ""


def _told(standings: Iterable[Standing]) -> list[Standing]:
    return [one for one in standings if one.level <= TOWNSHIP and (one.alone or one.changed) and one.level > 1]


def _called(decision: Decision, evidence: Evidence) -> dict[Any, str]:
    """Names by key of all that acts and case speak of, as they were called before; what the change makes by its own name."""
    called: dict[Any, str] = {one.key: one.name for one in evidence.after}
    called |= {one.key: one.name for one in evidence.before}
    wanted = set(_keys([act.data for act in decision.acts.all()])) - called.keys()
    rows = DivisionRecord.objects.current().filter(division__in=wanted).order_by("valid").values_list("division", "name")
    called |= dict(rows)
    made = {ref: division for act in decision.acts.all() for ref, division in act.made.items()}
    return called | {ref: called[division] for ref, division in made.items() if division in called}


def _keys(value: Any) -> Iterator[int]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _keys(one)
    elif isinstance(value, list):
        for one in value:
            yield from _keys(one)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield value


def _requests(decision: Decision, evidence: Evidence, called: Mapping[Any, str]) -> list[str]:
    acts = [
        acts_in_words.Act(act.kind, act.data, whole=_is_whole(evidence, act.data.get("unit")))
        for act in decision.acts.order_by("order")
    ]
    counties = {one.parent_name for one in evidence.before if one.level == TOWNSHIP and _named_in(one, acts)}
    county = counties.pop() if len(counties) == 1 else ""
    prefixed = {ActKind.CHANGE_TYPE, ActKind.ESTABLISH, ActKind.ABOLISH, ActKind.MERGE}
    told = acts_in_words.sentences(acts, called)
    return [f"{county if act.kind in prefixed else ''}{sentence}" for act, sentence in zip(acts, told, strict=True)]


def _named_in(one: Standing, acts: Iterable[acts_in_words.Act]) -> bool:
    return any(one.key in set(_keys(act.data)) for act in acts)


def _is_whole(evidence: Evidence, unit: Any) -> bool:
    """All of the unit's ground went to one successor, which has no other."""
    leaving = [one for one in evidence.descents if one.predecessor == unit]
    if len(leaving) != 1 or (leaving[0].area_share is not None and leaving[0].area_share < 1 - 1e-9):
        return False
    return sum(one.successor == leaving[0].successor for one in evidence.descents) == 1


def _plan_rows(decision: Decision, evidence: Evidence, case: Case, called: Mapping[Any, str]) -> Iterator[tuple[str, str]]:
    before = {one.key for one in evidence.before}
    made = [one for one in evidence.after if one.key not in before and one.alone]
    for one in made:
        yield "设立", f"{one.name}，建制类型：{TYPE_ZH.get(one.type, one.type)}，隶属关系：{one.parent_name or UNSTATED}"
    ended = {one.key for one in evidence.after}
    for one in evidence.before:
        if one.alone and one.key not in ended:
            yield "撤销", f"{one.name}，原区域归：{'、'.join(each.name for each in evidence.successors(one.key)) or UNSTATED}"
    yield "行政区域界线", case.boundary
    yield "原区域归属", case.territory
    for key, seat in case.seats.items():
        name = called.get(int(key) if key.isdigit() else key) or key
        yield f"{name}驻地", f"原：{seat.old or UNSTATED}；新：{seat.new or UNSTATED}"
    if not case.seats:
        yield "政府驻地", ""
    yield "方案制订机关", case.plan_author
    yield "共同拟订", "、".join(case.signed_by)
    departments = {one.id: one.zh for one in DEPARTMENTS}
    yield (
        "征求部门意见",
        "；".join(
            f"{departments[one.department]}：{one.document or (f'无需（{one.not_needed}）' if one.not_needed else UNSTATED)}"
            for one in case.opinions
        ),
    )
    yield "审批机关", decision.approver
    yield "生效日期", _day(decision.effective_on)


def _comparison(evidence: Evidence) -> Iterator[tuple[str, ...]]:
    """Each unit with what became of it; villages that only follow their township are counted in one row."""
    before, after = {one.key: one for one in evidence.before}, {one.key: one for one in evidence.after}
    shown_after: set[Any] = set()
    followers = 0
    rows: list[tuple[str, ...]] = []
    for one in evidence.before:
        descents = [each for each in evidence.descents if each.predecessor == one.key and each.successor in after]
        other = after.get(one.key)
        if other is not None and emphasis_of(evidence, one) is Emphasis.NONE and not descents:
            followers += one.level == VILLAGE and bool(one.changed)
            if one.level < TOWNSHIP or not one.changed or one.level == VILLAGE:
                continue
        if other is not None:
            rows.append((*_cells(one), *_cells(other), ""))
            shown_after.add(other.key)
        for each in descents:
            rows.append((*_cells(one), *_cells(after[each.successor]), _percent(each.area_share)))
            shown_after.add(each.successor)
        if other is None and not descents:
            rows.append((*_cells(one), *[""] * 6))
    fresh = [one for key, one in after.items() if key not in shown_after and key not in before]
    rows += [(*[""] * 5, *_cells(one), "") for one in fresh]
    if followers:
        rows.append((f"另有 {followers} 个村（居）随所属乡镇一并变更隶属", *[""] * 10))
    left = len(rows) - _LIMIT
    yield from rows[:_LIMIT]
    if left > 0:
        yield (f"另有 {left} 行未列", *[""] * 10)


def _cells(one: Standing) -> tuple[str, ...]:
    return one.name, TYPE_ZH.get(one.type, one.type), one.parent_name, one.code or "—", _km2(one.area_m2)


def _km2(area: float | None) -> str:
    return "未知" if area is None else f"{area / 1e6:,.2f}"


def _percent(share: float | None) -> str:
    return "未知" if share is None else f"{share * 100:.2f}%"


def _register(evidence: Evidence) -> Iterator[tuple[str, ...]]:
    """Units down to the township as they stood before."""
    told = [one for one in evidence.before if COUNTY <= one.level <= TOWNSHIP and (one.alone or one.changed)]
    ids = [one.key for one in told if isinstance(one.key, int)]
    records = DivisionRecord.objects.in_force(evidence.eve if evidence.enacted else evidence.day).filter(parent__in=ids)
    records = records.current() if evidence.known_at is None else _known_before(records, evidence)
    counts = Counter(records.values_list("parent", flat=True))
    with override("zh-hans"):
        for one in told:
            grade = str(Grade(one.grade).label) if one.grade else "无"
            below = str(counts[one.key]) if isinstance(one.key, int) and counts[one.key] else "未知"
            yield (*_cells(one), grade, below)


def _known_before(records: Any, evidence: Evidence) -> Any:
    return records.known_at(evidence.known_at)


# --- the opinion --------------------------------------------------------------------------------------------------------


def opinion_of(decision: Decision, evidence: Evidence) -> Opinion:
    plan = evidence.plan
    notices = [one["message"] for one in (*plan.get("obstacles", ()), *plan.get("notices", ()))]
    rows = (
        (
            "批准机关",
            f"{decision.approver or UNSTATED}，批准日期：{_day(decision.approved_on) if decision.approved_on else UNSTATED}",
        ),
        ("生效日期", _day(decision.effective_on)),
    )
    return Opinion(
        findings=evidence.findings,
        judged=tuple(_judged(evidence)),
        notices=notices,
        impacts=plan.get("impacts", ()),
        enacted=evidence.enacted,
        imported=bool(plan.get("imported")),
        rows=rows,
    )


def _judged(evidence: Evidence) -> Iterator[Judged]:
    """Townships and towns that become a town or a sub-district."""
    for former in evidence.before:
        for new in evidence.successors(former.key):
            target = new.type
            eligible = establishment.ELIGIBLE.get(target, frozenset())
            if former.type not in eligible or former.level != TOWNSHIP or not isinstance(former.key, int):
                continue
            # A draft's unit is still there on the day itself, and may have come only that day.
            on = evidence.eve if evidence.enacted else evidence.day
            try:
                check = establishment.check(target, on, division=former.key)
            except DomainError as error:
                yield Judged(new.name, former.name, {}, str(error))
                continue
            document = evaluation_document(check.evaluation, target=target)
            row = check.chosen.row
            yield Judged(
                new.name,
                former.name,
                {"establishment": document, "rule_set": {"toml": row.toml, "identifier": row.identifier}},
            )


# --- an application -----------------------------------------------------------------------------------------------------


def of_application(application: Application, evidence: Evidence, filed: Iterable[Filed], by: str, made_on: date) -> DossierFacts:
    [old], [new] = evidence.before, evidence.after
    data = {"unit": old.key, "new": {"ref": new.key, "name": new.name, "type": new.type}}
    act = acts_in_words.Act(ActKind.CHANGE_TYPE, data, whole=not application.territory_plan.strip())
    [sentence] = acts_in_words.sentences([act], {old.key: old.name})
    with override("zh-hans"):
        state = str(application.get_state_display())
        titled = [(str(plan_column(name).verbose_name), name) for name in PLAN_FIELDS if name not in ("reasons", "facts")]
    plan = [(title, _plan_words(name, getattr(application, name))) for title, name in titled]
    frozen = application.evaluation is not None
    basis = f"按{_day(evidence.eve)}冻结的校核" if frozen else f"按{_day(evidence.eve)}的登记册"
    return DossierFacts(
        number=application.number,
        number_title="申请编号",
        title=f"{old.parent_name}撤销{old.name}设立{application.proposed_name}",
        subject=f"{old.parent_name}{old.name}",
        addressee="",
        requests=(f"{old.parent_name}{sentence}",),
        reasons=application.reasons,
        plan=tuple(plan),
        facts=(("历史、地理、民族、经济、人口、资源环境、面积、隶属关系", application.facts),),
        comparison=tuple(_comparison(evidence)),
        register=tuple(_register(evidence)),
        filed=tuple(filed),
        status=f"{state}，以下{basis}",
        drafted_by=by,
        made_on=made_on,
        demo=evidence.demo,
    )


def _plan_words(name: str, value: str) -> str:
    return TYPE_ZH.get(value, value) if name == "proposed_type" else value


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
