"""PY-01 … PY-06 on spellings that people write."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.rules.finding import Severity
from placenames.rules.kinds import Kind
from placenames.rules.orthography import check_spelling
from placenames.rules.spelling import spell
from tests.placenames.test_spelling import COMMON


def rules(name: str, written: str, kind: Kind | None = None, **options: object) -> set[tuple[str, str]]:
    return {(one.rule, one.code) for one in check_spelling(name, written, kind, **options)}  # type: ignore[arg-type]


def test_py_01_division_names_are_split_and_villages_joined():
    assert rules("建设路", "Jiànshèlù") == {("PY-01", "words")}
    assert rules("王村", "Wáng Cūn", Kind.SETTLEMENT) == {("PY-01", "words")}
    assert rules("王村镇", "Wángcūnzhèn") == {("PY-01", "words")}
    assert rules("建设路", "Jiànshè Lù") == set()


def test_py_02_a_polyphone_is_resolved_by_a_row_or_a_person():
    assert rules("长岗镇", "Chánggǎng Zhèn") == {("PY-02", "polyphone_open")}
    assert rules("长岗镇", "Chánggǎng Zhèn", confirmed={0, 1}) == set()
    assert rules("浚县", "Jùn Xiàn") == {("PY-02", "reading_differs")}
    assert rules("浚县", "Wēn Xiàn") == {("PY-02", "reading_unknown")}
    assert rules("浚县", "Xun Xian") == set()


def test_py_03_the_apostrophe_stands_before_a_o_e_within_a_word_only():
    assert rules("西安市", "Xīān Shì") == {("PY-03", "apostrophe_missing")}
    assert rules("西安市", "Xī'ān Shì") == set()
    assert rules("安阳县", "An'yang Xian") == {("PY-03", "apostrophe_needless")}


def test_py_04_each_part_begins_with_a_capital():
    # A row of the census as it was printed.
    assert ("PY-04", "capitals") in rules("安居乐园", "ānjū Lèyuán", Kind.COMPOUND)
    assert rules("安居乐园", "Ānjū Lèyuán", Kind.COMPOUND, confirmed={2}) == set()
    assert rules("建设路", "JIÀNSHÈ LÙ") == set()
    assert rules("建设路", "JiànShè Lù") == {("PY-04", "capitals")}


def test_py_05_ordinals_of_streets_in_figures_other_numerals_in_letters():
    assert rules("二马路", "Èr Mǎlù") == {("PY-05", "numeral")}
    assert rules("二马路", "2 Mǎlù") == set()
    assert rules("二七区", "27 Qū") == {("PY-05", "numeral")}


@pytest.mark.parametrize("written", ["JIANSHE ROAD", "Jiànshè 路", "Jianshe_Lu", "", "Jiànshè St."])
def test_py_06_letters_of_pinyin_and_no_english(written):
    assert {rule for rule, _code in rules("建设路", written)} == {"PY-06"}


def test_weights():
    assert all(one.severity is Severity.BLOCK for one in check_spelling("西安市", "xīān shì"))
    assert all(one.severity is Severity.WARN for one in check_spelling("建设路", "Jiànshèlù"))


@settings(max_examples=60)
@given(st.text(alphabet=COMMON, min_size=1, max_size=5), st.sampled_from([*Kind, None]))
def test_our_own_spelling_breaks_no_rule(name, kind):
    """What is left is what only a person may settle."""
    own = spell(name, kind)
    for written in (own.spelling, own.plain, own.spelling.upper()):
        assert {one.code for one in check_spelling(name, written, kind)} <= {"polyphone_open"}
