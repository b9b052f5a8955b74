"""Acts in the words of decisions."""

from __future__ import annotations

from datetime import date

import pytest
import shapely

from boundaries.changes.reading import read_decision
from boundaries.changes.words import sentences
from boundaries.rules.acts import ActKind

NAMES = {1: "甲乡", 2: "乙镇", 3: "丙村", 4: "丁村", 5: "某县"}
NEW = {"ref": "a", "name": "甲镇", "type": "town"}
LINE = shapely.LineString([(114, 33), (115, 34)])
CASES = {
    "change_type": ({"unit": 1, "new": NEW}, "撤销甲乡，设立甲镇，以原甲乡的行政区域为甲镇的行政区域"),
    "establish": (
        {"new": NEW, "parts": [{"unit": 1}, {"unit": 2, "extent": {"kind": "villages", "villages": [3, 4]}}]},
        "设立甲镇，以甲乡的行政区域、乙镇的丙村、丁村为其行政区域",
    ),
    "abolish": ({"unit": 1, "into": 2}, "撤销甲乡，将其行政区域划归乙镇"),
    "rename": ({"unit": 1, "name": "新乡"}, "甲乡更名为新乡"),
    "transfer_villages": ({"villages": [3, 4], "to": 2, "from": 1}, "将甲乡的丙村、丁村划归乙镇管辖"),
    "change_boundary": ({"from": 1, "to": 2, "extent": {"kind": "unstated"}}, "将甲乡的部分区域（范围未载明）划归乙镇"),
    "change_affiliation": ({"unit": 1, "parent": 5}, "将甲乡划归某县管辖"),
    "move_seat": ({"unit": 1, "place": "丙村"}, "甲乡人民政府驻地迁至丙村"),
    "recode": ({"unit": 1, "code": "411799201"}, "甲乡的法定代码改为411799201"),
    "split": ({"unit": 1, "new": NEW, "extent": {"kind": "line", "point": [114.1, 33.5]}}, "析甲乡的部分区域（见图），设立甲镇"),
    "merge": ({"units": [1, 2], "new": NEW}, "撤销甲乡、乙镇，合并设立甲镇"),
}


def test_every_kind_of_act_has_words() -> None:
    assert set(CASES) == set(ActKind)


@pytest.mark.parametrize("kind", CASES)
def test_an_act_reads_as_decisions_write_it(kind: str) -> None:
    data, expected = CASES[kind]
    decision = read_decision(date(2026, 3, 1), [(kind, data, LINE if kind == "split" else None)])
    [(zh, en)] = sentences(decision, NAMES.__getitem__)
    assert zh == expected
    assert en.isprintable() and not set("撤设以将划归") & set(en)


def test_a_unit_an_earlier_act_makes_is_called_by_its_name() -> None:
    acts = [("establish", {"new": NEW}, None), ("transfer_villages", {"villages": [3], "to": "a"}, None)]
    assert sentences(read_decision(date(2026, 3, 1), acts), NAMES.__getitem__)[1][0] == "将丙村划归甲镇管辖"
