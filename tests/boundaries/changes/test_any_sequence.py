"""Random valid sequences of decisions on the demo county, enacted one after the other.

After each: coverage valid, no code on two units, lineage shares those of the ground and summing to one, every earlier day unchanged.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, assume, event, given, settings
from hypothesis import strategies as st

from boundaries.models import Division, DivisionRecord
from boundaries.rules.acts import ActKind
from boundaries.services import decisions
from boundaries.services.decisions import ActEntry
from gis.errors import DomainError
from tests.boundaries.changes.drawing import KINDS, UNSTATED, Drawer
from tests.boundaries.changes.soundness import Standing, assert_codes, assert_lineage, assert_sound, said_of
from tests.boundaries.decided import stated

FIRST = date(2026, 3, 1)
# Days of the demo county's own history; nothing that is enacted later touches them.
LONG_PAST = (date(2005, 1, 1), date(2011, 6, 1), date(2016, 4, 1), date(2019, 9, 30))

pytestmark = pytest.mark.django_db

# What a random act may run into; anything else is a defect.
REFUSALS = {
    "name_taken",
    "not_inside",
    "nothing_left",
    "line_not_through",
    "line_point_outside",
    "code_used",
    "later_change",
    # two acts of one decision drawn apart
    "already_abolished",
    "code_for_nobody",
    "village_not_in_unit",
    "children_left_over",
    "territory_left_over",
    "unit_left_empty",
}


def _enact(area: Division, acts: list[ActEntry], day: date) -> None:
    with transaction.atomic():
        decision = decisions.create_draft(None, area, acts, **stated(day))
        seen = decisions.preview(None, decision)
        decisions.enact(None, decision, seen.fingerprint, reason="试验", redraw=False)


def _extents(acts: list[ActEntry]) -> set[str]:
    found = set()
    for act in acts:
        extents = [act.data.get("extent"), *(part.get("extent", {"kind": "whole"}) for part in act.data.get("parts", ()))]
        found |= {str(extent["kind"]) for extent in extents if extent}
    return found


def _one_after_the_other(data: st.DataObject, first: str, most: int) -> set[tuple[str, str]]:
    """Up to `most` decisions, the first with an act of the kind `first`; the (act, extent) pairs that were enacted."""
    area = Division.objects.get(pk=DivisionRecord.objects.on(FIRST).get(name="演示市").division_id)
    past = {day: said_of(day) for day in LONG_PAST}
    done: set[tuple[str, str]] = set()
    day = FIRST
    for number in range(data.draw(st.integers(1, most))):
        eve = day - timedelta(days=1)
        past[eve] = said_of(eve)
        drawer = Drawer(data, day, number)
        kinds = [first] if number == 0 else data.draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=2))
        acts = [act for kind in kinds for act in drawer.act(kind)]
        before, standing = said_of(day), Standing(eve)
        try:
            _enact(area, acts, day)
        except DomainError as refused:
            event(f"refused: {refused.code}")
            assert refused.code in REFUSALS, (refused.code, str(refused), acts)
            assert said_of(day) == before
            assume(number > 0)  # the kind that this is about has to go through
            continue
        for act in acts:
            done |= {(act.kind, extent) for extent in _extents([act]) or {""}}
        for kind, extent in done:
            event(f"enacted: {kind} {extent}")
        now = Standing(day)
        assert_sound(now)
        assert_codes(day)
        assert_lineage(standing, now, stated=UNSTATED["kind"] not in _extents(acts))
        day += timedelta(days=10)
    for earlier, content in past.items():
        assert said_of(earlier) == content, earlier
    return done


@pytest.mark.parametrize("first", KINDS)
def test_whatever_is_enacted_the_register_stays_sound(demo, first: str) -> None:
    """Each kind leads a few sequences."""
    done: set[tuple[str, str]] = set()

    # Without shrinking: where it fails, the slow run finds the smallest example.
    @settings(
        max_examples=2, phases=[Phase.explicit, Phase.reuse, Phase.generate], deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        with transaction.atomic():
            done.update(_one_after_the_other(data, first, 2))
            transaction.set_rollback(True)

    run()
    assert done


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_long_sequences_cover_every_act_and_extent(demo) -> None:
    done: set[tuple[str, str]] = set()

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data(), first=st.sampled_from(sorted(KINDS)))
    def run(data: st.DataObject, first: str) -> None:
        with transaction.atomic():
            done.update(_one_after_the_other(data, first, 6))
            transaction.set_rollback(True)

    run()
    assert {kind for kind, _extent in done} == set(ActKind)
    assert {extent for _kind, extent in done if extent} == {"whole", "villages", "line", "area", "unstated"}
