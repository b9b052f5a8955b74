"""What is done to a marker: moved, repaired, replaced, renumbered, removed.

What the law asks for a move or a repair is judged first (BND-STK-01, -02); an act that blocks is not carried out and
what was found is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.boundary_lines import MarkerOnDay, marker_on
from boundaries.models import BoundaryMarker, MarkerAct, MarkerActKind, Source
from boundaries.rules.finding import Finding, blocks
from boundaries.rules.marker_acts import Move, Repair, check_move, check_repair
from boundaries.services import boundary_markers
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError

_MOVES = frozenset({MarkerActKind.MOVE, MarkerActKind.REMOVE})
_REPAIRS = frozenset({MarkerActKind.REPAIR, MarkerActKind.REPLACE})


@dataclass(frozen=True, slots=True)
class Statements:
    """How an act was done. Divisions are ids: `agreed`, `surveyed`, `present`, `by` (who repaired)."""

    application: bool = False
    agreed: tuple[int, ...] = ()
    surveyed: tuple[int, ...] = ()
    archived: bool = False
    filed: bool = False
    by: int | None = None
    present: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "application": self.application,
            "agreed": list(self.agreed),
            "surveyed": list(self.surveyed),
            "archived": self.archived,
            "filed": self.filed,
            "by": self.by,
            "present": list(self.present),
        }


@dataclass(frozen=True, slots=True)
class Act:
    """`values` are what the marker is afterwards, as `services.boundary_markers.change` takes them; none for a repair."""

    kind: str
    on: date
    statements: Statements
    reason: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def judge(marker: MarkerOnDay, kind: str, statements: Statements) -> list[Finding]:
    """BND-STK-01 for moving and removing, BND-STK-02 for repairing and replacing; a new number asks for nothing of these."""
    names = {side.unit.id: side.unit.name for side in marker.sides}

    def named(divisions: tuple[int, ...]) -> list[str]:
        return [names[one] for one in divisions if one in names]

    if kind in _MOVES:
        return check_move(
            Move(
                list(names.values()),
                statements.application,
                named(statements.agreed),
                named(statements.surveyed),
                statements.archived,
                statements.filed,
            )
        )
    if kind in _REPAIRS:
        keeper = marker.custodian
        by = names.get(statements.by or 0, "")
        return check_repair(Repair(list(names.values()), "" if keeper is None else keeper.unit.name, by, named(statements.present)))
    return []


@transaction.atomic
def carry_out(actor: User | None, marker: BoundaryMarker, act: Act, *, source: Source) -> MarkerAct:
    """Records the act and what the marker is since. Raises `ConflictError` (act_blocked) with the findings that forbid it."""
    ensure(actor is None or policies.may_edit_marker(actor, marker))
    if act.kind not in MarkerActKind.values:
        raise InvalidInputError("unknown_act", _("没有这一种界桩变动。"))
    if act.on > timezone.localdate():
        raise InvalidInputError("day_in_future", _("日期不能晚于今天。"), {"on": [_("晚于今天")]})
    findings = judge(marker_on(marker, act.on), act.kind, act.statements)
    if blocks(findings):
        raise ConflictError(
            "act_blocked", _("不能这样办理：%(why)s") % {"why": "".join(one.message_zh for one in findings)},
            findings=[one.as_dict() for one in findings],
        )  # fmt: skip
    made = MarkerAct.objects.create(
        marker=marker,
        kind=act.kind,
        on=act.on,
        statements=act.statements.as_dict(),
        findings=[one.as_dict() for one in findings],
        reason=act.reason.strip(),
        source=source,
        made_by=actor,
    )
    audit.record(
        actor=actor,
        action="marker.act",
        target=marker,
        after={"kind": act.kind, "on": act.on.isoformat(), **made.statements},
        reason=act.reason.strip(),
    )
    if act.kind == MarkerActKind.REMOVE:
        boundary_markers.end(actor, marker, on=act.on, source=source, reason=act.reason)
    elif act.values:
        boundary_markers.change(actor, marker, act.values, on=act.on, source=source, reason=act.reason)
    return made
