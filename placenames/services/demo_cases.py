"""The demo county's naming cases, one at each stretch of the way, the invented names they are about, and a listed town.

Everything goes through the services people use, in the names of the demo's people. Days are counted back from today, so that one
filing is always near its last day. No name here is meant for a place that exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.gis.geos import GEOSGeometry, LineString, Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from boundaries.models import Division, DivisionRecord, Grade, Source, SourceKind
from boundaries.services.demo import DemoLoaded
from gis.accounts.models import User
from gis.crs import CGCS2000
from placenames.models import CaseAct, HeritageKind, HeritageListing, NamingCase, PaperClass, PlaceName
from placenames.rules.case_states import Action
from placenames.services import heritage, naming_cases, naming_steps
from placenames.services.names import Entry, enter_name

_SOURCE = "演示县地名资料（演示数据）"
_SINCE = date(2012, 1, 1)
_PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(frozen=True)
class _Old:
    """An invented name in use; `at`: degrees east and north of the township's seat."""

    name: str
    place_class: str
    township: str
    at: tuple[float, float]


_IN_USE = (
    _Old("育材路", "23514", "yuyang", (0.006, 0.004)),
    _Old("文昌路", "23514", "guantu", (0.004, -0.003)),
    _Old("清水桥", "23610", "liaoxu", (-0.003, 0.002)),
    _Old("柳树庄", "22200", "zheting", (0.01, 0.012)),
)


def load_cases(world: DemoLoaded) -> None:
    """Inside the demo's transaction."""
    officer, reviewer = world.people["diming"], world.people["yuhe-shenhe"]
    places = {one.name: _enter(world, officer, one) for one in _IN_USE}
    today = timezone.localdate()
    _road_to_be_filed(world, officer, reviewer, today)
    _village_in_review(officer, places["柳树庄"])
    _bridge_closed(officer, reviewer, places["清水桥"], today)
    _road_in_draft(world, officer)
    _ancient_town(world, officer)


def _enter(world: DemoLoaded, officer: User, old: _Old) -> PlaceName:
    area = world.divisions[old.township]
    seat = _seat(area)
    entry = Entry(
        old.name, old.place_class, _SOURCE, area=area, valid_from=_SINCE, location_grade=Grade.INVENTED, published=True,
        location=Point(seat.x + old.at[0], seat.y + old.at[1], srid=CGCS2000), location_source=_SOURCE,
    )  # fmt: skip
    return enter_name(officer, entry).place


def _seat(area: Division) -> Point:
    record = DivisionRecord.objects.on(timezone.localdate()).get(division=area)
    if record.seat is None:
        raise ValueError("every unit of the demo has a seat")
    return record.seat


def _road(world: DemoLoaded, township: str, east: float, north: float) -> GEOSGeometry:
    seat = _seat(world.divisions[township])
    x, y = seat.x + east, seat.y + north
    return LineString((x, y), (x + 0.006, y + 0.001), (x + 0.012, y), srid=CGCS2000)


def _answer_all(who: User, case: NamingCase, reason: str) -> None:
    for one in naming_cases.findings_of(case).judged:
        if not one.settled and one.answerable:
            naming_cases.answer_finding(
                who, case, rule=one.finding.rule, code=one.finding.code, subject=one.finding.subject, reason=reason
            )


def _submit(officer: User, case: NamingCase) -> NamingCase:
    upload = SimpleUploadedFile("申请书.pdf", _PAPER, content_type="application/pdf")
    naming_cases.add_paper(officer, case, case.version, PaperClass.APPLICATION, upload, "申请书（演示）")
    case.refresh_from_db()
    _answer_all(officer, case, "已实地核对，不在同一建成区（演示）。")
    return naming_steps.take_step(officer, case, case.version, Action.SUBMIT)


def _approve(reviewer: User, case: NamingCase, approver: str, number: str, day: date) -> NamingCase:
    case = naming_steps.take_step(reviewer, case, case.version, Action.PASS)
    return naming_steps.take_step(
        reviewer, case, case.version, Action.APPROVE, approver=approver, document_number=number, approved_on=day
    )


def _road_to_be_filed(world: DemoLoaded, officer: User, reviewer: User, today: date) -> None:
    case = naming_cases.create_case(
        officer, act=CaseAct.NAMING, kind="road", area=world.divisions["yuyang"], name="育才路",
        location=_road(world, "yuyang", -0.008, -0.004), position="东起舆阳大街，西至环城河", scale="长1.1千米，宽24米",
        nature="城市次干路", meaning="沿线有小学、中学，取培育人才之意。", reasons="新建道路，向社会公开征集后拟名。",
        applicant="舆和县住房和城乡建设局（演示）",
    )  # fmt: skip
    case = _submit(officer, case)
    case = _approve(reviewer, case, "舆和县人民政府（演示）", f"舆政文〔{today.year}〕演示12号", today - timedelta(days=10))
    naming_steps.take_step(officer, case, case.version, Action.ANNOUNCE, issuer="舆和县民政局（演示）", announced_on=today)


def _village_in_review(officer: User, place: PlaceName) -> None:
    case = naming_cases.create_case(
        officer, act=CaseAct.RENAMING, place=place, name="柳河庄", reason_kind="名不副实",
        position="柘汀镇东北，河湾西岸", scale="约80户", nature="自然村",
        reasons="村旁旧柳林已不存，村民会议同意改名。", applicant="柘汀镇人民政府（演示）",
    )  # fmt: skip
    _submit(officer, case)


def _bridge_closed(officer: User, reviewer: User, place: PlaceName, today: date) -> None:
    case = naming_cases.create_case(
        officer, act=CaseAct.CANCELLING, place=place, reason_kind="地理实体消失", position="蓼溆镇西，旧河道上",
        reasons="河道改线，桥已拆除。", applicant="蓼溆镇人民政府（演示）",
    )  # fmt: skip
    opinion = SimpleUploadedFile("意见.pdf", _PAPER, content_type="application/pdf")
    naming_cases.add_paper(officer, case, case.version, PaperClass.OPINION, opinion, "舆和县人民政府意见（演示）", _OPINION_PARTS)
    case.refresh_from_db()
    case = _submit(officer, case)
    approved = today - timedelta(days=40)
    case = _approve(reviewer, case, "舆和县交通运输局（演示）", f"舆交〔{approved.year}〕演示7号", approved)
    case = naming_steps.take_step(
        officer, case, case.version, Action.FILE, filed_on=approved + timedelta(days=8), filed_with="舆和县民政局（演示）"
    )
    naming_steps.take_step(
        officer, case, case.version, Action.ANNOUNCE, issuer="舆和县民政局（演示）", announced_on=approved + timedelta(days=12)
    )


_OPINION_PARTS = ("过程", "范围", "主要意见", "处理情况")


def _ancient_town(world: DemoLoaded, officer: User) -> None:
    """A town on a list, one criterion shown: what a change to a sub-district would break is told in its preview."""
    place, _made = PlaceName.objects.get_or_create(division=world.divisions["yunduo"])
    listing = HeritageListing.objects.create(
        place=place, kind=HeritageKind.ANCIENT_TOWN, batch="演示", recorded=DateTimeTZRange(timezone.now(), None),
        source=Source.objects.create(kind=SourceKind.DEMO, title="千年古镇名录（演示，虚构）", recorded_by=officer),
    )  # fmt: skip
    heritage.show(officer, listing, "settlement_age", year=812, source="《舆和县志》卷一（演示，虚构）")


def _road_in_draft(world: DemoLoaded, officer: User) -> None:
    """Collides with a road of the same name in the next sub-district: to be seen on the map."""
    naming_cases.create_case(
        officer, act=CaseAct.NAMING, kind="road", area=world.divisions["yuyang"], name="文昌路",
        location=_road(world, "yuyang", 0.002, 0.006), position="南起测山路，北至城北新区", reasons="新建道路。",
        applicant="舆和县住房和城乡建设局（演示）",
    )  # fmt: skip
