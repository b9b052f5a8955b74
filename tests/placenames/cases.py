"""Naming cases for tests: made through the services, as far along the way as a test needs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from boundaries.models import Begins, Division, Grade
from gis.accounts.models import User
from gis.crs import CGCS2000
from placenames.models import HeritageListing, NamingCase, PlaceName, PlaceNameRecord
from placenames.rules.case_states import Action
from placenames.services import naming_cases, naming_steps
from placenames.services.naming_findings import findings_of
from tests.factories import FIRST_RECORDED, LONG_AGO, make_source

TOLD = {
    "position": "东起一号桥，西至二号桥",
    "scale": "长1千米",
    "nature": "支路",
    "reasons": "新建道路",
    "applicant": "某单位",
}


def paper(name: str = "材料.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")


def name_in_use(name: str, area: Division, place_class: str = "23514", **more: Any) -> PlaceNameRecord:
    at = more.pop("at", None)
    located = {"location": Point(*at, srid=CGCS2000), "location_grade": Grade.INDICATIVE} if at else {}
    values: dict[str, Any] = {
        "valid": DateRange(LONG_AGO, None), "recorded": DateTimeTZRange(FIRST_RECORDED, None), "begins": Begins.OBSERVED,
        "proper_name": name[:-1], "generic_name": name[-1], "status": "in_use", "source": make_source(), **located,
    }  # fmt: skip
    return PlaceNameRecord.objects.create(
        place=PlaceName.objects.create(), name=name, place_class=place_class, area=area, **{**values, **more}
    )


def road(officer: User, area: Division, name: str, **more: Any) -> NamingCase:
    return naming_cases.create_case(officer, act="naming", kind="road", area=area, name=name, **{**TOLD, **more})


def answered(who: User, case: NamingCase) -> None:
    for one in findings_of(case).judged:
        if not one.settled and one.answerable:
            finding = one.finding
            document = "说明" if one.document else ""
            naming_cases.answer_finding(
                who, case, rule=finding.rule, code=finding.code, subject=finding.subject, document=document, reason="已核对"
            )


def step(who: User, case: NamingCase, action: str, **given: Any) -> NamingCase:
    case.refresh_from_db()
    return naming_steps.take_step(who, case, case.version, action, **given)


def approved(
    officer: User, reviewer: User, area: Division, name: str, on: date, announced: date | None = None, **more: Any
) -> NamingCase:
    """A road's naming with its approval on record."""
    return approve(officer, reviewer, road(officer, area, name, **more), on, announced)


def approve(officer: User, reviewer: User, case: NamingCase, on: date, announced: date | None = None) -> NamingCase:
    answered(officer, case)
    step(officer, case, Action.SUBMIT)
    step(reviewer, case, Action.PASS)
    case = step(reviewer, case, Action.APPROVE, approver="东县人民政府", document_number=f"东政文〔{on.year}〕1号", approved_on=on)
    return step(officer, case, Action.ANNOUNCE, announced_on=announced, issuer="东县民政局") if announced else case


def listed(division: Division, kind: str) -> HeritageListing:
    """A division on a list."""
    place, _made = PlaceName.objects.get_or_create(division=division)
    return HeritageListing.objects.create(
        place=place, kind=kind, recorded=DateTimeTZRange(FIRST_RECORDED, None), source=make_source()
    )
