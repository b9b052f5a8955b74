"""The comparison of two days as a pure function: what it calls what, and what must hold whatever the register."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.changes.comparison import Change, Edge, Kind, Link, State, compare, counts, follow

DAY = date(2020, 1, 1)


def state(division: int, name: str = "甲乡", **more) -> State:
    return State(**{"division": division, "name": name, "type": "township", "level": 4, "parent": 1} | more)


def edge(
    old: int, new: int, share: float | None = 1.0, *, on: date = DAY, group: int = 1, kind: str = "merged_into", lasts=False
) -> Edge:
    return Edge(on, group, kind, old, new, share, lasts)


def kinds(before, after, links=()) -> list[tuple[Kind, ...]]:
    return [change.kinds for change in compare(before, after, links)]


# --- what is called what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"name": "乙乡"}, Kind.RENAMED),
        ({"type": "town"}, Kind.RETYPED),
        ({"parent": 2}, Kind.MOVED),
        ({"codes": {"mca": "410101200"}}, Kind.RECODED),
        ({"ground": "other"}, Kind.GROUND),
    ],
)
def test_one_change_has_its_name(changed, kind) -> None:
    was = state(7, codes={"mca": "410101201"}, ground="one")
    assert kinds([was], [replace(was, **changed)]) == [(kind,)]


def test_what_is_not_known_is_no_change() -> None:
    was = state(7, type="unknown", parent=None, ground="", codes={"nbs": "410101201"})
    assert kinds([was], [replace(was, type="town", parent=3, ground="one", codes={"mca": "410101100"})]) == []


def test_a_township_made_a_town_is_one_row_and_neither_appeared_nor_vanished() -> None:
    was, is_ = state(7, codes={"mca": "410101201"}), state(8, "甲镇", type="town", codes={"mca": "410101101"})
    [change] = compare([was], [is_], follow([edge(7, 8, kind="type_changed")], {7}, {8}))
    assert (change.before, change.after) == (was, is_)
    assert change.kinds == (Kind.RETYPED, Kind.RENAMED, Kind.RECODED)


def test_an_unmeasured_change_of_type_is_whole() -> None:
    [link] = follow([edge(7, 8, None, kind="type_changed")], {7}, {8})
    assert link == Link(7, 8, 1.0, whole=True)


def test_two_become_one_is_two_vanished_and_one_appeared() -> None:
    links = follow([edge(7, 9), edge(8, 9)], {7, 8}, {9})
    found = compare([state(7), state(8, "乙乡")], [state(9, "丙乡")], links)
    assert [change.kind for change in found] == [Kind.VANISHED, Kind.VANISHED, Kind.APPEARED]
    assert {link.former for link in found[2].formers} == {7, 8}


def test_townships_that_follow_their_county_have_not_moved() -> None:
    links = follow([edge(1, 2, kind="established_from")], {1}, {2})
    was = state(7, parent=1)
    assert kinds([was], [replace(was, parent=2)], links) == [(Kind.FOLLOWED,)]
    assert kinds([was], [replace(was, parent=3)], links) == [(Kind.MOVED,)]


def test_ground_that_moved_is_told_of_both_also_without_extents() -> None:
    links = follow([edge(7, 8, None, kind="territory_moved", lasts=True)], {7}, {8})
    both = [state(7), state(8, "乙乡")]
    assert kinds(both, both, links) == [(Kind.GROUND,), (Kind.GROUND,)]


def test_first_seen_in_a_list_is_not_established() -> None:
    assert kinds([], [state(7, observed=True)]) == [(Kind.UNRECORDED,)]
    assert kinds([], [state(7)]) == [(Kind.APPEARED,)]


def test_ground_is_followed_through_what_came_and_went() -> None:
    """甲 splits into 乙 (0.4) and 丙 (0.6) and ends; 丙 ends, half of it in 丁: 0.3 of 甲."""
    later = DAY + timedelta(days=30)
    split = [edge(1, 2, 0.4, kind="split_from"), edge(1, 3, 0.6, kind="split_from")]
    again = [edge(3, 4, 0.5, on=later, group=2), edge(3, 5, 0.5, on=later, group=2)]
    links = {link.latter: link for link in follow(split + again, {1}, {2, 4, 5})}
    assert {latter: link.share for latter, link in links.items()} == pytest.approx({2: 0.4, 4: 0.3, 5: 0.3})
    assert all(link.former == 1 and not link.whole for link in links.values())


# --- what must hold -----------------------------------------------------------------------------------------------------

IDS = st.integers(1, 8)
STATES = st.builds(
    State,
    division=IDS,
    name=st.sampled_from(["甲", "乙", "丙"]),
    type=st.sampled_from(["township", "town", "unknown"]),
    level=st.just(4),
    parent=st.one_of(st.none(), st.integers(1, 3)),
    codes=st.dictionaries(st.sampled_from(["mca", "nbs"]), st.sampled_from(["1", "2"])),
    area_m2=st.one_of(st.none(), st.sampled_from([1.0, 2.0])),
    ground=st.sampled_from(["", "a", "b"]),
    observed=st.booleans(),
)
DAYS = st.lists(STATES, unique_by=lambda one: one.division)
LINKS = st.lists(
    st.builds(Link, former=IDS, latter=IDS, share=st.sampled_from([None, 0.5, 1.0]), whole=st.booleans()).filter(
        lambda link: link.former != link.latter
    ),
    unique_by=lambda link: (link.former, link.latter),
)


def mirrored(change: Change) -> Change:
    """The same seen from the other day: only that appearing and vanishing change places."""
    turn = {Kind.APPEARED: Kind.VANISHED, Kind.VANISHED: Kind.APPEARED}
    return Change(
        change.after,
        change.before,
        tuple(turn.get(kind, kind) for kind in change.kinds),
        tuple(link.reversed() for link in change.latters),
        tuple(link.reversed() for link in change.formers),
    )


def key(change: Change) -> tuple[int, int]:
    return (change.before.division if change.before else 0, change.after.division if change.after else 0)


@given(DAYS)
def test_a_day_with_itself_is_empty(day) -> None:
    assert compare(day, day, []) == []


@given(DAYS, DAYS, LINKS)
def test_the_other_way_round_is_the_mirror(before, after, links) -> None:
    there = compare(before, after, links)
    back = compare(after, before, [link.reversed() for link in links])
    assert sorted(map(mirrored, back), key=key) == sorted(there, key=key)


@given(DAYS, DAYS, LINKS)
def test_the_counts_add_up(before, after, links) -> None:
    found = compare(before, after, links)
    one_sided = [change for change in found if change.before is None or change.after is None]
    assert sum(1 if change.before is None else -1 for change in one_sided) == len(after) - len(before)
    told = counts(found)
    assert sum(told.values()) == sum(len(change.kinds) for change in found)
    assert told[Kind.APPEARED] + told[Kind.VANISHED] + told[Kind.UNRECORDED] == len(one_sided)
    # Every unit once on each side.
    sides = [(change.before.division, 0) for change in found if change.before]
    sides += [(change.after.division, 1) for change in found if change.after]
    assert len(sides) == len(set(sides))
    assert all(change.kinds for change in found)


@st.composite
def histories(draw) -> tuple[list[Edge], set[int], set[int]]:
    """Units 1–4; each day one of those alive gives shares to others or to new ones, and ends where it gives all."""
    alive, new, edges = {1, 2, 3, 4}, 5, []
    for step in range(draw(st.integers(0, 6))):
        giver = draw(st.sampled_from(sorted(alive)))
        others = sorted(alive - {giver})
        takers = set(draw(st.lists(st.sampled_from(others), max_size=2, unique=True))) if others else set()
        if draw(st.booleans()) or not takers:
            takers.add(new)
            new += 1
        lasts = draw(st.booleans())
        share = 1 / (len(takers) + lasts)
        edges += [edge(giver, taker, share, on=DAY + timedelta(days=step), group=step, lasts=lasts) for taker in sorted(takers)]
        alive |= takers
        if not lasts:
            alive.discard(giver)
    return edges, {1, 2, 3, 4}, alive


@given(histories())
def test_no_ground_is_lost_or_made(history) -> None:
    edges, then, now = history
    went: defaultdict[int, float] = defaultdict(float)
    for link in follow(edges, then, now):
        assert link.share is not None
        went[link.former] += link.share
    for one in then:
        if one not in now:
            assert went[one] == pytest.approx(1)
        assert went[one] <= 1 + 1e-9
