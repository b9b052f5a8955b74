"""Stretches of an inspection given to people of both sides, the markers that follow them, and what a phone is told."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from boundaries.inspection_record import digest_of, record_of
from boundaries.models import JointInspection
from boundaries.rules.inspection_states import Action
from boundaries.services import inspection_tasks, inspections
from gis.audit.models import AuditEntry
from gis.errors import ConflictError, ForbiddenError
from tests.boundaries.inspections.conftest import Border, sign

pytestmark = pytest.mark.django_db


def posted(client: Client, held: JointInspection, what: str, **fields: object) -> int:
    held.refresh_from_db()
    return client.post(reverse("inspection-do", args=[held.pk, what]), {"version": held.version, **fields}).status_code


def tasks(held: JointInspection) -> list[list[str]]:
    markers = record_of(JointInspection.objects.get(pk=held.pk))["markers"]
    return [[person["name"] for person in one.get("task", {}).get("people", ())] for one in markers]


def test_stretches_are_given_and_markers_follow(client: Client, border: Border, brought):
    held = brought("in_field")
    before = digest_of(record_of(held))
    client.force_login(border.officer["west"])
    for side, name, who in (("west", "张一", border.inspector["west"]), ("east", "李二", border.inspector["east"])):
        assert posted(client, held, "member", side=border.side(side), name=name, account=who.pk) == 302
    west, east = held.members.order_by("pk")
    # Somebody else's account is refused; so are ends that are none, and a member of nobody.
    assert posted(client, held, "member", side=border.side("east"), name="王三", account=border.inspector["west"].pk) == 422
    for ends in ({"from_m": "5000", "to_m": "2000"}, {"from_m": "-5", "to_m": "9000"}, {"from_m": "nan", "to_m": "9000"},
                 {"from_m": "0", "to_m": "90000"}, {"from_m": "", "to_m": "9"}, {"segment": "0|"}):  # fmt: skip
        assert posted(client, held, "stretch", people=[west.pk], **ends) == 422
    assert posted(client, held, "stretch", from_m="0", to_m="5000") == 422
    assert posted(client, held, "stretch", from_m="0", to_m="5000", people=[10**9]) == 409
    assert not held.stretches.exists()

    assert posted(client, held, "stretch", from_m="0", to_m="4619", people=[west.pk]) == 302
    length = record_of(held)["line"]["length_m"]
    assert posted(client, held, "stretch", segment=f"4619|{length - 0.4}", people=[west.pk, east.pk]) == 302
    # The marker at 4619 m begins the second stretch; the end is the line's.
    assert tasks(held) == [["张一"], ["李二", "张一"], ["李二", "张一"]]
    assert held.stretches.last().to_m == length
    record = record_of(JointInspection.objects.get(pk=held.pk))
    assert digest_of(record) != before
    page = client.get(reverse("inspection", args=[held.pk])).content.decode()
    assert "东县</span> 还没有分到人：0.000–4.619 km" in page and "西县</span> 全程都分到了人" in page

    # A marker is given by name and follows its stretch again; a stretch is changed and taken back.
    first = border.markers[0].pk
    assert posted(client, held, "marker-task", marker=first) == 422
    assert posted(client, held, "marker-task", marker=first, people=[east.pk]) == 302
    assert tasks(held)[0] == ["李二"]
    phone = Client()
    phone.force_login(border.inspector["west"])
    told = phone.get(reverse("field-about", args=[held.pk])).json()
    assert [one["mine"] for one in told["markers"]] == [False, True, True]
    assert [(one["people"], one["mine"]) for one in told["stretches"]] == [(["张一"], True), (["李二", "张一"], True)]
    assert posted(client, held, "marker-task", marker=first, follow=1) == 302
    assert tasks(held)[0] == ["张一"]
    one, two = held.stretches.all()
    assert posted(client, held, "stretch", stretch=one.pk, from_m="0", to_m="3000", people=[east.pk]) == 302
    assert posted(client, held, "stretch-back", stretch=two.pk) == 302
    assert posted(client, held, "stretch-back", stretch=two.pk) == 409
    assert tasks(held) == [["李二"], [], []]
    assert posted(client, held, "member-account", member=west.pk, account="") == 302
    trail = AuditEntry.objects.filter(action__in=("inspection.stretch", "inspection.stretch-back", "inspection.marker-task"))
    assert trail.count() == 6


def test_who_may_give_and_what_it_revokes(border: Border, brought):
    held = brought("in_field")
    officer = border.officer["east"]
    member = inspections.add_member(officer, held, held.version, side=border.east.pk, name="李二")
    given = {"from_m": 0.0, "to_m": 4000.0, "people": [member.pk]}
    for person in (border.stranger, border.reviewer["west"], border.inspector["west"]):
        held.refresh_from_db()
        with pytest.raises(ForbiddenError):
            inspection_tasks.give_stretch(person, held, held.version, **given)
    held = inspections.take_step(officer, JointInspection.objects.get(pk=held.pk), held.version, Action.REVIEW)
    sign(border, held, "west")
    held.refresh_from_db()
    row = inspection_tasks.give_stretch(officer, held, held.version, **given)
    assert not held.signatures.filter(revoked_at=None).exists()
    # Whoever leaves the team leaves the stretch, which is then seen to be nobody's.
    held.refresh_from_db()
    inspections.remove_member(officer, held, held.version, member.pk)
    assert not row.people.exists()
    for side in ("west", "east"):
        sign(border, held, side)
    held.refresh_from_db()
    held = inspections.file(
        officer, held, held.version, filed_with="某省人民政府", filed_on=held.created_at.date(), by_all=True, note="在补"
    )
    with pytest.raises(ConflictError):
        inspection_tasks.take_stretch_back(officer, held, held.version, row.pk)
