"""The workbench's JSON over HTTP: who may, what is refused, what a conflict tells, hostile shapes."""

from __future__ import annotations

import json
from typing import Any

import pytest
import shapely
from django.contrib.gis.geos import LineString
from django.test import Client
from django.urls import reverse

from boundaries.models import Decision, Division, DivisionRecord
from boundaries.services import decision_review, decisions
from boundaries.services.decisions import ActEntry
from gis.accounts.models import Duty, User
from gis.audit.models import AuditEntry
from gis.crs import CGCS2000
from tests.boundaries.decided import stated
from tests.factories import make_user

from .test_enacting import DAY, below, enact, unit

TOWN = {"ref": "new1", "name": "望岫镇", "type": "town"}


@pytest.fixture
def officer(demo) -> User:
    return User.objects.get(username="quhua")


@pytest.fixture
def client(officer) -> Client:
    found = Client()
    found.force_login(officer)
    return found


def post(client: Client, name: str, body: Any, **args: Any) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return client.post(reverse(name, kwargs=args), text, content_type="application/json")


def act(kind: str, data: dict[str, Any], geometry: Any = None) -> dict[str, Any]:
    return {"kind": kind, "data": data, "geometry": geometry}


def to_town() -> dict[str, Any]:
    return act("change_type", {"unit": unit("望岫乡"), "new": TOWN})


def across(name: str = "望岫乡") -> dict[str, Any]:
    west, south, east, north = DivisionRecord.objects.on(DAY).get(name=name).geometry.extent
    return {"type": "LineString", "coordinates": [[west - 0.01, (south + north) / 2], [east + 0.01, (south + north) / 2]]}


# --- reading -----------------------------------------------------------------------------------------------------------


def test_units_with_their_shapes(client: Client) -> None:
    found = client.get(reverse("workbench-units"), {"unit": unit("望岫乡"), "on": DAY.isoformat()}).json()
    assert found["unit"]["proper"] == "望岫" and [step["name"] for step in found["path"]][-1] == "舆和县"
    assert len(found["below"]) == 17 and len(found["siblings"]) == 14
    assert found["exact"] and len(found["shapes"]["features"]) == 18
    assert [one["properties"]["itself"] for one in found["shapes"]["features"]].count(True) == 1
    one = next(one for one in found["below"] if one["name"] == "司沟村")
    assert one["people"] > 0 and one["has_extent"] and one["area_m2"] > 1e6


def test_very_fine_shapes_are_simplified_and_not_to_snap_to(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    query = {"unit": unit("望岫乡"), "on": DAY.isoformat()}
    fine = client.get(reverse("workbench-units"), query).json()
    monkeypatch.setattr("boundaries.drafting._MOST_VERTICES", 100)
    coarse = client.get(reverse("workbench-units"), query).json()
    assert fine["exact"] and not coarse["exact"]
    pairs = list(zip(fine["shapes"]["features"], coarse["shapes"]["features"], strict=True))
    assert all(one["id"] == other["id"] for one, other in pairs)
    apart = [
        shapely.hausdorff_distance(shapely.geometry.shape(one["geometry"]), shapely.geometry.shape(other["geometry"]))
        for one, other in pairs
    ]
    assert max(apart) < 0.001


def test_a_unit_that_is_not_in_force_is_told(client: Client) -> None:
    refused = client.get(reverse("workbench-units"), {"unit": unit("望岫乡"), "on": "1950-01-01"})
    assert refused.status_code == 404 and "不在册" in refused.json()["error"]["message"]


def test_the_page_asks_for_the_area(demo) -> None:
    address = reverse("decision-workbench-new")
    query = {"unit": unit("望岫乡"), "on": DAY.isoformat(), "template": "town"}
    for who, status in (("quhua", 200), ("shenhe", 403), ("chayue", 403)):
        asking = Client()
        asking.force_login(User.objects.get(username=who))
        assert asking.get(address, query).status_code == status, who
    stranger = Client()
    stranger.force_login(make_user("elsewhere", (Duty.DIVISION_OFFICER, Division.objects.get(pk=unit("邻和县")))))
    assert stranger.get(address, query).status_code == 403
    assert stranger.get(address, {**query, "unit": "x"}).status_code == 422


# --- previewing --------------------------------------------------------------------------------------------------------


def test_a_preview_says_everything(client: Client) -> None:
    made = post(client, "workbench-preview", {"day": DAY.isoformat(), "acts": [to_town()]}).json()
    [row] = [row for row in made["rows"] if row["after"]["level"] == 4]
    assert row["after"]["type_name"] == "镇" and row["after"]["people"] == row["before"]["people"] == 13604
    assert row["after"]["code_state"] == "needed"  # nobody has said who determines codes (CODE-07)
    assert made["lineage"] == ["望岫乡的全部区域成为望岫镇。"]
    assert made["titles"] == ["关于撤销望岫乡设立望岫镇的方案"]
    assert made["areas"][0] == {"id": unit("舆和县"), "name": "舆和县", "may": True}
    assert {one["rule"] for one in made["findings"]} >= {"CHG-DOC-01", "CODE-03"}
    assert all(set(one["stages"]) <= {"submit", "enact", "close"} for one in made["findings"])
    assert [one["number"] for one in made["checklist"]] == [1, 2, 3, 4, 5, 6, 7]
    assert not Decision.objects.filter(state="draft").exists()


def test_a_change_across_counties_asks_for_the_area_above(client: Client) -> None:
    """The two counties share no township in the demo, so the neighbour takes one over."""
    body = {"day": DAY.isoformat(), "acts": [act("change_affiliation", {"unit": unit("望岫乡"), "parent": unit("邻和县")})]}
    made = post(client, "workbench-preview", body).json()
    assert made["areas"][0]["name"] == "演示市"


def test_a_refusal_names_its_act_and_the_villages(client: Client) -> None:
    point = list(DivisionRecord.objects.on(DAY).get(name="望岫乡").geometry.point_on_surface.coords)
    split = {"unit": unit("望岫乡"), "new": {"ref": "b", "name": "新岗乡", "type": "township"}}
    rename = act("rename", {"unit": unit("南畴镇"), "name": "南塘镇"})
    line = act("split", {**split, "extent": {"kind": "line", "point": point}}, across())
    refused = post(client, "workbench-preview", {"day": DAY.isoformat(), "acts": [rename, line]})
    error = refused.json()["error"]
    assert refused.status_code == 422 and (error["code"], error["act"]) == ("line_cuts_villages", 1)
    assert set(error["villages"]) <= set(below(unit("望岫乡"))) and error["villages"]


def test_the_preview_of_a_draft_counts_its_papers(client: Client, officer: User) -> None:
    area = Division.objects.get(pk=unit("舆和县"))
    decision = decisions.create_draft(
        officer, area, [ActEntry("rename", {"unit": unit("望岫乡"), "name": "望云乡"})], **stated(DAY)
    )
    body = {"day": DAY.isoformat(), "acts": [to_town()], "decision": decision.pk}
    made = post(client, "workbench-preview", body).json()
    [row] = [row for row in made["rows"] if row["after"]["level"] == 4]
    assert row["after"]["code_state"] == "proposed"  # the draft's case says who determined the code
    edited = post(client, "workbench-preview", {**body, "case": {}}).json()
    [row] = [row for row in edited["rows"] if row["after"]["level"] == 4]
    assert row["after"]["code_state"] == "needed"
    assert Decision.objects.get(pk=decision.pk).case == decision.case
    stranger = Client()
    stranger.force_login(make_user("elsewhere", (Duty.DIVISION_OFFICER, Division.objects.get(pk=unit("邻和县")))))
    assert post(stranger, "workbench-preview", body).status_code == 403


def test_both_sides_of_a_line(client: Client) -> None:
    body = {"day": DAY.isoformat(), "unit": unit("望岫乡"), "geometry": across()}
    found = post(client, "workbench-sides", body).json()
    whole = DivisionRecord.objects.on(DAY).get(name="望岫乡").area_m2
    assert sum(side["area_m2"] for side in found["sides"]) == pytest.approx(whole, rel=1e-6)
    assert found["cut"] and found["unknown"] == [] and not found["kept"]
    other = post(client, "workbench-sides", {**body, "point": found["sides"][1]["point"]}).json()
    assert other["kept"] and other["sides"][0]["area_m2"] == found["sides"][1]["area_m2"]
    # A unit that an earlier act makes is cut as it will be.
    made = post(client, "workbench-sides", {**body, "unit": "new1", "acts": [to_town()]}).json()
    assert made["sides"][0]["area_m2"] == found["sides"][0]["area_m2"]
    assert post(client, "workbench-sides", {**body, "unit": "nobody"}).status_code == 422


# --- hostile ----------------------------------------------------------------------------------------------------------


def _crossing() -> dict[str, Any]:
    """A line that makes a loop inside the unit."""
    west, south, east, north = DivisionRecord.objects.on(DAY).get(name="望岫乡").geometry.extent
    x, y = (west + east) / 2, (south + north) / 2
    loop = [[west - 0.01, y], [x + 0.02, y], [x + 0.02, y + 0.02], [x, y + 0.02], [x, y - 0.02], [east + 0.01, y - 0.02]]
    return {"type": "LineString", "coordinates": loop}


HOSTILE: dict[str, Any] = {
    "one point": {"type": "LineString", "coordinates": [[113, 33]]},
    "twice the same": {"type": "LineString", "coordinates": [[113, 33], [113, 33]]},
    "not a place": {"type": "LineString", "coordinates": [["113", "33"], [114, 34]]},
    "true is no number": {"type": "LineString", "coordinates": [[True, 33], [114, 34]]},
    "off the Earth": {"type": "LineString", "coordinates": [[1e9, 33], [114, 34]]},
    "far away": {"type": "LineString", "coordinates": [[0, 0], [1, 1]]},
    "bow tie": {"type": "Polygon", "coordinates": [[[113, 33], [114, 34], [114, 33], [113, 34], [113, 33]]]},
    "open ring": {"type": "Polygon", "coordinates": [[[113, 33], [114, 34], [114, 33]]]},
    "nothing": {"type": "LineString", "coordinates": []},
    "deep": {"type": "LineString", "coordinates": [[[[[113, 33]]]]]},
    "collection": {"type": "GeometryCollection", "geometries": []},
    "hundred thousand": {"type": "LineString", "coordinates": [[113 + n * 1e-6, 33] for n in range(100_000)]},
    "text": "LINESTRING (113 33, 114 34)",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_shapes_are_refused_in_words(client: Client, name: str) -> None:
    extent = {"kind": "area" if "Polygon" in str(HOSTILE[name])[:40] else "line", "point": [113, 33]}
    data = {"unit": unit("望岫乡"), "new": {"ref": "b", "name": "新岗乡", "type": "township"}, "extent": extent}
    for address, body in (
        ("workbench-sides", {"day": DAY.isoformat(), "unit": unit("望岫乡"), "geometry": HOSTILE[name]}),
        ("workbench-preview", {"day": DAY.isoformat(), "acts": [act("split", data, HOSTILE[name])]}),
        ("workbench-create", _draft(acts=[act("split", data, HOSTILE[name])]) if name != "far away" else {}),
    ):
        refused = post(client, address, body)
        assert refused.status_code in (404, 422), (address, refused.content[:300])
        assert refused.json()["error"]["message"]
    assert not Decision.objects.filter(state="draft").exists()


def test_a_line_that_crosses_itself_loses_no_ground(client: Client) -> None:
    line = _crossing()
    assert not LineString(line["coordinates"]).simple
    found = post(client, "workbench-sides", {"day": DAY.isoformat(), "unit": unit("望岫乡"), "geometry": line}).json()
    whole = DivisionRecord.objects.on(DAY).get(name="望岫乡").area_m2
    assert sum(side["area_m2"] for side in found["sides"]) == pytest.approx(whole, rel=1e-6)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        "{",
        '{"day": "2026-03-01", "acts": [NaN]}',
        '{"day": "2026-03-01", "acts": [{"kind": "rename", "data": {"unit": 1, "name": "\\u0000"}}]}',
        '{"day": "2026-03-01", "acts": [{"kind": "rename", "data": {"unit": 1, "name": "\\ud800"}}]}',
        '{"day": "2026-03-01", "acts": [{"kind": "recode", "data": {"unit": 1e400, "code": "1"}}]}',
        '{"day": "2026-03-01", "acts": [{"kind": "recode", "data": {"unit": 99999999999999999999999, "code": "1"}}]}',
        '{"day": "2026-03-01", "acts": [{"kind": "rename", "data": {"unit": true, "name": "x"}}]}',
        '{"day": "2026-03-01", "acts": {"a": 1}}',
        '{"day": "2026-13-01", "acts": []}',
        '{"day": 7, "acts": []}',
        '{"day": "2026-03-01", "acts": [], "decision": -1}',
        '{"day": "2026-03-01", "acts": [], "case": []}',
        "[" * 100_000,
        '{"a":' * 3000 + "1" + "}" * 3000,
    ],
    ids=range(17),
)
def test_hostile_bodies_are_refused_in_words(client: Client, body: str) -> None:
    for address in ("workbench-preview", "workbench-create", "workbench-sides"):
        refused = post(client, address, body)
        assert refused.status_code in (404, 422), (address, refused.status_code)
        assert refused["Content-Type"] == "application/json" or refused.status_code == 404


def test_a_body_of_many_megabytes_is_refused_before_it_is_read(client: Client) -> None:
    refused = post(client, "workbench-preview", '{"a": "' + "x" * 3_000_000 + '"}')
    assert refused.status_code == 422 and refused.json()["error"]["code"] == "too_large"


def test_without_a_token_nothing_is_taken(officer: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(officer)
    assert post(strict, "workbench-create", _draft()).status_code == 403
    assert Client().post(reverse("workbench-preview"), "{}", content_type="application/json").status_code == 401


# --- saving -----------------------------------------------------------------------------------------------------------


def _draft(**changed: Any) -> dict[str, Any]:
    body = {"title": "演示方案", "effective_on": DAY.isoformat(), "area": unit("舆和县"), "acts": [to_town()]}
    return {**body, **changed}


def test_a_draft_is_made_and_saved_again(client: Client) -> None:
    saved = post(client, "workbench-create", _draft())
    assert saved.status_code == 201
    told = saved.json()
    decision = Decision.objects.get(pk=told["id"])
    assert told["page"] == f"/decisions/{decision.pk}/" and told["workbench"] == reverse("decision-workbench", args=[decision.pk])
    assert AuditEntry.objects.filter(action="decision.create", target_id=str(decision.pk)).count() == 1
    acts = [to_town(), act("rename", {"unit": "new1", "name": "望云镇"})]
    again = post(client, "workbench-save", _draft(acts=acts, version=told["version"]), pk=decision.pk)
    assert again.json()["version"] == 2
    decision.refresh_from_db()
    assert [one.kind for one in decision.acts.all()] == ["change_type", "rename"]
    assert decision.case == {}
    page = client.get(told["workbench"])
    assert [one["data"].get("name") for one in page.context["config"]["workbench"]["draft"]["acts"]] == [None, "望云镇"]


def test_a_drawn_line_comes_back_as_it_was_sent(client: Client) -> None:
    line = across()
    data = {
        "unit": unit("望岫乡"),
        "new": {"ref": "b", "name": "新岗乡", "type": "township"},
        "extent": {"kind": "line", "point": [113.0, 33.0], "villages": []},
    }
    told = post(client, "workbench-create", _draft(acts=[act("split", data, line)])).json()
    [kept] = Decision.objects.get(pk=told["id"]).acts.all()
    assert kept.geometry.equals_exact(LineString(line["coordinates"], srid=CGCS2000)) and kept.geometry.srid == CGCS2000


def test_what_is_incomplete_is_refused(client: Client) -> None:
    for changed in ({"title": "  "}, {"title": None}, {"effective_on": ""}, {"area": "舆和县"}, {"area": 10**12}, {"acts": "x"}):
        refused = post(client, "workbench-create", _draft(**changed))
        assert refused.status_code in (404, 422), changed
    assert not Decision.objects.filter(state="draft").exists()


def test_only_officers_over_the_area_save(demo) -> None:
    for who in ("shenhe", "chayue", "diming", "guanli"):
        asking = Client()
        asking.force_login(User.objects.get(username=who))
        assert post(asking, "workbench-create", _draft()).status_code == 403, who
    stranger = Client()
    stranger.force_login(make_user("elsewhere", (Duty.DIVISION_OFFICER, Division.objects.get(pk=unit("邻和县")))))
    assert post(stranger, "workbench-create", _draft()).status_code == 403
    assert not Decision.objects.filter(state="draft").exists()


def test_a_conflict_tells_who_changed_what_and_what_is_there(client: Client, officer: User) -> None:
    told = post(client, "workbench-create", _draft()).json()
    colleague = make_user("colleague", (Duty.DIVISION_OFFICER, Division.objects.get(pk=unit("舆和县"))), display_name="同事甲")
    decision = Decision.objects.get(pk=told["id"])
    decisions.edit_draft(colleague, decision, 1, [ActEntry("rename", {"unit": unit("南畴镇"), "name": "南塘镇"})], title="另一标题")
    refused = post(client, "workbench-save", _draft(version=1), pk=decision.pk)
    error = refused.json()["error"]
    assert refused.status_code == 409 and error["code"] == "decision_changed"
    [change] = error["changes"]
    assert change["by"] == "同事甲" and set(change["what"]) == {"标题", "事项"}
    assert error["version"] == 2 and error["current"]["title"] == "另一标题"
    assert [one["name"] for one in error["units"]] == ["南畴镇"]
    assert Decision.objects.get(pk=decision.pk).title == "另一标题"
    assert post(client, "workbench-save", _draft(version=2), pk=decision.pk).json()["version"] == 3


def test_what_has_been_withdrawn_is_read_only(client: Client, officer: User) -> None:
    told = post(client, "workbench-create", _draft()).json()
    decision = Decision.objects.get(pk=told["id"])
    decision_review.take_step(officer, decision, 1, decision_review.Action.WITHDRAW, note="不办了")
    refused = post(client, "workbench-save", _draft(version=2), pk=decision.pk)
    assert refused.status_code == 409 and refused.json()["error"]["code"] == "decision_not_draft"
    page = client.get(told["workbench"]).content.decode()
    assert "只能查看" in page and 'id="wb-save"' not in page
    reader = Client()
    reader.force_login(User.objects.get(username="chayue"))
    assert reader.get(told["workbench"]).status_code == 200
    stranger = Client()
    stranger.force_login(make_user("elsewhere", (Duty.READER, Division.objects.get(pk=unit("邻和县")))))
    assert stranger.get(told["workbench"]).status_code == 403


def test_what_is_enacted_is_told_on_its_own_page(client: Client, officer: User) -> None:
    area = Division.objects.get(pk=unit("舆和县"))
    acts = [ActEntry("rename", {"unit": unit("望岫乡"), "name": "望云乡"})]
    body = _draft()
    decision = enact(decisions.create_draft(officer, area, acts, **stated(DAY)))
    page = client.get(reverse("decision-workbench", args=[decision.pk]))
    assert page.status_code == 302 and page["Location"] == reverse("decision", args=[decision.pk])
    refused = post(client, "workbench-save", {**body, "version": decision.version}, pk=decision.pk)
    assert refused.status_code == 409 and refused.json()["error"]["code"] == "decision_not_draft"
