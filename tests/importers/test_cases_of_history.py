"""The cases of real history that must come out right, each asked of the commands: both ways, and on the day of change and its eve.

The yearly lists give no days: what they tell is seen on 31 December of their year (`begins` observed), and the document is named.
"""

from __future__ import annotations

from typing import Any

import pytest

from boundaries.models import Lineage
from tests.commands import run
from tests.importers.files import load
from tests.importers.real_history import became, came_from, rows_on, trace
from tests.shared import SHARED, requires_shared

LUOYANG = "国务院同意河南省洛阳市调整部分行政区划"


def path(what: str, day: str, *more: str) -> list[tuple[str, str, str | None, str]]:
    """What happened after the day."""
    steps = [step for step in trace(what, day, *more)["path"] if step["on"] > day]
    return [(step["on"], step["kind"], step["decision"], step["begins"]) for step in steps]


def names(rows: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return sorted((one["name"], one["code"], one["parent_name"]) for one in rows)


# --- counties -----------------------------------------------------------------------------------------------------------


@requires_shared
def test_孟津县_and_吉利区_became_孟津区(loaded: dict[str, Any]) -> None:
    for name, code in (("孟津县", "410322"), ("吉利区", "410306")):
        [found] = trace(name, "2021-03-17")["found"]
        assert (found["code"], str(found["valid_to"])) == (code, "2021-03-18")
        [after] = trace(code, "2021-03-17", "--to", "2021-03-18")["successors"]
        assert (after["name"], after["code"], after["share"], after["decision"]) == ("孟津区", "410308", 1.0, LUOYANG)
        assert (str(after["on"]), after["begins"]) == ("2021-03-18", "decided")
        assert became(code, "2021-03-16", "--to", "2021-03-17") == [(name, code, 1.0)], "on the eve it has not happened"
        assert run("trace", "--code", code, "--on", "2021-03-18")[1]["error"]["code"] == "code_not_on_day"
    assert came_from("410308", "2021-03-18", "--to", "2021-03-17") == [("吉利区", "410306", 1.0), ("孟津县", "410322", 1.0)]
    assert came_from("410308", "2022-01-01") == [
        ("吉利区", "410306", 1.0),
        ("孟津县", "410322", 1.0),
        ("孟津县", "412522", 1.0),  # until 1983, under 洛阳地区
    ]


@requires_shared
def test_every_township_of_孟津区_was_coded_anew(loaded: dict[str, Any]) -> None:
    eve, day = "2021-03-17", "2021-03-18"
    former = {county: rows_on(eve, 4, county) for county in ("410322", "410306")}
    now = rows_on(day, 4, "410308")
    assert (len(former["410322"]), len(former["410306"]), len(now)) == (10, 4, 14)
    assert {code[:6] for code in now} == {"410308"}
    assert sorted(now.values()) == sorted([*former["410322"].values(), *former["410306"].values()])
    for code, name in (former["410322"] | former["410306"]).items():
        [after] = trace(code, eve, "--to", day)["successors"]
        assert (after["name"], after["code"][:6], after["parent_name"], after["share"]) == (name, "410308", "孟津区", 1.0)
        assert (after["decision"], after["begins"]) == (LUOYANG, "decided")
        [before] = trace(after["code"], day, "--to", eve)["predecessors"]
        assert (before["name"], before["code"]) == (name, code)
        assert path(code, eve, "--to", day) == [(day, "parent_changed", LUOYANG, "decided"), (day, "recoded", LUOYANG, "decided")]


@pytest.mark.parametrize(
    ("old", "old_code", "new", "new_code", "day", "eve", "document"),
    [
        ("许昌县", "411023", "建安区", "411003", "2016-11-24", "2016-11-23", "国函〔2016〕189号"),
        ("开封县", "410224", "祥符区", "410212", "2014-09-09", "2014-09-08", "国函〔2014〕121号"),
        ("陕县", "411222", "陕州区", "411203", "2015-02-16", "2015-02-15", "国函〔2015〕39号"),
        ("偃师市", "410381", "偃师区", "410307", "2021-03-18", "2021-03-17", LUOYANG),
    ],
)
@requires_shared
def test_counties_that_became_districts(
    loaded: dict[str, Any], old: str, old_code: str, new: str, new_code: str, day: str, eve: str, document: str
) -> None:
    """许昌县 → 建安区, 开封县 → 祥符区, 陕县 → 陕州区, 偃师市 → 偃师区."""
    answer = trace(old, eve, "--to", day)
    [after] = answer["successors"]
    assert (after["name"], after["code"], after["share"]) == (new, new_code, 1.0)
    assert (after["decision"], str(after["on"]), after["begins"]) == (document, day, "decided")
    assert [step["kind"] for step in answer["path"] if str(step["on"]) == day] == ["type_changed"]
    assert became(old_code, eve, "--to", eve) == [(old, old_code, 1.0)]
    assert came_from(new_code, day, "--to", eve) == [(old, old_code, 1.0)]
    assert run("trace", "--code", new_code, "--on", eve)[1]["error"]["code"] == "code_not_on_day"
    # Each township went along and is the same division.
    before, since = rows_on_by_division(eve, old_code), rows_on_by_division(day, new_code)
    assert before and before == since


def rows_on_by_division(day: str, under: str) -> dict[int, str]:
    status, found = run("divisions_on", day, "--level", "township", "--under", under)
    assert status == 0
    return {one["division"]: one["name"] for one in found["divisions"]}


# --- townships ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "before", "after", "now", "counties", "day", "eve", "document"),
    [
        ("水冶镇", "410522101", "410505101", "410505101", ("安阳县", "殷都区"), "2021-12-31", "2021-12-30", "豫民行批〔2021〕3号"),
        ("善应镇", "410522103", "410506102", "410506103", ("安阳县", "龙安区"), "2017-12-31", "2017-12-30", "豫民行批〔2017〕16号"),
        ("马家乡", "410522205", "410506204", "410506205", ("安阳县", "龙安区"), "2017-12-31", "2017-12-30", "豫民行批〔2017〕16号"),
    ],
)
@requires_shared
def test_townships_that_went_to_another_county(
    loaded: dict[str, Any],
    name: str,
    before: str,
    after: str,
    now: str,
    counties: tuple[str, str],
    day: str,
    eve: str,
    document: str,
) -> None:
    """水冶镇 from 安阳县 to 殷都区 (2021), 善应镇 and 马家乡 to 龙安区 (2017): the same units, moved and coded anew."""
    assert [(one["code"], one["parent_name"]) for one in trace(name, eve)["found"]] == [(before, counties[0])]
    assert [(one["code"], one["parent_name"]) for one in trace(name, day)["found"]] == [(after, counties[1])]
    assert trace(before, eve)["found"][0]["division"] == trace(after, day)["found"][0]["division"]
    [moved] = trace(before, eve, "--to", day)["successors"]
    assert (moved["code"], moved["share"], moved["decision"], moved["begins"]) == (after, 1.0, document, "observed")
    [today] = trace(before, eve)["successors"]
    assert (today["code"], today["decision"]) == (now, document), "a code that only a list shows takes no document away"
    [former] = came_from(after, day)
    assert former == (name, before, 1.0)
    steps = path(before, eve, "--to", day)
    assert steps == [(day, "parent_changed", document, "observed"), (day, "recoded", document, "observed")]
    [step, _recoded] = trace(before, eve, "--to", day)["path"]
    assert (step["from"]["parent_name"], step["to"]["parent_name"]) == counties
    under = {county: trace(county, day)["found"][0]["code"] for county in counties}
    assert before in rows_on(eve, 4, under[counties[0]]) and after not in rows_on(eve, 4, under[counties[1]])
    assert before not in rows_on(day, 4, under[counties[0]]) and after in rows_on(day, 4, under[counties[1]])
    assert Lineage.objects.filter(predecessor=trace(after, day)["found"][0]["division"]).count() == 0


@requires_shared
def test_库区乡_became_陆浑镇_with_a_new_name(loaded: dict[str, Any]) -> None:
    day, eve = "2020-12-31", "2020-12-30"
    [after] = trace("库区乡", eve, "--to", day)["successors"]
    assert (after["name"], after["type"], after["code"], after["share"]) == ("陆浑镇", "town", "410325113", 1.0)
    assert (after["decision"], after["begins"]) == ("豫民行批〔2020〕1号", "observed")
    assert path("410325202", eve, "--to", day) == [(day, "type_changed", "豫民行批〔2020〕1号", "observed")]
    assert came_from("陆浑镇", day) == [("库区乡", "410325202", 1.0)]
    assert run("trace", "--name", "库区乡", "--on", day)[1]["error"]["code"] == "not_on_day"
    assert run("trace", "--name", "陆浑镇", "--on", eve)[1]["error"]["code"] == "not_on_day"
    # Five years later a list shows another code: no document, and not the town's.
    assert path("陆浑镇", "2025-11-29", "--to", "2025-11-30") == [("2025-11-30", "recoded", None, "observed")]


@pytest.mark.parametrize(
    ("old", "code", "under", "day", "eve", "successors", "document"),
    [
        ("小潭乡", "410726213", "410726", "2015-12-31", "2015-12-30",
         [("槐花苑街道", "410726004"), ("潭龙街道", "410726003")], "豫民行批〔2015〕9号"),
        ("城关镇", "411421100", "411421", "2014-12-31", "2014-12-30",
         [("南华街道", "411421002"), ("绿洲街道", "411421001")], "豫民行批〔2014〕39号"),
    ],
)  # fmt: skip
@requires_shared
def test_one_that_became_two(
    loaded: dict[str, Any],
    old: str,
    code: str,
    under: str,
    day: str,
    eve: str,
    successors: list[tuple[str, str]],
    document: str,
) -> None:
    """小潭乡 → 潭龙街道 + 槐花苑街道, 城关镇 → 绿洲街道 + 南华街道: how much went to each is written nowhere; no share."""
    answer = trace(old, eve, "--to", day, "--under", under)
    assert [one["code"] for one in answer["found"]] == [code]
    assert sorted((one["name"], one["code"]) for one in answer["successors"]) == successors
    assert {(one["share"], one["decision"], one["begins"]) for one in answer["successors"]} == {(None, document, "observed")}
    for name, _code in successors:
        assert came_from(name, day, "--under", under) == [(old, code, None)]
    assert [(one["name"], one["share"]) for one in trace(code, eve, "--to", eve)["successors"]] == [(old, 1.0)]


@requires_shared
def test_槐花苑街道_was_renamed_塔铺街道_afterwards(loaded: dict[str, Any]) -> None:
    """So today 小潭乡 is 潭龙街道 and 塔铺街道, and the path says why."""
    assert {name for name, _code, _share in became("410726213", "2015-01-01")} == {"潭龙街道", "塔铺街道"}
    assert ("2016-12-31", "renamed", "新政文〔2015〕167号", "observed") in path("410726213", "2015-01-01")


@requires_shared
def test_七里店街道_was_renamed_颍昌街道_and_keeps_its_code(loaded: dict[str, Any]) -> None:
    day, eve = "2020-12-31", "2020-12-30"
    [before], [after] = trace("七里店街道", eve)["found"], trace("颍昌街道", day)["found"]
    assert (before["division"], before["code"]) == (after["division"], after["code"])
    assert str(before["valid_to"]) == str(after["valid_from"]) == day
    [now] = trace("411002009", eve, "--to", day)["successors"]
    assert (now["name"], now["share"], now["decision"]) == ("颍昌街道", 1.0, "许政文〔2020〕13号")
    assert (str(now["on"]), now["begins"]) == (day, "observed"), "the list of 2020 gives no day"
    assert path("411002009", eve) == [(day, "renamed", "许政文〔2020〕13号", "observed")]
    [former] = trace("颍昌街道", day)["predecessors"]
    assert (former["name"], former["code"], former["decision"]) == ("七里店街道", "411002009", "许政文〔2020〕13号")
    [still] = trace("411002009", "2019-01-01", "--to", eve)["successors"]
    assert (still["name"], still["decision"], still["on"]) == ("七里店街道", None, None)


# --- many answers, and codes used again ---------------------------------------------------------------------------------


@requires_shared
def test_a_name_that_many_bear_is_answered_for_all_of_them_and_under_narrows_it(loaded: dict[str, Any]) -> None:
    everywhere = trace("城关镇", "2014-06-01")
    assert len(everywhere["found"]) == 31
    codes = [one["code"] for one in everywhere["found"]]
    assert len(set(codes)) == 31 and {"410322100", "411421100"} <= set(codes)
    in_luoyang = trace("城关镇", "2014-06-01", "--under", "410300")["found"]
    assert {one["parent_name"] for one in in_luoyang} == {
        one["parent_name"] for one in everywhere["found"] if (one["code"] or "").startswith("4103")
    }
    assert names(trace("城关镇", "2014-06-01", "--under", "411421")["found"]) == [("城关镇", "411421100", "民权县")]
    # What became of each of them says which one it is of.
    after: dict[int, list[str]] = {one["division"]: [] for one in everywhere["found"]}
    for row in trace("城关镇", "2014-06-01", "--to", "2014-12-31")["successors"]:
        after[row["of"]].append(row["name"])
    of = {one["parent_name"]: sorted(after[one["division"]]) for one in everywhere["found"]}
    changed = {county: names_after for county, names_after in of.items() if names_after != ["城关镇"]}
    assert changed == {
        "民权县": ["南华街道", "绿洲街道"],
        "原阳县": ["原兴街道"],
        "永城市": ["崇法寺街道"],
        "伊川县": [],  # no list says where its ground went
    }


@pytest.mark.parametrize("years", [("2021", "2023"), ("2023", "2021")])
@requires_shared
def test_statistical_410103015_is_two_places_in_2021_and_2023(db: None, years: tuple[str, str]) -> None:
    """In whatever order the lists of the statistical office are loaded."""
    days = {"2021": "2021-10-31", "2023": "2023-06-30"}
    for year in years:
        day = days[year]
        for level, what in (("county", "counties"), ("township", "townships")):
            load(SHARED / "divisions_nbs_2015_2023" / f"henan_{what}_{year}.csv", level, day, "--authority", "nbs")
    early, late = trace("410103015", "2021-10-31"), trace("410103015", "2023-06-30")
    assert [one["name"] for one in early["found"]] == ["人和路街道"]
    assert [one["name"] for one in late["found"]] == ["侯寨街道"]
    assert early["found"][0]["division"] != late["found"][0]["division"]
    for answer, other in ((early, "侯寨街道"), (late, "人和路街道")):
        told = [*answer["successors"], *answer["predecessors"], *(step[end] for step in answer["path"] for end in ("from", "to"))]
        assert other not in {one["name"] for one in told}
    assert not Lineage.objects.exists(), "two lists say nothing of what came out of what"
    if years[0] == "2021":
        # The list of 2023 has 人和路街道 and 侯寨街道 under the numbers before theirs: each is one unit throughout, on every day.
        assert [(one["code"], one["name"]) for one in early["successors"]] == [("410103014", "人和路街道")]
        assert trace("410103016", "2021-10-31")["found"][0]["division"] == late["found"][0]["division"]
        assert trace("410103016", "2023-06-30")["found"][0]["name"] == "金水源街道"
    on_the_day = list(rows_on("2023-06-30", 4, "410103").values())
    assert len(on_the_day) == len(set(on_the_day)), "nobody is there twice"
