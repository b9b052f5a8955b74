"""Decisions from the draft to the register, through the services."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from boundaries.models import Decision, DecisionState, Division, DivisionCode, DivisionRecord, Lineage, Source, SourceKind
from boundaries.services import decisions
from boundaries.services.decisions import ActEntry
from boundaries.services.demo import load_demo
from gis.accounts.models import Duty, User
from gis.audit.models import AuditEntry
from gis.errors import ConflictError, ForbiddenError, InvalidInputError
from tests.factories import make_user

DAY = date(2026, 3, 1)


@pytest.fixture
def demo(db):
    load_demo()


def unit(name: str, day: date = DAY) -> int:
    return DivisionRecord.objects.on(day).get(name=name).division_id


def draft(*acts: ActEntry, actor: User | None = None, day: date = DAY, area: str = "演示市") -> Decision:
    return decisions.create_draft(
        actor,
        Division.objects.get(pk=unit(area)),
        acts,
        title="演示批复",
        document_number="演民行批〔2026〕1号",
        approver="演示民政机关（虚构）",
        effective_on=day,
    )


def enact(decision: Decision, actor: User | None = None) -> Decision:
    seen = decisions.preview(actor, decision)
    return decisions.enact(actor, decision, seen.fingerprint, redraw=False)


def test_a_township_becomes_a_town(demo) -> None:
    old = unit("麦垄乡")
    villages = set(DivisionRecord.objects.on(DAY).filter(parent=old).values_list("division", flat=True))
    act = ActEntry("change_type", {"unit": old, "new": {"ref": "town", "name": "麦垄镇", "type": "town"}})
    decision = enact(draft(act))
    new = unit("麦垄镇")
    assert not DivisionRecord.objects.on(DAY).filter(division=old).exists()
    assert set(DivisionRecord.objects.on(DAY).filter(parent=new).values_list("division", flat=True)) == villages
    [edge] = Lineage.objects.filter(successor=new)
    assert (edge.predecessor_id, edge.area_share, edge.population_share, edge.act.decision) == (old, 1.0, 1.0, decision)
    assert DivisionCode.objects.on(DAY).get(division=new).code == "417021106"
    assert not DivisionCode.objects.on(DAY).filter(division=old).exists()
    assert decision.source is not None and decision.source.kind == SourceKind.DEMO
    assert AuditEntry.objects.filter(action="decision.enact", target_id=str(decision.pk)).count() == 1
