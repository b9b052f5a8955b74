"""``spell_pinyin`` and ``pinyin_doc`` as people run them."""

from __future__ import annotations

import csv

import pytest

from placenames.pinyin_tables import AREACITY, GB2260, compare, judgement_of, rows_of
from tests.commands import run
from tests.shared import SHARED, requires_shared

KEYS = {"name", "spelling", "plain", "syllables", "segments", "needs_person", "rule"}


def test_the_document_has_exactly_its_keys():
    status, found = run("spell_pinyin", "瀍河回族区")
    assert status == 0
    assert found.keys() == KEYS
    assert found["spelling"] == "Chánhé Huízú Qū"
    assert found["syllables"][0].keys() == {"char", "reading", "alternatives", "by"}
    assert [one["text"] for one in found["segments"]] == ["瀍河", "回族", "区"]
    assert found["needs_person"] is False
    assert found["rule"] == "R1"


def test_class_and_area_are_taken():
    assert run("spell_pinyin", "朱仙镇", "--class", "22200")[1]["spelling"] == "Zhūxiānzhèn"
    assert run("spell_pinyin", "十里堡", "--class", "自然村", "--in", "110105")[1]["spelling"] == "Shílǐpù"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("福?社区",), "unreadable_character"),
        (("王村", "--class", "飞船"), "unknown_class"),
        (("王村", "--in", "河南"), "bad_code"),
    ],
)
def test_refusals(arguments, code):
    status, found = run("spell_pinyin", *arguments)
    assert status == 1
    assert found["error"]["code"] == code


@requires_shared
def test_the_page_on_readings_is_true():
    status, found = run("pinyin_doc", "--data", str(SHARED), "--check")
    assert status == 0, "scripts/manage pinyin_doc --data ../shared/data"
    assert found["changed"] is False


@requires_shared
@pytest.mark.parametrize("table", [AREACITY, GB2260])
def test_every_disagreement_with_a_table_has_been_judged(table):
    found = compare(table, rows_of(table, SHARED))
    assert found.agree > 0.97 * found.names
    assert [one for one in found.differences if judgement_of(one) is None] == []


@requires_shared
def test_whole_lists_can_be_spelled():
    """Two names of 53,429 hold punctuation; they are told, not guessed."""
    unreadable = []
    from placenames.rules.readings import UnreadableError
    from placenames.rules.spelling import spell

    with (SHARED / "divisions_vonng_2016" / "henan_divisions_2016_5level.csv").open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines)):
            if number % 10 and "．" not in row["name"] and "）" not in row["name"]:
                continue
            try:
                spell(row["name"], None, row["code"])
            except UnreadableError:
                unreadable.append(row["name"])
    assert len(unreadable) == 2
