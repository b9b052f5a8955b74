"""Random valid sequences of decisions on the demo county, enacted one after the other.

After each: coverage valid, no code on two units, lineage shares those of the ground and summing to one, earlier days unchanged.
"""

from __future__ import annotations

import os
import time
from datetime import date, timedelta

import pytest
import shapely
from django.db import transaction
from hypothesis import HealthCheck, Phase, assume, event, given, seed, settings
from hypothesis import strategies as st

from boundaries.models import Division, DivisionCode, DivisionRecord
from boundaries.rules.acts import ActKind
from boundaries.services import decisions
from boundaries.services.decisions import ActEntry
from gis.errors import DomainError
from tests.boundaries.changes.drawing import KINDS, UNSTATED, Drawer
from tests.boundaries.changes.soundness import VILLAGE, Standing, assert_codes, assert_lineage, assert_sound, said_of
from tests.boundaries.decided import stated

FIRST = date(2026, 3, 1)
# Days of the demo county's own history; nothing that is enacted later touches them.
LONG_PAST = (date(2005, 1, 1), date(2011, 6, 1), date(2016, 4, 1), date(2019, 9, 30))

# The long run: how many sequences in how many runs of some, and the clock that stops it (two minutes on a shared runner).
SEQUENCES, EACH = 69, 3
SECONDS = 120 if os.environ.get("CI") else 480

pytestmark = pytest.mark.django_db

# What a random act may run into; anything else is a defect.
REFUSALS = {
    "name_taken",
    "not_inside",
    "nothing_left",
    "line_not_through",
    "line_point_outside",
    "outline_invalid",
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


def _assert_sides(acts: list[ActEntry], now: Standing) -> None:
    """What lies on the side of the point of a line went over, not the other side."""
    for act in acts:
        extent = act.data.get("extent", {})
        if extent.get("kind") == "line" and len(acts) == 1:
            point = shapely.Point(extent["point"])
            [holder] = [key for key in now.at(VILLAGE) if now.grounds[key] is not None and shapely.covers(now.grounds[key], point)]
            assert holder == act.data.get("to") or now.rows[holder].name == act.data.get("new", {}).get("name")


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
        _assert_sides(acts, now)
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


def test_a_code_is_never_proposed_again_after_its_unit_ended(demo) -> None:
    """CODE-03: the town with the highest number ends, and the next town gets the number after it."""
    area = Division.objects.get(pk=DivisionRecord.objects.on(FIRST).get(name="演示市").division_id)
    towns = dict(
        DivisionCode.objects.on(FIRST).filter(code__regex=r"^4170211\d\d$", authority="mca").values_list("code", "division")
    )
    last = max(towns)
    new = {"ref": "a", "name": "试前街道", "type": "subdistrict"}
    _enact(area, [ActEntry("change_type", {"unit": towns[last], "new": new})], FIRST)
    later = FIRST + timedelta(days=1)
    township = DivisionRecord.objects.on(later).get(name="麦垄乡").division_id
    _enact(area, [ActEntry("change_type", {"unit": township, "new": {"ref": "b", "name": "试后镇", "type": "town"}})], later)
    made = DivisionRecord.objects.on(later).get(name="试后镇").division_id
    given = DivisionCode.objects.on(later).get(division=made, authority="mca").code
    assert given > last
    assert_codes(later)


def test_a_township_that_goes_to_a_county_without_an_outline_leaves_no_gap(demo) -> None:
    """安和县 has no outline on record: what comes to it is known by the township's ground, and 舆和县 loses just that."""
    eve = Standing(FIRST - timedelta(days=1))
    named = {row.name: key for key, row in eve.rows.items()}
    county, other, township = named["舆和县"], named["安和县"], named["麦垄乡"]
    assert eve.grounds[other] is None
    area = Division.objects.get(pk=eve.rows[county].parent_id)
    _enact(area, [ActEntry("change_affiliation", {"unit": township, "parent": other})], FIRST)
    now = Standing(FIRST)
    assert_sound(now)
    assert_codes(FIRST)
    assert_lineage(eve, now, stated=True)
    assert now.grounds[other] is None, "a part of a county is not its outline"
    lost = shapely.difference(eve.grounds[county], now.grounds[county])
    assert shapely.equals(lost, eve.grounds[township])


@pytest.mark.slow
@pytest.mark.timeout(SECONDS + 600)  # a failure is made smaller first, for five minutes at most
def test_long_sequences_cover_every_act_and_extent(demo, capsys) -> None:
    """Three sequences of up to six decisions, for each kind to lead; where the clock ends it earlier, it says after how many.

    A sequence takes about 1.5 s of a processor (each decision is planned twice, and the whole county checked after it): a minute
    and a half for all on an idle machine. The examples are handed out in small runs, because a run cannot be stopped from within.
    """
    done: set[tuple[str, str]] = set()
    kinds, sequences, end = sorted(KINDS), 0, time.monotonic() + SECONDS

    def lead(first: str, number: int) -> None:
        @seed(number)
        @settings(max_examples=EACH, database=None, deadline=None, suppress_health_check=list(HealthCheck))
        @given(data=st.data())
        def run(data: st.DataObject) -> None:
            nonlocal sequences
            with transaction.atomic():
                done.update(_one_after_the_other(data, first, 6))
                transaction.set_rollback(True)
            sequences += 1

        run()

    while sequences < SEQUENCES and time.monotonic() < end:
        lead(kinds[sequences // EACH % len(kinds)], sequences)
    with capsys.disabled():
        print(f" {sequences} of {SEQUENCES} sequences")
    if sequences >= SEQUENCES:
        assert {kind for kind, _extent in done} == set(ActKind)
        assert {extent for _kind, extent in done if extent} == {"whole", "villages", "line", "area", "unstated"}
