"""Walks every address of the application as nobody, as the wrong duty, and as the right duty in the wrong county."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from boundaries.models import Division, InspectionState, JointInspection, Level, RuleSet
from boundaries.rules.dossier import DOCUMENT_CLASSES
from boundaries.services import (
    applications,
    decision_review,
    decisions,
    field_tracks,
    indicators,
    line_archive,
    map_shapes,
    marker_visits,
    priority_counties,
    rule_sets,
    visit_photos,
)
from boundaries.services.decisions import ActEntry
from boundaries.services.indicator_entries import Entry
from gis.accounts.models import Duty, User
from gis.files import uploads
from gis.files.services import store
from gis.jobs.models import Job
from importers.services import staging
from tests.boundaries.decided import stated
from tests.boundaries.field.world import photo
from tests.factories import make_division, make_line, make_marker, make_user, square
from tests.gis import access_archive, access_inspections, access_names, access_naming, access_signs
from tests.gis.access_table import TABLE as OFFICE_TABLE
from tests.gis.access_table import Access

pytestmark = pytest.mark.django_db

REFUSED = {401, 403, 404}
TABLE = (
    OFFICE_TABLE | access_inspections.TABLE | access_archive.TABLE | access_names.TABLE | access_naming.TABLE | access_signs.TABLE
)


@dataclass
class World:
    """Two counties; everything that an address can be about lies in the east."""

    media: Path
    province: Division
    east: Division
    west: Division
    township: Division
    people: dict[tuple[Duty, str], User] = field(default_factory=dict)
    without_duty: User | None = None
    things: dict[str, Any] = field(default_factory=dict)
    sessions: dict[int, str] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["things"][name]
        except KeyError:
            raise AttributeError(name) from None

    def upload(self) -> SimpleUploadedFile:
        return SimpleUploadedFile("材料.pdf", b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")


@pytest.fixture(scope="module")
def laid_out(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Made once for the file: each asking takes back what it changed."""
    media = tmp_path_factory.mktemp("media")
    with override_settings(MEDIA_ROOT=media), django_db_blocker.unblock(), transaction.atomic():
        yield make_world(media)
        transaction.set_rollback(True)


@pytest.fixture
def world(laid_out: World, db: None) -> Iterator[World]:
    with override_settings(MEDIA_ROOT=laid_out.media):
        yield laid_out


def make_world(media: Path) -> World:
    rule_sets.sync_shipped()
    province = make_division("某省", Level.PROVINCE, code="410000", geometry=square(113, 33, 2))
    east = make_division("东县", Level.COUNTY, code="419901", parent=province, geometry=square(114, 33, 0.5))
    west = make_division("西县", Level.COUNTY, code="419902", parent=province, geometry=square(113, 33, 0.5))
    township = make_division("东岗乡", code="419901201", parent=east, geometry=square(114, 33))
    there = World(media, province, east, west, township, without_duty=make_user("without-duty"))
    for duty in Duty:
        for place, area in (("east", east), ("west", west), ("everywhere", None)):
            there.people[duty, place] = make_user(f"{duty}-{place}", (duty, area))
    _fill(there)
    for user in (*there.people.values(), there.without_duty):
        client = Client()
        client.force_login(user)
        there.sessions[user.pk] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return there


def _fill(there: World) -> None:
    map_shapes.rebuild_levels()
    officer, chief = there.people[Duty.DIVISION_OFFICER, "east"], there.people[Duty.DIVISION_OFFICER, "everywhere"]
    application = applications.create_draft(officer, there.township, "town", proposed_name="东岗镇", proposed_type="town")
    first_class = next(iter(DOCUMENT_CLASSES))
    attachment = applications.add_attachment(officer, application, application.version, first_class, there.upload(), "材料", [])
    application.refresh_from_db()
    value, _warnings = indicators.enter(Entry(there.township.pk, "population", "30000", "人", "2023", "统计年鉴", ""), officer)
    rename = ActEntry("rename", {"unit": there.township.pk, "name": "东冈乡"})
    enacted = decisions.create_draft(None, there.east, [rename], **stated(date(2026, 1, 10)))
    decisions.enact(None, enacted, decisions.preview(None, enacted).fingerprint, reason="试验", redraw=False)
    act = ActEntry("rename", {"unit": there.township.pk, "name": "东山乡"})
    decision = decisions.create_draft(
        officer, there.east, [act], title="东岗乡更名", approver="河南省民政厅", effective_on=date(2026, 3, 1)
    )
    paper = decisions.attach_file(officer, decision, there.upload(), "批复")
    remark = decision_review.comment(officer, decision, "请核对")
    warning = {"rule": "CHG-AUTH-01", "code": "mandate_not_stated", "subject": "mandate"}
    listing = priority_counties.Listing(there.east.pk, "名单甲", "文件甲", date(2024, 1, 1))
    person = make_user("person", (Duty.READER, there.township))
    there.things = {
        "enacted": enacted,
        "record": there.township.records.filter(recorded__upper_inf=True).latest("valid"),
        "code": there.township.codes.get(),
        "application": application,
        "attachment": attachment,
        "file": attachment.file,
        "decision": decision,
        "paper": paper,
        "remark": remark,
        "warning": warning,
        "answer": decision_review.answer_finding(officer, decision, reason="经省政府同意", **warning),
        "value": value,
        "staged": staging.bring(officer, store(b"code,name\n1,x\n", name="名单.csv", purpose="import", actor=officer))[0],
        "upload_": uploads.begin(officer, name="数据.csv", size=10, purpose="import")[0],
        "priority": priority_counties.add(listing, chief),
        "standard": RuleSet.objects.order_by("pk").first(),
        "job": Job.objects.create(kind="boundaries.preview", title="任务", owner=officer),
        "person": person,
        **_of_the_field(there),
        "assignment": person.duty_assignments.get(),
        **access_inspections.of_inspections(there),
        **access_naming.of_naming(there),
        **access_archive.of_archive(there),
        **access_names.of_names(there),
        **access_signs.of_signs(there),
    }


def _of_the_field(there: World) -> dict[str, Any]:
    """A line within the east, so that the west has no part in it; what an inspector of the east brought from its inspection."""
    other = make_division("东林乡", code="419901202", parent=there.east, geometry=square(114.1, 33))
    line = make_line("9901-01", there.township, other, [(114.1, 33.0), (114.1, 33.1)])
    marker = make_marker("1", {line: 0.0}, (114.1, 33.0), [there.township, other])
    inspection = JointInspection.objects.create(
        line=line, year=2026, lead=there.township, partner=other, state=InspectionState.IN_FIELD
    )
    inspector = there.people[Duty.FIELD_INSPECTOR, "east"]
    track = field_tracks.receive(inspector, inspection, key=uuid4(), content=SimpleUploadedFile("早.gpx", b"<gpx></gpx>")).track
    visit = marker_visits.receive(inspector, inspection, key=uuid4(), content={"marker": marker.pk, "condition": "intact"}).visit
    content = SimpleUploadedFile("桩.jpg", photo())
    taken = visit_photos.receive(inspector, inspection, key=uuid4(), visit=visit.key, content=content).photo
    officer = there.people[Duty.DIVISION_OFFICER, "east"]
    paper = line_archive.attach(officer, line, there.upload(), "agreement")
    picture = line_archive.add_picture(officer, marker, SimpleUploadedFile("桩.jpg", photo()))
    things = {"marker": marker, "inspection": inspection, "track": track, "visit": visit, "photo": taken}
    return things | {"line": line, "line_file": paper, "marker_picture": picture}


def every_address(patterns: list[Any] | None = None) -> Iterator[URLPattern]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from every_address(pattern.url_patterns)
        else:
            yield pattern


def test_every_address_stands_in_the_table():
    named = {pattern.name for pattern in every_address()}
    assert None not in named, "an address without a name cannot be held to the table"
    assert named - TABLE.keys() == set(), "say in tests/gis/access_table.py who may do what there"
    assert TABLE.keys() - named == set(), "the table knows addresses that are no more"


def ask(world: World, name: str, access: Access, user: User | None) -> Any:
    """Asks, and takes back what the asking changed."""
    address = reverse(name, kwargs=dict(access.args(world)))
    client = Client(raise_request_exception=True)
    if user is not None:
        client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[user.pk]
    with transaction.atomic():
        query = dict(access.query(world))
        if access.method == "get":
            answer = client.get(address, query)
        else:
            kind = {"content_type": "application/json"} if access.json else {}
            answer = client.post(address, dict(access.data(world)), query_params=query, **kind)
        if getattr(answer, "streaming", False):
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    return answer


def sent_to_log_in(answer: Any) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith(reverse("login") + "?")


ENTRIES = [(name, access) for name, entries in TABLE.items() for access in entries]


def test_nobody_gets_in(world):
    let_in = []
    for name, access in ENTRIES:
        answer = ask(world, name, access, None)
        refused = sent_to_log_in(answer) or answer.status_code in REFUSED
        if access.public == refused:
            let_in.append(f"{access.method} {name}: {answer.status_code}")
    assert not let_in, "\n".join(let_in)


def test_somebody_without_a_duty_sees_the_own_things_only(world):
    wrong = []
    for name, access in ENTRIES:
        answer = ask(world, name, access, world.without_duty)
        if (access.public or access.signed_in) == (answer.status_code in REFUSED):
            wrong.append(f"{access.method} {name}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("duty", list(Duty))
def test_the_wrong_duty_is_refused_even_over_everything(world, duty):
    let_in = []
    for name, access in ENTRIES:
        if access.public or access.signed_in or duty in access.right:
            continue
        answer = ask(world, name, access, world.people[duty, "everywhere"])
        if answer.status_code not in REFUSED:
            let_in.append(f"{access.method} {name}: {answer.status_code}")
    assert not let_in, "\n".join(let_in)


@pytest.mark.parametrize("duty", list(Duty))
def test_the_right_duty_is_refused_in_the_wrong_county(world, duty):
    let_in = []
    for name, access in ENTRIES:
        if duty not in access.right or not (access.area_bound or access.whole or access.own):
            continue
        places = ["west", "everywhere"] if access.own else ["west", "east"] if access.whole else ["west"]
        for place in places:
            answer = ask(world, name, access, world.people[duty, place])
            if answer.status_code not in REFUSED:
                let_in.append(f"{access.method} {name} in the {place}: {answer.status_code}")
    assert not let_in, "\n".join(let_in)


@pytest.mark.parametrize("duty", list(Duty))
def test_the_right_duty_in_the_right_place_is_let_in(world, duty):
    """Let in is not yet successful: a form may say what is missing. But nobody is refused, and nothing breaks."""
    shut_out = []
    for name, access in ENTRIES:
        if access.public or (duty not in access.right and not access.signed_in):
            continue
        for place in ["everywhere"] if access.whole else ["east"] if access.own else ["east", "everywhere"]:
            answer = ask(world, name, access, world.people[duty, place])
            if answer.status_code in REFUSED or answer.status_code >= 500 or sent_to_log_in(answer):
                shut_out.append(f"{access.method} {name} {place}: {answer.status_code}")
    assert not shut_out, "\n".join(shut_out)


def test_no_address_takes_a_method_that_the_table_does_not_know(world):
    """A view that also answers POST must say in the table who may post."""
    untold = []
    for name, entries in TABLE.items():
        for method in {"get", "post"} - {access.method for access in entries}:
            asked = Access(method=method, args=entries[0].args, query=entries[0].query)
            answer = ask(world, name, asked, world.people[Duty.ADMINISTRATOR, "everywhere"])
            if answer.status_code not in {405, *REFUSED}:
                untold.append(f"{method} {name}: {answer.status_code}")
    assert not untold, "\n".join(untold)
