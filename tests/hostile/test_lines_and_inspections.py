"""Lines, inspections and hazards against people of another county, of a township, and nobody; against forged and absurd posts.

Whatever is sent: a refusal in words (4xx) or a redirect, never an error of the server, and nothing moves that should not.
"""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from boundaries.boundary_lines import line_on
from boundaries.inspection_record import digest_of, record_of
from boundaries.models import BoundaryHazard, BoundaryLine, JointInspection
from boundaries.services import hazards, inspection_plans, inspections
from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from tests.boundaries.inspections.conftest import YEAR, Border, bring, make_border
from tests.factories import make_division, make_line, make_marker, make_user

pytestmark = pytest.mark.django_db

LONG = "长" * 3_300_000  # some ten megabytes of UTF-8
ODD = [
    "",
    " ",
    "-1",
    "1e9999",
    "nan",
    "-inf",
    "9" * 30,
    "٣",
    "0x10",
    "\x00",
    '=HYPERLINK("x")',
    "<script>",
    "😀" * 50,
    "\u202e甲",
    LONG,
]
DAYS = ["0000-00-00", "9999-12-31", "2026-02-30", "-2026-01-01", "2026-1-1", "0001-01-01"]
REFUSED = {400, 403, 404, 409, 413, 422}


@pytest.fixture
def place() -> dict[str, Any]:
    border = make_border()
    town = make_division("西岗乡", 4, code="419902200", parent=border.west)
    officer = border.officer["west"]
    other = make_line(
        "4199-02", border.west, make_division("外县", 3, code="419909", parent=border.province), [(113.9, 34.0), (114.0, 34.0)]
    )
    hazard = hazards.register(
        officer, border.line, kind="water", title="渠道", likelihood="likely", consequence="serious", found_on=date(YEAR, 5, 1)
    )
    occurrence = inspection_plans.register_occurrence(
        officer, border.line, kind="river", occurred_on=date(YEAR, 5, 2), details="改道"
    )
    return {
        "border": border,
        "town": town,
        "other": other,
        "hazard": hazard,
        "occurrence": occurrence,
        "held": bring(border, "reviewing"),
        "other_held": inspections.plan(officer, other, year=YEAR, lead=border.west.pk),
    }


def client_of(user: Any) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def addresses(place: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """(method, address, what is sent) of everything about the border's line."""
    border: Border = place["border"]
    line, held, marker, hazard = border.line.pk, place["held"], border.markers[0].pk, place["hazard"]
    west = {"version": held.version, "side": border.west.pk}
    pages = [
        reverse("boundary-line", args=[line]),
        reverse("boundary-line-features", args=[line]),
        reverse("boundary-marker", args=[marker]),
        reverse("line-inspections", args=[line]),
        reverse("inspection", args=[held.pk]),
        reverse("inspection-package", args=[held.pk]),
        reverse("hazard", args=[hazard.pk]),
        reverse("hazard-edit", args=[hazard.pk]),
        reverse("hazard-new") + f"?line={line}",
        reverse("boundary-line-edit", args=[line, "correct"]),
        reverse("boundary-marker-edit", args=[marker, "change"]),
        reverse("boundary-marker-new", args=[line]),
        reverse("field-inspection", args=[held.pk]),
        reverse("field-desk", args=[held.pk]),
        reverse("field-about", args=[held.pk]),
    ]
    deeds: dict[str, dict[str, Any]] = {
        "arrange": {},
        "member": {"name": "冒名"},
        "member-out": {"member": 1},
        "member-account": {"member": 1},
        "stretch": {"from_m": 0, "to_m": 9},
        "stretch-back": {"stretch": 1},
        "marker-task": {"marker": marker, "people": 1},
        "content": {"group": "other", "answer": "clear"},
        "step": {"action": "back"},
        "opinion": {"text": "冒名"},
        "settle": {"opinion": 1, "settlement": "x"},
        "sign": {"name": "冒名", "duty": "局长", "digest": digest_of(record_of(held))},
        "unsign": {"because": "x"},
        "file": {"filed_with": "x", "filed_on": f"{YEAR}-06-01", "by_all": "1"},
    }
    sent = [(reverse("inspection-do", args=[held.pk, what]), west | fields) for what, fields in deeds.items()]
    sent += [
        (reverse("line-inspections-do", args=[line, what]), {"year": YEAR, "lead": border.west.pk})
        for what in ("plan", "round", "past", "occurrence")
    ]
    sent += [
        (reverse("occurrence-do", args=[place["occurrence"].pk, what]), {"lead": border.west.pk, "because": "x"})
        for what in ("open", "decline")
    ]
    sent += [
        (
            reverse("hazard-do", args=[hazard.pk, what]),
            {"version": hazard.version, "text": "x", "kind": "measure", "entry": 1, "action": "handle"},
        )
        for what in ("entry", "finish", "step")
    ]
    sent += [
        (reverse("hazard-new"), {"line": line, "title": "冒名"}),
        (reverse("hazard-edit", args=[hazard.pk]), {"version": hazard.version}),
        (reverse("boundary-line-edit", args=[line, "correct"]), {"name": "冒名"}),
        (reverse("boundary-line-course", args=[line]), {"course": "x"}),
        (reverse("boundary-line-attach", args=[line]), {"kind": "map"}),
        (reverse("boundary-marker-new", args=[line]), {"number": "x"}),
        (reverse("boundary-marker-edit", args=[marker, "correct"]), {"number": "x"}),
        (reverse("boundary-marker-act", args=[marker]), {"kind": "move"}),
    ]
    return [("get", address, {}) for address in pages] + [("post", address, fields) for address, fields in sent]


def state_of(place: dict[str, Any]) -> tuple[Any, ...]:
    held = JointInspection.objects.get(pk=place["held"].pk)
    hazard = BoundaryHazard.objects.get(pk=place["hazard"].pk)
    return (
        held.version,
        held.state,
        hazard.version,
        hazard.entries.count(),
        BoundaryLine.objects.count(),
        JointInspection.objects.count(),
        digest_of(record_of(held)),
        line_on(place["border"].line).record.pk,
        AuditEntry.objects.filter(action__regex="^(inspection|line|hazard|marker)").count(),
    )


def test_neither_a_third_county_nor_a_foreign_township_nor_nobody_gets_anywhere(place):
    border: Border = place["border"]
    far_town = make_division("外岗乡", 4, code="419903200", parent=border.province)
    people = [border.stranger, make_user("far-town", *((duty, far_town) for duty in Duty)), make_user("nothing"), None]
    before = state_of(place)
    wrong = []
    for user in people:
        client = client_of(user)
        for method, address, fields in addresses(place):
            answer = getattr(client, method)(address, fields)
            told_to_log_in = (
                user is None and answer.status_code in (302, 401) and "/inspections/" not in answer.headers.get("Location", "")[:13]
            )
            if answer.status_code not in {403, 404} and not told_to_log_in:
                wrong.append((str(user), method, address, answer.status_code))
    assert not wrong and state_of(place) == before
    # Lists, tables and maps of theirs do not show what they may not open.
    for user in people[:2]:
        client = client_of(user)
        for address in ("boundary-lines", "inspection-plan", "hazards", "field"):
            for query in ("", "?view=map", "?view=calendar", f"?line={border.line.pk}", f"?area={border.west.pk}", "?q=西东"):
                answer = client.get(reverse(address) + query)
                assert answer.status_code in {200, 403} and "4199-01" not in answer.content.decode(), (address, query)
        drawn = client.get(reverse("boundary-lines-map"), {"bbox": "113,33,115,35"})
        assert drawn.json().get("features", []) == []


def test_a_township_beside_the_line_sees_but_does_not_decide(place):
    """Its people are no side: they may look and walk, not arrange, speak or sign."""
    border: Border = place["border"]
    record = line_on(border.line).record
    record.segments.create(from_m=0, to_m=4000, side_a=place["town"], side_b=None)
    town = client_of(make_user("town", *((duty, place["town"]) for duty in Duty if duty != Duty.ADMINISTRATOR)))
    assert town.get(reverse("inspection", args=[place["held"].pk])).status_code == 200
    before = JointInspection.objects.get(pk=place["held"].pk)
    for method, address, fields in addresses(place):
        if (
            method == "post"
            and not any(part in address for part in ("/content/", "/occurrence/", "hazards/new", "/edit/"))
            and "/step/" not in address
        ):
            refusal = 409 if "/settle/" in address or "/file/" in address else 403  # no such opinion; not signed yet
            assert town.post(address, fields).status_code == refusal, address
    after = JointInspection.objects.get(pk=place["held"].pk)
    assert (after.version, after.state, after.signatures.count()) == (before.version, before.state, 0)


def test_forged_posts_of_people_who_may(place):
    """Ids of another inspection, the other side's name, twice, too late."""
    border: Border = place["border"]
    held, other = place["held"], place["other_held"]
    officer, reviewer = client_of(border.officer["west"]), client_of(border.reviewer["west"])

    def post(client: Client, what: str, **fields: Any) -> int:
        held.refresh_from_db()
        return client.post(reverse("inspection-do", args=[held.pk, what]), {"version": held.version, **fields}).status_code

    foreign = inspections.add_member(border.officer["west"], other, other.version, side=border.west.pk, name="外人")
    assert post(officer, "member-out", member=foreign.pk) == 409
    assert post(officer, "member-account", member=foreign.pk) == 409
    assert post(officer, "stretch", from_m=0, to_m=100, people=[foreign.pk]) == 409
    strange = make_marker("x", {place["other"]: 1.0}, (113.95, 34.0), [border.west])
    assert post(officer, "marker-task", marker=strange.pk, people=[foreign.pk]) == 422
    assert post(officer, "member", side=place["town"].pk, name="第三方") == 422
    assert post(officer, "opinion", side=border.east.pk, text="冒名") == 403
    signature = {"name": "=1+1", "duty": "局长", "digest": digest_of(record_of(held))}
    assert post(reviewer, "sign", side=border.east.pk, **signature) == 403
    assert post(reviewer, "sign", side=border.west.pk, paper="x", **signature) == 403
    assert post(officer, "sign", side=border.west.pk, **signature) == 403
    assert post(reviewer, "sign", side=border.west.pk, **signature) == 302
    assert post(reviewer, "sign", side=border.west.pk, **signature) == 409
    assert post(client_of(border.reviewer["east"]), "unsign", side=border.west.pk, because="x") == 403
    assert post(officer, "file", filed_with="x", filed_on=f"{YEAR}-06-01", by_all=1) == 409
    assert post(client_of(border.reviewer["east"]), "sign", side=border.east.pk, **signature) == 302
    for day in (*DAYS, "2999-01-01", "1990-01-01", ""):
        assert post(officer, "file", filed_with="x", filed_on=day, by_all=1, note="x") in REFUSED, day
    assert post(officer, "file", filed_with="x", filed_on=f"{YEAR}-06-01", by_all=1, note="在补") == 302
    frozen = JointInspection.objects.get(pk=held.pk).frozen
    for what, fields in (
        ("opinion", {"side": border.west.pk, "text": "晚了"}),
        ("content", {"group": "other", "answer": "clear"}),
        ("unsign", {"side": border.west.pk, "because": "x"}),
        ("arrange", {}),
        ("member", {"side": border.west.pk, "name": "晚"}),
        ("stretch", {"from_m": 0, "to_m": 9, "people": [1]}),
        ("marker-task", {"marker": border.markers[0].pk, "follow": 1}),
        ("step", {"action": "back", "note": "x"}),
        ("file", {"filed_with": "x", "filed_on": f"{YEAR}-06-01", "by_all": 1}),
    ):
        client = reviewer if what == "unsign" else officer
        assert post(client, what, **fields) == 409, what
    assert JointInspection.objects.get(pk=held.pk).frozen == frozen
    # An inspection of another line named for a hazard is not taken.
    made = officer.post(
        reverse("hazard-new"),
        {
            "line": border.line.pk,
            "inspection": other.pk,
            "kind": "water",
            "title": "水",
            "likelihood": "likely",
            "consequence": "serious",
            "found_on": f"{YEAR}-05-01",
        },
    )
    assert made.status_code == 302 and BoundaryHazard.objects.get(title="水").inspection_id is None


def test_absurd_values_are_refused_in_words(place):
    """A field of each form in turn, odd: no error of the server, and what is taken is shown escaped."""
    absurd(place, every_field=False)


@pytest.mark.slow
def test_every_absurd_value_in_every_field(place):
    absurd(place, every_field=True)


def absurd(place: dict[str, Any], *, every_field: bool) -> None:
    border: Border = place["border"]
    client = client_of(border.officer["west"])
    held, hazard, line = place["held"], place["hazard"], border.line.pk
    member = inspections.add_member(border.officer["west"], held, held.version, side=border.west.pk, name="正常")
    forms: list[tuple[str, dict[str, Any]]] = [
        ("inspection:arrange", {"starts_on": f"{YEAR}-03-01", "ends_on": f"{YEAR}-04-01", "tolerance_m": "50"}),
        ("inspection:member", {"side": border.west.pk, "name": "甲", "duty": "长", "phone": "1", "account": ""}),
        ("inspection:stretch", {"from_m": "0", "to_m": "500", "segment": "", "people": member.pk, "stretch": ""}),
        ("inspection:marker-task", {"marker": border.markers[0].pk, "people": member.pk}),
        ("inspection:content", {"group": "other", "answer": "found", "text": "有"}),
        ("inspection:opinion", {"side": border.west.pk, "text": "不", "about": "桩"}),
        ("line:plan", {"year": YEAR, "lead": border.west.pk, "third": "", "starts_on": "", "ends_on": ""}),
        ("line:round", {"year": YEAR, "lead": border.west.pk, "basis": "x", "consent": "x", "agreed": border.west.pk}),
        ("line:past", {"year": "2019", "lead": border.west.pk, "filed_with": "x", "filed_on": "2019-06-01", "basis": "x"}),
        ("line:occurrence", {"kind": "river", "occurred_on": f"{YEAR}-05-01", "details": "x", "from_m": "1", "to_m": "2"}),
        ("hazard:entry", {"kind": "measure", "on": f"{YEAR}-05-03", "text": "x", "responsible": "x", "due_on": f"{YEAR}-06-01"}),
        (
            "hazard:new",
            {
                "kind": "water",
                "title": "t",
                "likelihood": "likely",
                "consequence": "serious",
                "found_on": f"{YEAR}-05-01",
                "due_on": "",
                "lon": "114.05",
                "lat": "34.0",
                "chainage": "",
                "marker": "",
                "sides": border.west.pk,
                "details": "",
                "inspection": "",
            },
        ),
        (
            "edit:line",
            {
                "name": "西东线",
                "level": "3",
                "geometry": "",
                "grade": "agreed",
                "registered_length_m": "1",
                "reason": "r",
                "title": "t",
                "dated": "",
                "agreed_on": "",
                "segment_to": "",
                "segment_a": "",
                "segment_b": "",
                "agreement": "",
                "course": "",
                "notes": "",
            },
        ),
    ]
    broken = []
    odds = (*ODD, *DAYS)
    for number, (name, good) in enumerate(forms):
        where, _colon, what = name.partition(":")
        fields = list(good)
        tried = (
            itertools.product(odds, fields)
            if every_field
            else zip(itertools.islice(itertools.cycle(odds), number, None), fields, strict=False)
        )
        for odd, field in tried:
            if odd is LONG and field not in (
                "text",
                "name",
                "title",
                "details",
                "segment",
                "geometry",
                "people",
                "digest",
                "basis",
                "note",
            ):
                continue
            held.refresh_from_db()
            address = {
                "inspection": lambda what=what: reverse("inspection-do", args=[held.pk, what]),
                "line": lambda what=what: reverse("line-inspections-do", args=[line, what]),
                "hazard": lambda what=what: (
                    reverse("hazard-new") if what == "new" else reverse("hazard-do", args=[hazard.pk, what])
                ),
                "edit": lambda: reverse("boundary-line-edit", args=[line, "correct"]),
            }[where]()
            answer = client.post(address, good | {"version": held.version, "line": line, field: odd})
            if answer.status_code not in REFUSED | {302}:
                broken.append((name, field, odd[:20], answer.status_code))
            elif b"<script>" in answer.content and odd == "<script>":
                broken.append((name, field, odd, "unescaped"))
    assert not broken, broken
    for address in (
        reverse("inspection", args=[held.pk]),
        reverse("line-inspections", args=[line]),
        reverse("hazards"),
        reverse("boundary-line", args=[line]),
        reverse("hazards-export"),
        reverse("inspection-plan-export", args=["xlsx"]),
    ):
        assert client.get(address).status_code == 200
