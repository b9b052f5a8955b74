"""Whether a finding goes onto the record by itself, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placenames.rules.signs.patrol import FINDABLE, Written, clock_doubt, day_of, is_far, is_taken

NOON = datetime(2026, 5, 6, 4, 0, tzinfo=UTC)
ME, OTHER = 1, 2


def written(state: str, hour: int, by: int | None = OTHER, *, looked: bool = True) -> Written:
    return Written(state, NOON + timedelta(hours=hour), by, looked)


@pytest.mark.parametrize(
    ("found", "now", "since", "taken"),
    [
        ("damaged", "standing", [written("standing", -1)], True),  # the record as it was known
        ("damaged", "damaged", [written("standing", -1), written("damaged", 1)], True),  # both say the same
        ("standing", "damaged", [written("standing", -1), written("damaged", 1)], False),  # neither knew of the other
        ("damaged", "standing", [written("standing", -1), written("standing", 1)], False),  # somebody looked, and it stood
        ("damaged", "standing", [written("standing", -1), written("standing", 1, looked=False)], True),  # the office wrote its cost
        (
            "standing",
            "damaged",
            [written("standing", -1), written("damaged", 1, ME)],
            True,
        ),  # one's own, twice without a connection
        ("standing", "removed", [written("removed", -1)], False),  # a look does not undo what the office did
        ("standing", "planned", [written("planned", -1)], False),
        ("missing", "standing", [], True),
    ],
)
def test_what_contradicts_nobody_is_taken(found, now, since, taken):
    assert is_taken(found, ME, NOON, now, since) is taken


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(FINDABLE), st.integers(-5, 5), st.sampled_from([ME, OTHER]), st.booleans()), max_size=6))
def test_who_knew_everything_is_always_taken_and_agreement_never_waits(rows):
    since = sorted((written(state, hour, by, looked=looked) for state, hour, by, looked in rows), key=lambda one: one.at)
    now = since[-1].state if since else "standing"
    for found in FINDABLE:
        assert is_taken(found, ME, NOON + timedelta(days=1), now, since)
        assert is_taken(found, ME, NOON, found, since)
        if not is_taken(found, ME, NOON, now, since):
            assert any(one.by == OTHER and one.at > NOON and one.state != found for one in since)


def test_days_by_clocks_that_are_wrong():
    """A clock wrong by years counts for nothing, and a look of earlier never sets a later one back."""
    today = NOON.date()
    assert clock_doubt(NOON - timedelta(days=3), NOON) is None and clock_doubt(NOON + timedelta(minutes=1), NOON) is None
    assert clock_doubt(NOON + timedelta(hours=1), NOON) == 0 and clock_doubt(NOON - timedelta(days=7300), NOON) == 7300
    assert day_of(NOON - timedelta(days=3), date(2026, 5, 3), NOON, today, None) == date(2026, 5, 3)
    assert day_of(NOON - timedelta(days=7300), date(2006, 5, 11), NOON, today, None) == today
    assert day_of(NOON + timedelta(days=9), date(2026, 5, 15), NOON, today, None) == today
    assert day_of(NOON - timedelta(days=3), date(2026, 5, 3), NOON, today, date(2026, 5, 5)) == date(2026, 5, 5)
    assert day_of(None, None, NOON, today, date(2026, 9, 9)) == today
    assert is_far(101, None) and not is_far(101, 60) and not is_far(None, 5) and not is_far(99, 5)
