"""Words and chips of naming cases in the reader's language."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _

from boundaries.rules.finding import Severity
from boundaries.wording import pick
from placenames.models import NamingEvent
from placenames.rules.case_states import EDGES, Action
from placenames.rules.naming import Found
from placenames.services.naming_findings import Judged

STATE_CHIPS: Final = {
    "draft": "neutral", "submitted": "waiting", "returned": "near", "reviewed": "running", "refused": "failed",
    "approved": "running", "closed": "done", "withdrawn": "neutral", "revoked": "failed",
}  # fmt: skip
SEVERITY_CHIPS: Final = {Severity.BLOCK: "not_met", Severity.WARN: "warning", Severity.INFO: "info"}


def severity_words(severity: Severity) -> str:
    return {Severity.BLOCK: _("须解决"), Severity.WARN: _("须说明"), Severity.INFO: _("提示")}[severity]


def finding_row(one: Judged) -> dict[str, Any]:
    """A finding for a page or a program, with its answer."""
    return told_finding(one.found) | {
        "settled": one.settled,
        "answerable": one.answerable and one.answer is None,
        "answer": one.answer,
        "document": one.document,
    }


def told_finding(found: Found) -> dict[str, Any]:
    finding = found.finding
    return {
        "rule": finding.rule,
        "code": finding.code,
        "subject": finding.subject,
        "severity": finding.severity.value,
        "weight": severity_words(finding.severity),
        "chip": SEVERITY_CHIPS[finding.severity],
        "basis": finding.basis,
        "message": pick(finding.message_zh, finding.message_en),
        "with": [
            {
                "name": other.name,
                "area": other.area,
                "distance": distance_words(other.distance_m),
                "distance_m": other.distance_m,
                "lon": other.lon,
                "lat": other.lat,
            }
            for other in found.others[:20]
        ],
    }


def distance_words(metres: float | None) -> str:
    if metres is None:
        return ""
    return _("%(km)s 公里") % {"km": f"{metres / 1000:.1f}"} if metres >= 1000 else _("%(m)d 米") % {"m": round(metres)}


def event_row(event: NamingEvent) -> dict[str, Any]:
    edge = next((one for one in EDGES if one.action == event.action and one.start == event.from_state), None)
    title = pick(edge.title_zh, edge.title_en) if edge else _("起草")
    basis = pick(edge.basis_zh, edge.basis_en) if edge else pick(event.basis, "Regulations on Place Names, art. 11")
    return {"event": event, "title": title, "basis": basis, "chip": STATE_CHIPS[event.to_state]}


STEP_FIELDS: Final = {
    Action.APPROVE: ("approver_kind", "approver", "document_number", "approved_on", "effective_on"),
    Action.FILE: ("filed_with", "filed_on", "filing_number"),
    Action.ANNOUNCE: ("issuer", "announced_on"),
}
