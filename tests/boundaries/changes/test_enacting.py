"""Decisions from the draft to the register, through the services."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.gis.geos import GEOSGeometry, LineString
from django.core.files.uploadedfile import SimpleUploadedFile

from boundaries import impacts
from boundaries.changes import Plan
from boundaries.models import (
    Decision,
    DecisionState,
    Division,
    DivisionCode,
    DivisionRecord,
    Lineage,
    MapRevision,
    SourceKind,
)
from boundaries.services import decisions
from boundaries.services.decisions import ActEntry
from gis.accounts.models import Duty, User
from gis.audit.models import AuditEntry
from gis.crs import CGCS2000
from gis.errors import ConflictError, ForbiddenError, InvalidInputError
from tests.boundaries.decided import stated
from tests.factories import make_user

DAY = date(2026, 3, 1)
TOWN = {"ref": "a", "name": "某镇", "type": "town"}


def unit(name: str, day: date = DAY) -> int:
    return DivisionRecord.objects.on(day).get(name=name).division_id


def below(key: int, day: date = DAY) -> list[int]:
    return list(DivisionRecord.objects.on(day).filter(parent=key).order_by("division").values_list("division", flat=True))


def to_town(name: str, ref: str = "town") -> ActEntry:
    new = {"ref": ref, "name": name.removesuffix("乡") + "镇", "type": "town"}
    return ActEntry("change_type", {"unit": unit(name), "new": new})


def draft(*acts: ActEntry, actor: User | None = None, day: date = DAY, area: str = "演示市") -> Decision:
    return decisions.create_draft(
        actor,
        Division.objects.get(pk=unit(area)),
        acts,
        **stated(day),
    )


def enact(decision: Decision, actor: User | None = None) -> Decision:
    return decisions.enact(actor, decision, decisions.preview(actor, decision).fingerprint, reason="试验", redraw=False)


def everything(day: date) -> set[tuple[object, ...]]:
    rows = DivisionRecord.objects.on(day).values_list("division", "name", "type", "parent", "area_m2", "grade")
    codes = DivisionCode.objects.on(day).values_list("division", "authority", "code")
    return {*rows, *codes}


def test_a_township_becomes_a_town(demo) -> None:
    old = unit("麦垄乡")
    villages = below(old)
    eve = everything(DAY - timedelta(days=1))
    decision = enact(draft(to_town("麦垄乡")))
    new = unit("麦垄镇")
    assert not DivisionRecord.objects.on(DAY).filter(division=old).exists()
    assert below(new) == villages
    [edge] = Lineage.objects.filter(successor=new)
    assert edge.act is not None
    assert (edge.predecessor_id, edge.area_share, edge.kind, edge.act.decision) == (old, 1.0, "type_changed", decision)
    assert DivisionCode.objects.on(DAY).get(division=new).code == "417021106"
    assert not DivisionCode.objects.on(DAY).filter(division=old).exists()
    assert decision.source is not None
    assert (decision.source.kind, decision.source.document_number) == (SourceKind.DEMO, decision.document_number)
    assert decision.acts.get().made == {"town": new}
    assert everything(DAY - timedelta(days=1)) == eve
    assert AuditEntry.objects.filter(action="decision.enact", target_id=str(decision.pk)).count() == 1


def test_what_is_saved_is_what_was_previewed(demo) -> None:
    decision = draft(to_town("麦垄乡"))
    seen = decisions.preview(None, decision)
    enacted = decisions.enact(None, decision, seen.fingerprint, redraw=False)
    assert enacted.plan == seen.document and enacted.fingerprint == seen.fingerprint
    saved = DivisionRecord.objects.on(DAY).filter(source=enacted.source)
    assert sorted(saved.values_list("name", flat=True)) == sorted(one["name"] for one in seen.document["opened"])
    assert {round(one.area_m2, 1) for one in saved} == {one["area_m2"] for one in seen.document["opened"]}


def test_previewing_changes_nothing(demo) -> None:
    before = everything(DAY)
    decision = draft(to_town("麦垄乡"))
    rows = DivisionRecord.objects.count()
    decisions.preview(None, decision)
    assert everything(DAY) == before and DivisionRecord.objects.count() == rows


def test_enacting_is_refused_with_the_difference_when_the_register_moved(demo) -> None:
    first, second = draft(to_town("麦垄乡")), draft(ActEntry("rename", {"unit": unit("麦垄乡"), "name": "麦香乡"}))
    seen = decisions.preview(None, second)
    enact(draft(ActEntry("move_seat", {"unit": unit("麦垄乡"), "place": "某村"})))
    before = everything(DAY)
    with pytest.raises(ConflictError) as caught:
        decisions.enact(None, second, seen.fingerprint)
    assert caught.value.code == "register_moved"
    [closed, opened] = [one for one in caught.value.details["difference"] if one["section"] in ("closed", "opened")]
    assert closed["before"][0]["seat"] is not None and closed["now"][0]["seat"] is None
    assert opened["now"][0]["name"] == "麦香乡"
    assert everything(DAY) == before and Decision.objects.get(pk=second.pk).state == DecisionState.DRAFT
    enact(second)  # after a new look it goes through
    enacted = enact(first)  # the first decision starts from what the others left
    assert enacted.state == DecisionState.ENACTED


def test_a_plan_that_tears_the_map_is_not_enacted(demo) -> None:
    """CHG-PLAN-02: two villages that overlap afterwards."""
    township = unit("麦垄乡")
    village = below(township)[0]
    record = DivisionRecord.objects.on(DAY).get(division=village)
    other = DivisionRecord.objects.on(DAY).get(division=below(township)[1])
    # Somebody recorded the second village with the ground of both.
    both = record.geometry.union(other.geometry)
    DivisionRecord.objects.filter(pk=other.pk).update(geometry=both if both.geom_type == "MultiPolygon" else _multi(both))
    act = ActEntry("transfer_villages", {"villages": [below(township)[1]], "to": unit("沙屿乡")})
    decision = draft(act)
    seen = decisions.preview(None, decision)
    assert [one["code"] for one in seen.document["obstacles"]] == ["coverage_broken"]
    with pytest.raises(ConflictError) as caught:
        decisions.enact(None, decision, seen.fingerprint)
    assert caught.value.code == "plan_obstructed"


def _multi(polygon: GEOSGeometry) -> GEOSGeometry:
    return GEOSGeometry(polygon.wkt.replace("POLYGON (", "MULTIPOLYGON ((", 1) + ")", srid=CGCS2000)


def test_a_drawn_line_comes_from_the_acts_geometry(demo) -> None:
    village = DivisionRecord.objects.on(DAY).get(division=below(unit("麦垄乡"))[0])
    west, _south, east, _north = village.geometry.extent
    middle = village.geometry.centroid
    line = LineString((west - 0.01, middle.y), (east + 0.01, middle.y + 0.001), srid=CGCS2000)
    data = {
        "unit": village.division_id,
        "new": {"ref": "v", "name": "新分村", "type": "village_committee"},
        "extent": {"kind": "line", "point": [middle.x, middle.y + 0.003]},
    }
    enact(draft(ActEntry("split", data, line)))
    parts = DivisionRecord.objects.on(DAY).filter(division__in=[village.division_id, unit("新分村")])
    assert sum(one.area_m2 for one in parts) == pytest.approx(village.area_m2, rel=1e-6)


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("blow_up", {}, "unknown_act"),
        ("rename", {"unit": 1}, "bad_field"),
        ("rename", {"unit": 1, "name": "x" * 500}, "bad_field"),
        ("rename", {"unit": True, "name": "某乡"}, "bad_field"),
        ("rename", {"unit": 1, "name": "某乡", "more": 1}, "unknown_field"),
        ("rename", [], "bad_field"),
        ("split", {"unit": 1, "new": TOWN, "extent": {"kind": "line", "point": [1, 2]}}, "bad_geometry"),
        ("split", {"unit": 1, "new": TOWN | {"type": "castle"}, "extent": {"kind": "whole"}}, "bad_field"),
        ("move_seat", {"unit": 1, "seat": [34.3, 113.4]}, "bad_field"),
    ],
)
def test_an_act_that_cannot_be_read_is_not_kept(demo, kind: str, data: object, code: str) -> None:
    """The last case: latitude before longitude."""
    with pytest.raises(InvalidInputError) as caught:
        draft(ActEntry(kind, data))  # type: ignore[arg-type]
    assert caught.value.code == code and not Decision.objects.filter(state=DecisionState.DRAFT).exists()


def test_edits_are_kept_apart_and_forget_the_preview(demo) -> None:
    decision = draft(to_town("麦垄乡"))
    decisions.preview(None, decision)
    edited = decisions.edit_draft(None, decision, 1, [to_town("沙屿乡")], title="另一批复")
    assert (edited.version, edited.fingerprint, edited.acts.get().data["new"]["name"]) == (2, "", "沙屿镇")
    with pytest.raises(ConflictError) as caught:
        decisions.edit_draft(None, decision, 1, title="别人的")
    assert caught.value.code == "decision_changed"
    enact(edited)
    with pytest.raises(ConflictError) as caught:
        decisions.edit_draft(None, decision, 3, title="已实施后")
    assert caught.value.code == "decision_not_draft"


def test_who_may(demo) -> None:
    """A county's officer drafts, its reviewer enacts; neither reaches into the neighbour."""
    county, neighbour = (Division.objects.get(pk=unit(name)) for name in ("舆和县", "邻和县"))
    officer = make_user("a", (Duty.DIVISION_OFFICER, county))
    reviewer = make_user("b", (Duty.REVIEWER, county))
    stranger = make_user("c", (Duty.DIVISION_OFFICER, neighbour), (Duty.REVIEWER, neighbour))
    with pytest.raises(ForbiddenError):
        draft(to_town("麦垄乡"), actor=stranger, area="舆和县")
    decision = draft(to_town("麦垄乡"), actor=officer, area="舆和县")
    seen = decisions.preview(officer, decision)
    for person in (officer, stranger):
        with pytest.raises(ForbiddenError):
            decisions.enact(person, decision, seen.fingerprint)
    taken = draft(ActEntry("change_affiliation", {"unit": unit("沙屿乡"), "parent": neighbour.pk}), actor=officer, area="舆和县")
    with pytest.raises(ForbiddenError):
        decisions.enact(reviewer, taken, decisions.preview(reviewer, taken).fingerprint)
    assert enact(decision, reviewer).enacted_by == reviewer


def test_a_file_is_kept_with_the_decision(demo) -> None:
    county = Division.objects.get(pk=unit("舆和县"))
    officer = make_user("a", (Duty.DIVISION_OFFICER, county))
    decision = draft(to_town("麦垄乡"), actor=officer, area="舆和县")
    pdf = SimpleUploadedFile("批复.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    attached = decisions.attach_file(officer, decision, pdf, "")
    assert (attached.title, attached.file.purpose) == ("批复.pdf", "decision")


def test_others_say_what_is_touched(demo, monkeypatch) -> None:
    registry = impacts._Registry()
    monkeypatch.setattr(impacts, "_registry", registry)

    def signs(plan: Plan) -> list[impacts.Impact]:
        return [impacts.Impact("signs", "地名标志", len(plan.made), tuple({"label": ref} for ref in plan.made), "换字")]

    impacts.register("signs", signs)
    seen = decisions.preview(None, draft(to_town("麦垄乡")))
    assert seen.document["impacts"] == [
        {
            "kind": "signs",
            "title": "地名标志",
            "count": 1,
            "items": [{"label": "town"}],
            "needs": "换字",
            "cost_yuan": None,
            "uncosted": 0,
        }
    ]
    with pytest.raises(RuntimeError):
        impacts.register("signs", lambda _plan: [])


def test_the_map_is_drawn_anew_after_the_commit(demo, django_capture_on_commit_callbacks) -> None:
    before = MapRevision.objects.get(level=4).revision
    decision = draft(to_town("麦垄乡"))
    seen = decisions.preview(None, decision)
    with django_capture_on_commit_callbacks(execute=True):
        decisions.enact(None, decision, seen.fingerprint)
    drawn = MapRevision.objects.get(level=4)
    assert drawn.revision > before and DAY in drawn.breakpoints
