"""Names taken apart into 专名 and 通名, and spellings that are one name."""

from __future__ import annotations

import pytest

from boundaries.rules.names import faults, same_name, split, standard_form, without_prefix


@pytest.mark.parametrize(
    ("name", "level", "proper", "generic", "kind"),
    [
        ("河南省", 1, "河南", "省", "province"),
        ("郑州市", 2, "郑州", "市", "prefecture_city"),
        ("中原区", 3, "中原", "区", "district"),
        ("管城回族区", 3, "管城", "回族区", "district"),
        ("梁园区", 3, "梁园", "区", "district"),
        ("济源市", 3, "济源", "市", "county_city"),
        ("新县", 3, "新", "县", "county"),
        ("林山寨街道", 4, "林山寨", "街道", "subdistrict"),
        ("荆山办事处", 4, "荆山", "办事处", "subdistrict"),
        ("朱仙镇", 4, "朱仙", "镇", "town"),
        ("王范回族镇", 4, "王范", "回族镇", "town"),
        ("艾庄回族乡", 4, "艾庄", "回族乡", "ethnic_township"),
        ("台头乡", 4, "台头", "乡", "township"),
        ("杏花营农场", 4, "杏花营农场", "", "unknown"),
        ("新乡经济开发区", 4, "新乡经济开发区", "", "unknown"),
        ("市辖区", 3, "市辖区", "", "statistical"),
        ("省直辖县级行政区划", 2, "省直辖县级行政区划", "", "statistical"),
        ("王庄村委会", 5, "王庄", "村委会", "village_committee"),
        ("金水社区居委会", 5, "金水", "社区居委会", "residents_committee"),
        ("镇", 4, "镇", "", "unknown"),
        ("郑州经济技术开发区", 3, "郑州经济技术开发区", "", "unknown"),
    ],
)
def test_split(name: str, level: int, proper: str, generic: str, kind: str) -> None:
    found = split(name, level)
    assert (found.proper, found.generic, found.type) == (proper, generic, kind)
    assert found.proper + found.generic == name


def test_spellings_of_one_name() -> None:
    assert same_name("林山寨街道办事处", "林山寨街道", 4)
    assert same_name("荆山办事处", "荆山街道", 4)
    assert same_name("王庄村委会", "王庄村村民委员会", 5)
    assert not same_name("小吕乡", "小吕镇", 4)
    assert not same_name("新安县", "新安区", 3)


def test_the_office_is_not_the_division() -> None:
    assert standard_form("林山寨街道办事处", 4) == "林山寨街道"
    assert standard_form("荆山办事处", 4) == "荆山办事处"
    assert standard_form("街道办事处", 4) == "街道办事处"


@pytest.mark.parametrize(
    ("name", "parent", "expected"),
    [
        ("淮滨县台头乡", "淮滨县", "台头乡"),
        ("召陵区召陵镇", "召陵区", "召陵镇"),
        ("济源市沁园街道办事处", "济源市", "沁园街道办事处"),
        ("新县镇", "新县", "新县镇"),
        ("叶县农场", "叶县", "叶县农场"),
        ("台头乡", "淮滨县", "台头乡"),
        ("淮滨县台头乡", "", "淮滨县台头乡"),
    ],
)
def test_a_countys_name_in_front_goes_only_when_it_is_certain(name: str, parent: str, expected: str) -> None:
    assert without_prefix(name, 4, parent) == expected


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", "empty"),
        ("<script>alert(1)</script>", "markup"),
        ("朱仙\x00镇", "control"),
        ("朱仙\u202e镇", "control"),
        ('=HYPERLINK("http://x","点我")', "formula"),
        ("+1+1", "formula"),
        ("@SUM(1)", "formula"),
        ("镇" * 61, "too_long"),
        ("朱仙\ufffd", "undecodable"),
    ],
)
def test_texts_that_are_no_names(name: str, fault: str) -> None:
    assert fault in faults(name)


@pytest.mark.parametrize("name", ["铁道．陇海家园社区居民委员会", "李楼村(北)村委会", "中原石油勘探三公司", "108国道社区"])
def test_odd_but_real_names_are_usable(name: str) -> None:
    assert faults(name) == []
