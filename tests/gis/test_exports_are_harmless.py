"""Every table that can be taken away, of a register whose names are formulas: none of it may be one in a spreadsheet program."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from boundaries.models import BoundaryHazard, Division, InspectionState, JointInspection, Level
from gis.accounts.models import Duty
from gis.audit import services as audit
from gis.crs import CGCS2000
from importers.models import StagedBatch
from importers.services import staging
from placenames.rules.kinds import Kind
from placenames.services.signs.registering import Entry, Face, enter
from tests.factories import make_division, make_line, make_marker, make_user, square
from tests.importers.staged import OPTIONS, work
from tests.placenames.signs_world import place

pytestmark = pytest.mark.django_db

EVIL = "=HYPERLINK(1)"
STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
# Name of the address, its arguments, its query, and whether the register of this test has rows for it.
EXPORTS: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [
    ("divisions-export", {"form": "csv"}, {}, True),
    ("divisions-export", {"form": "xlsx"}, {}, True),
    ("compare-export", {"form": "csv"}, {"from": "2019-01-01", "to": "2026-01-01"}, False),
    ("compare-export", {"form": "xlsx"}, {"from": "2019-01-01", "to": "2026-01-01"}, False),
    ("screening-export", {}, {"format": "csv"}, False),
    ("screening-export", {}, {"format": "xlsx"}, False),
    ("boundary-lines-export", {"form": "xlsx"}, {}, True),
    ("due-export", {"form": "xlsx"}, {}, False),
    ("inspection-plan-export", {"form": "csv"}, {}, True),
    ("inspection-plan-export", {"form": "xlsx"}, {}, True),
    ("hazards-export", {}, {}, True),
    ("yearly-changes", {"year": 2026}, {}, False),
    ("indicators-template", {}, {}, False),
    ("audit-export", {}, {}, True),
    ("import-report", {}, {}, True),
    ("open-data-file", {"table": "names", "form": "csv"}, {}, False),
    ("open-data-file", {"table": "forms", "form": "csv"}, {}, False),
    ("open-data-file", {"table": "areas", "form": "csv"}, {}, False),
    ("signs-export", {"form": "xlsx"}, {}, True),
    ("signs-production", {"form": "xlsx"}, {}, True),
    ("sign-gaps-export", {"form": "xlsx"}, {"under": "419901"}, True),
]
# No tables: archives of papers, pictures.
ELSEWHERE = {
    "application-dossier",
    "decision-dossier",
    "decision-map",
    "inspection-package",
    "naming-case-package",
}
TABLES = re.compile(r"export|\.xlsx|\.csv|\.zip|<str:form>")


@pytest.fixture
def everybody(db):
    return make_user("everybody", *((duty, None) for duty in Duty), display_name="+1-1")


@pytest.fixture
def batch(everybody, client):
    province = make_division(EVIL, Level.PROVINCE, code="410000")
    east = make_division(EVIL, Level.COUNTY, code="419901", parent=province, geometry=square(114, 33.25, 0.1))
    west = make_division("@SUM(1)", Level.COUNTY, code="419902", parent=province, geometry=square(114, 33.15, 0.1))
    line = make_line("=4199", east, west, [(114.0, 33.25), (114.1, 33.25)], name=EVIL)
    make_marker("=1", {line: 100.0}, (114.001, 33.25), [east, west])
    JointInspection.objects.create(line=line, year=2026, lead=east, partner=west, state=InspectionState.IN_FIELD)
    BoundaryHazard.objects.create(
        line=line, kind="other", title=EVIL, details="@1", likelihood="possible", consequence="minor", found_on=date(2026, 5, 1)
    )
    _sign(east)
    audit.record(actor=everybody, action="file.store", target=line, label=EVIL, reason="-2+3")
    client.force_login(everybody)
    list_file = SimpleUploadedFile("=1+1.csv", "代码,名称\n=411021,@甲县\n411022,乙县\n".encode())
    client.post(reverse("imports"), {"file": list_file})
    found = work(StagedBatch.objects.get())
    found = staging.choose(everybody, found, "divisions", found.layer)
    given = {key: value for key, value in OPTIONS.items() if key not in {"crs", "grade"}} | {"title": EVIL, "note": "＝1"}
    return work(staging.set_up(everybody, found, given, {"code": "代码", "name": "名称"}))


def _sign(area: Division) -> None:
    """A sign that shows a formula, of a residential area called so; a second area like it has none."""
    here, there = Point(114.02, 33.3, srid=CGCS2000), Point(114.08, 33.3, srid=CGCS2000)
    named = place(EVIL, "22100", here, area, Kind.COMPOUND, spelling=EVIL)
    place(EVIL, "22100", there, area, Kind.COMPOUND, spelling=EVIL)
    face = Face("blue", {"chinese": EVIL, "roman": "=1+1"})
    enter(
        None, Entry("compound", place=named.pk, division=None, position=here, faces=(face,), values={"maker": "@1", "set_by": EVIL})
    )


def addresses() -> Iterator[tuple[str, str]]:
    """(name, route) of everything with a name."""
    ways: list[tuple[str, Any]] = [("", one) for one in get_resolver().url_patterns]
    while ways:
        before, one = ways.pop()
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            ways += [(route, inner) for inner in one.url_patterns]
        elif isinstance(one, URLPattern) and one.name:
            yield one.name, route


def test_every_table_is_looked_at():
    tables = {name for name, route in addresses() if TABLES.search(route)}
    assert tables - ELSEWHERE - {name for name, *_rest in EXPORTS} == set(), "exports that nobody tries with hostile names"


def cells_of(answer: Any) -> list[str]:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK"):
        book = openpyxl.load_workbook(io.BytesIO(content))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
        return [cell.value for cell in cells if isinstance(cell.value, str)]
    return [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]


def test_no_name_becomes_a_formula(client, batch):
    for name, args, query, has_rows in EXPORTS:
        given = {"pk": batch.pk} if name == "import-report" else args
        answer = client.get(reverse(name, kwargs=given), query)
        assert answer.status_code == 200, name
        cells = cells_of(answer)
        formulas = [cell for cell in cells if cell.strip().startswith(STARTS) and not NUMBER.fullmatch(cell)]
        assert formulas == [], (name, args)
        if has_rows:
            assert any(EVIL in cell for cell in cells), (name, "has no row to try it with")
