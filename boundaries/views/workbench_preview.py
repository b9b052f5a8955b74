"""A preview as the workbench shows it: the table, the pictures, sentences, findings by step, the dossier, what else is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from boundaries import drafting, impacts
from boundaries.changes import Plan
from boundaries.changes.acts import Act, ChangeBoundary, ChangeType, Establish, Split, TransferVillages
from boundaries.changes.lineage import Edge
from boundaries.changes.outcome import Outcome
from boundaries.changes.plan import Notice
from boundaries.changes.register import Key
from boundaries.changes.words import sentences
from boundaries.models import Decision, DivisionType
from boundaries.rules.dossier import DOCUMENT_CLASSES
from boundaries.rules.stages import Stage
from boundaries.services.decision_findings import Answered
from boundaries.services.decisions import Preview
from gis.accounts.models import User

_MOST_NAMED = 4


def preview_document(made: Preview, person: User, decision: Decision | None) -> dict[str, Any]:
    """JSON-able.

    rows        boundaries.changes.outcome.Outcome.rows, with `type_name` in each side
    pictures    its `pictures`
    below       {KEY: [KEY]}: what lies below each unit that changes afterwards, for acts that follow
    sentences   each act as decisions write it; titles: the same short enough for a title, always Chinese
    lineage     sentences; codes: {"retired", "assigned", "needed"} as the plan's document has them
    findings    each with `message` in the reader's language; `stages` the steps that ask for an answer
    checklist   the seven classes of documents, with the files of the saved draft
    areas       divisions the draft may be filed under, the lowest first
    """
    plan = made.plan
    outcome = Outcome(plan, made.register)
    rows = outcome.rows()
    for row in rows:
        for side in (row["before"], row["after"]):
            if side is not None:
                side["type_name"] = str(DivisionType(side["type"]).label)

    def name(key: Key) -> str:
        state = outcome.before.get(key) or outcome.after.get(key)
        return state.name if state is not None else f"#{key}"

    acts = sentences(made.decision, name)
    topology = [one for one in made.document["topology"] if one["worse"]]
    return {
        "fingerprint": made.fingerprint,
        "rows": rows,
        "pictures": outcome.pictures(),
        "below": {
            str(key): [one for one, state in outcome.after.items() if state.parent == key]
            for key in outcome.changed
            if key in outcome.after
        },
        "sentences": [en if _english() else zh for zh, en in acts],
        "titles": [_title(act, zh, name) for act, (zh, _en) in zip(made.decision.acts, acts, strict=True)],
        "lineage": list(_lineage(plan, outcome)),
        "codes": made.document["codes"],
        "corners": [made.register.units[key].on(plan.day).name for key in sorted(outcome.only_corners) if isinstance(key, int)],  # type: ignore[union-attr]
        "notices": [_notice(one) for one in plan.notices],
        "obstacles": [_notice(one) for one in plan.obstacles],
        "topology": topology,
        "findings": [_finding(one) for one in made.findings],
        "checklist": checklist(decision),
        "impacts": made.document["impacts"],
        "cost": impacts.cost_words(made.document["impacts"]),
        "areas": drafting.areas_for(person, drafting.concerned(plan), plan.day),
    }


def _title(act: Act, sentence: str, name: Callable[[Key], str]) -> str:
    """关于撤销望岫乡设立望岫镇的方案; what a list of villages would make too long is counted."""
    match act:
        case ChangeType():
            told = f"撤销{name(act.unit)}设立{act.new.name}"
        case Split():
            told = f"由{name(act.unit)}析置{act.new.name}"
        case Establish():
            told = f"设立{act.new.name}"
        case TransferVillages() if len(act.villages) > _MOST_NAMED:
            told = f"将{len(act.villages)}个村（居）划归{name(act.to)}管辖"
        case ChangeBoundary():
            told = f"变更{name(act.source)}与{name(act.to)}行政区域界线"
        case _:
            told = sentence
    return f"关于{told}的方案"


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _notice(one: Notice) -> dict[str, Any]:
    return {"code": one.code, "unit": one.unit, "message": one.en if _english() else one.zh}


def _finding(one: Answered) -> dict[str, Any]:
    told = one.as_dict()
    waiver = told.pop("waiver")
    english = told.pop("message_en")
    return {
        **told,
        "message": english if _english() else told["message"],
        "waiver": (waiver["en"] if _english() else waiver["zh"]) if waiver else "",
    }


def _lineage(plan: Plan, outcome: Outcome) -> Iterator[str]:
    """「望岫乡的 47.3% 面积、40.1% 人口划入新岗乡」"""
    for edge in plan.lineage:
        former, present = outcome.before[edge.predecessor].name, outcome.after[edge.successor].name
        names = {"former": former, "present": present}
        if edge.whole:
            new = edge.successor not in outcome.before
            yield (_("%(former)s的全部区域成为%(present)s。") if new else _("%(former)s的全部区域并入%(present)s。")) % names
            continue
        shares = _shares(edge)
        if shares:
            yield _("%(former)s的%(shares)s划归%(present)s。") % {**names, "shares": shares}
        else:
            yield _("%(former)s的一部分划归%(present)s，比例尚不能确定。") % names


def _shares(edge: Edge) -> str:
    parts = []
    if edge.area_share is not None:
        parts.append(_("%(share)s%% 面积") % {"share": f"{edge.area_share * 100:.1f}"})
    if edge.population_share is not None:
        parts.append(_("%(share)s%% 人口") % {"share": f"{edge.population_share * 100:.1f}"})
    return _("、").join(parts)


def checklist(decision: Decision | None) -> list[dict[str, Any]]:
    """The seven classes of 《行政区划管理条例》第十三条 and what of each is filed with the saved draft."""
    filed: dict[str, list[str]] = {}
    if decision is not None and decision.pk:
        for one in decision.files.filter(removed_at=None).exclude(document_class=""):
            filed.setdefault(one.document_class, []).append(one.title)
    return [
        {
            "id": one.id,
            "number": one.number,
            "title": one.en if _english() else one.zh,
            "required": one.required,
            "files": filed.get(one.id, []),
        }
        for one in DOCUMENT_CLASSES.values()
    ]


def stage_words() -> list[tuple[str, str]]:
    """The steps in their order, in the reader's language."""
    return [
        (Stage.SUBMIT, pgettext("step", "送审")),
        (Stage.ENACT, pgettext("step", "实施")),
        (Stage.CLOSE, pgettext("step", "结案")),
    ]
