"""Rules of the archive that need no database: addresses, fields, periods, the scale of years, differences, citations, states."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placenames.rules import archive_fields, archive_states, lay_in, timeline
from placenames.rules.addresses import KINDS, LETTERS, key_of, read_key
from placenames.rules.archive_fields import Audience
from placenames.rules.archive_states import By, State, Step
from placenames.rules.citations import Cited, bibtex, gbt7714
from placenames.rules.differences import differences

NUMBERS = st.integers(1, 10**18 - 1)


@settings(max_examples=60)
@given(kind=st.sampled_from(KINDS), number=NUMBERS, at=st.integers(0, 17), digit=st.sampled_from("0123456789"))
def test_an_address_is_read_back_and_one_wrong_digit_is_no_address(kind, number, at, digit):
    key = key_of(kind, number)
    assert read_key(key) == read_key(key.lower()) == (kind, number)
    digits = str(number)
    at %= len(digits)
    wrong = digits[:at] + digit + digits[at + 1 :]
    swapped = digits[:at] + digits[at : at + 2][::-1] + digits[at + 2 :]
    for other in (wrong, swapped):
        if other != digits:
            assert read_key(f"{kind}{other}{key[-1]}") is None
    assert read_key(f"{'D' if kind == 'P' else 'P'}{number}{key[-1]}") is None


@pytest.mark.parametrize("text", ["", "P", "P1", "PX", "P01A", "Q1A", "P-1A", "P١A", "P1" * 20, "P1D ' OR 1"])
def test_what_is_no_address(text):
    assert read_key(text) is None


def test_the_letters_are_23_and_none_looks_like_a_digit():
    assert len(set(LETTERS)) == 23 and not set(LETTERS) & set("IOS")


def test_the_table_of_fields_lets_nobody_see_more_than_those_who_may_see_more():
    for thing, fields in archive_fields.FIELDS.items():
        seen = [
            set(archive_fields.fields_seen(thing, audience)) for audience in (Audience.PUBLIC, Audience.OFFICE, Audience.KEEPER)
        ]
        assert seen[0] <= seen[1] <= seen[2]
        assert all(audience < Audience.NOBODY for audience in (Audience.PUBLIC, Audience.OFFICE, Audience.KEEPER))
        assert set(fields) >= seen[2]
    assert not archive_fields.may_see("record", "no_such_field", Audience.KEEPER)
    assert archive_fields.seen("census", {"meaning": "甲", "registered_by": "乙", "unknown": "丙"}, Audience.PUBLIC) == {
        "meaning": "甲"
    }


def test_the_table_knows_every_column_of_what_is_kept():
    """A column that is added later is seen by nobody until somebody says who may; this says that somebody has to."""
    from placenames import models

    kept = {
        "record": models.PlaceNameRecord, "census": models.CensusEntry, "form": models.NameForm, "text": models.ArchiveText,
        "document": models.ArchiveDocument, "media": models.ArchiveMedia, "suggestion": models.Suggestion,
    }  # fmt: skip
    inner = (
        "id place record division names_division source based_on version text made_at changed_at changed_by reviewed_at file_open "
        "credit_open area answered_by answered_at draft"
    )
    for thing, model in kept.items():
        columns = {one.name for one in model._meta.fields}
        assert columns - set(inner.split()) - set(archive_fields.FIELDS[thing]) == set(), thing


def above(name, level, parent, since=None, until=None):
    return lay_in.Above(since, until, name, level, parent)


def test_periods_follow_every_change_on_the_way_up():
    moved, renamed = date(2010, 5, 1), date(2015, 1, 1)
    records = {
        1: [above("王村", 5, 2, None, moved), above("王村", 5, 3, moved)],
        2: [above("东乡", 4, 9)],
        3: [above("西乡", 4, 9, None, renamed), above("西镇", 4, 9, renamed)],
        9: [above("某县", 3, None)],
    }
    found = lay_in.periods([(1, None, None)], records)
    assert [(one.since, one.until, "".join(step[1] for step in one.path)) for one in found] == [
        (None, moved, "某县东乡王村"),
        (moved, renamed, "某县西乡王村"),
        (renamed, None, "某县西镇王村"),
    ]


def test_time_of_which_a_parent_is_not_recorded_is_told_without_it():
    records = {1: [above("王村", 5, 2)], 2: [above("东乡", 4, None, date(2000, 1, 1))]}
    found = lay_in.periods([(1, None, None)], records)
    assert [len(one.path) for one in found] == [1, 2]
    assert lay_in.periods([(7, None, None)], records) == []


@settings(max_examples=40)
@given(st.lists(st.tuples(st.none() | st.integers(-2000, 2000), st.none() | st.integers(2001, 2100)), max_size=6))
def test_bars_lie_on_the_scale(spans):
    on = timeline.scale(spans, 2026)
    if on is None:
        assert all(span == (None, None) for span in spans)
        return
    assert len(on.ticks) <= 8 and all(0 <= at <= 100 for _year, at in on.ticks)
    for span in spans:
        bar = timeline.bar(span, on)
        assert 0 <= bar.left <= 99 and bar.width >= 1
        assert (bar.open_start, bar.open_end) == (span[0] is None, span[1] is None)


@settings(max_examples=60)
@given(st.text("王李。，\n甲乙", max_size=40), st.text("王李。，\n甲乙", max_size=40))
def test_differences_give_both_versions_back(before, after):
    pieces = differences(before, after)
    assert "".join(one.text for one in pieces if one.how != "new") == before
    assert "".join(one.text for one in pieces if one.how != "gone") == after


def test_differences_stay_within_the_sentence_that_changed():
    pieces = differences("县名始于唐。水名和川。", "县名始于宋。水名和川。")
    assert [(one.how, one.text) for one in pieces] == [
        ("same", "县名始于"), ("gone", "唐"), ("new", "宋"), ("same", "。水名和川。"),
    ]  # fmt: skip


def test_citations_in_both_forms():
    cited = Cited("舆和县", "D2G", "某县民政局", date(2026, 11, 1), date(2026, 11, 26), "https://x.example/names/D2G/", "Yúhé Xiàn")
    assert gbt7714(cited) == "某县民政局. 舆和县：地名文化档案[DB/OL]. (2026-11-01)[2026-11-26]. https://x.example/names/D2G/."
    entry = bibtex(cited)
    assert entry.startswith("@misc{yudi-d2g,\n") and "author       = {{某县民政局}}" in entry and "year         = {2026}" in entry
    hostile = bibtex(Cited("甲}\n@evil{%&_", "P1D", "", date(2026, 1, 1), date(2026, 1, 1), "u"))
    assert "author" not in hostile and r"甲\} @evil\{\%\&\_" in hostile and hostile.count("\n}") == 1


def test_nothing_gets_public_but_by_a_reviewer():
    for edge in archive_states.EDGES:
        if edge.target == State.PUBLISHED:
            assert edge.by == By.REVIEWER
    assert archive_states.edge_for(State.SUBMITTED, Step.PUBLISH, frozenset({By.KEEPER})) is None
    assert archive_states.edge_for(State.DISCARDED, Step.SUBMIT, frozenset(By)) is None
