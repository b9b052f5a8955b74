"""``check_name``, ``load_name_list`` and the page of rules, as people run them."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from boundaries.models import Level
from gis.accounts.models import Duty
from gis.errors import ForbiddenError
from placenames.models import HeritageListing, NameList, PlaceName
from placenames.rules.registry import page, rules
from placenames.services.name_lists import load_list
from tests.commands import run
from tests.factories import make_division, make_source, make_user

TESTS = "\n".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))


@pytest.fixture
def province(db):
    henan = make_division("河南省", Level.PROVINCE, code="410000")
    city = make_division("郑州市", Level.PREFECTURE, code="410100", parent=henan)
    county = make_division("中牟县", Level.COUNTY, code="410122", parent=city, seat=(114.0, 34.7))
    make_division("白沙镇", type="town", code="410122105", parent=county, seat=(113.9, 34.8))
    make_division("刘集乡", code="410122201", parent=county)
    yichuan = make_division("伊川县", Level.COUNTY, code="410329", parent=city)
    make_division("付集镇", type="town", code="410329104", parent=yichuan)
    return henan


def found(*arguments: str) -> dict[str, dict]:
    status, document = run("check_name", *arguments)
    assert status == 0, document
    assert document.keys() == {"findings", "lists"}
    for one in document["findings"]:
        assert one.keys() == {"rule", "severity", "basis", "message", "with"}
    return {one["rule"]: one for one in reversed(document["findings"])}


def test_a_duplicate_in_the_province_blocks_and_says_where(province):
    hit = found("白沙镇", "--kind", "town", "--within", "410122")["NAME-DUP-01"]
    assert hit["severity"] == "block"
    (other,) = hit["with"]
    assert (other["name"], other["code"], other["area"]) == ("白沙镇", "410122105", "中牟县")
    assert 13_000 < other["distance_m"] < 15_000


def test_a_homophone_and_a_township_of_the_same_specific_part(province):
    assert [one["name"] for one in found("傅集镇", "--kind", "镇", "--within", "410122")["NAME-HOM-01"]["with"]] == ["付集镇"]
    assert [one["name"] for one in found("刘集镇", "--kind", "town", "--within", "410329")["NAME-DUP-02"]["with"]] == ["刘集乡"]


def test_what_is_renamed_is_not_compared_with_itself(province):
    ours = found("白沙镇", "--kind", "town", "--within", "410122", "--rename-of", "410122105")
    assert "NAME-DUP-01" not in ours
    assert ours["NAME-REN-01"]["severity"] == "info"
    other = found("刘集镇", "--kind", "town", "--within", "410122", "--rename-of", "410122201")
    assert other["CHG-NAME-01"]["severity"] == "block", "from 乡 to 镇 is no renaming"


def test_a_protected_name_is_not_renamed_without_measures(province):
    town = PlaceName.objects.create(division_id=_division("410122105"))
    HeritageListing.objects.create(place=town, kind="ancient_town", recorded=("2024-01-01T00:00Z", None), source=make_source())
    ours = found("白沙街道", "--kind", "subdistrict", "--within", "410122", "--rename-of", "410122105")
    assert ours["NAME-REN-02"]["severity"] == "block"
    assert ours["NAME-REN-03"]["severity"] == "warn"


def _division(code: str) -> int:
    from boundaries.models import DivisionCode

    return DivisionCode.objects.get(code=code).division_id


def test_a_list_is_not_checked_until_it_is_loaded(province, tmp_path):
    status, document = run("check_name", "张三路", "--kind", "road", "--within", "410122")
    assert status == 0
    assert {one["list"]: one["loaded"] for one in document["lists"]}["leaders"] is False
    assert "未核对" in found("张三路", "--kind", "road", "--within", "410122")["NAME-PER-01"]["message"]
    path = tmp_path / "leaders.txt"
    path.write_text("# 名单\n张三\n\n李四\n", "utf-8")
    assert run("load_name_list", str(path), "--list", "leaders", "--source", "样例")[1] == {
        "list": "leaders", "changed": True, "entries": 2, "added": 2, "removed": 0,
    }  # fmt: skip
    assert found("张三路", "--kind", "road", "--within", "410122")["NAME-PER-01"]["severity"] == "block"
    assert run("load_name_list", str(path), "--list", "leaders", "--source", "样例")[1]["changed"] is False
    path.write_text("王五\n", "utf-8")
    assert run("load_name_list", str(path), "--list", "leaders", "--source", "样例")[1]["removed"] == 2
    assert NameList.objects.count() == 2, "the edition before stays readable"


def test_lists_are_loaded_by_who_keeps_the_names_of_the_whole_register(province):
    small = make_user("small", (Duty.PLACE_NAME_OFFICER, _county()))
    with pytest.raises(ForbiddenError):
        load_list(small, "leaders", "张三".encode(), "a.txt", "样例")


def _county():
    from boundaries.models import Division

    return Division.objects.get(pk=_division("410122"))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check_name", "白沙镇", "--kind", "飞船", "--within", "410122"), "unknown_kind"),
        (("check_name", "白沙镇", "--kind", "town", "--within", "419999"), "unknown_code"),
        (("check_name", " ", "--kind", "town", "--within", "410122"), "name_empty"),
        (("load_name_list", "/nowhere", "--list", "leaders", "--source", "样例"), "file_not_found"),
        (("load_name_list", __file__, "--list", "飞船", "--source", "样例"), "unknown_list"),
    ],
)
def test_refusals(province, arguments, code):
    status, document = run(*arguments)
    assert (status, document["error"]["code"]) == (1, code)


@pytest.mark.parametrize("identifier", list(rules()))
def test_every_rule_is_carried_out_by_something_and_named_by_a_test(identifier):
    rule = rules()[identifier]
    module, _dot, name = rule.implemented_by.rpartition(".")
    assert callable(getattr(importlib.import_module(module), name))
    assert rule.basis and rule.zh and rule.en
    assert identifier.lower().replace("-", "_") in TESTS or TESTS.count(identifier) > 1


def test_the_page_of_rules_is_true():
    status, document = run("name_rules_doc", "--check")
    assert (status, document["changed"]) == (0, False)
    assert all(f"| {identifier} |" in page() for identifier in rules())
