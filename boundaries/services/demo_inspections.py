"""The demo line's joint work: an inspection of 2021 on record, one of 2026 in the field, a stretch walked by each side, one at the
tri-point that three sides may sign, hazards.

Everything goes through the services people use, in the names of the demo's people. The tracks are two of the sample files; the
worker matches them when it starts, so loading stays quick. Days that ask to be near today are counted from today.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from boundaries.boundary_lines import line_on
from boundaries.demo import DemoCounty
from boundaries.demo.lines import DemoLine, demo_line
from boundaries.demo.samples import samples
from boundaries.models import (
    BoundaryLine,
    Division,
    HazardEntryKind,
    InspectionKind,
    JointInspection,
    LineRound,
    MarkerCondition,
    OccurrenceKind,
)
from boundaries.rules.hazard_states import Action as HazardStep
from boundaries.rules.inspection_content import GROUPS
from boundaries.rules.inspection_states import Action
from boundaries.services import field_tracks, hazards, inspection_plans, inspection_tasks, inspections, marker_visits
from gis.accounts.models import User

_DEVICE = "演示设备"
_NAMESPACE = uuid.UUID("5b0f6f0e-4d43-4b9a-9a53-1d1c1a6c5e01")
# Whose people, their duty, who leads, whom they log in as. The names are invented.
_TEAM = (
    ("county", "陈守界", "民政局区划地名股股长", True, None),
    ("county", "何立桩", "民政局科员", False, "waiye"),
    ("neighbour", "罗向北", "民政局副局长", True, None),
    ("neighbour", "秦沿河", "民政局科员", False, "linhe-waiye"),
)
# Shares of the line, and who of the team walks there together.
_STRETCHES = ((0.0, 0.5, (1, 3)), (0.5, 1.0, (0, 2)))
# Marker, how it was found, a note.
_VISITS = (
    ("001", MarkerCondition.INTACT, ""),
    ("002", MarkerCondition.INTACT, ""),
    ("003", MarkerCondition.FAINT, "注字褪色，已重新描红。"),
    ("004", MarkerCondition.DAMAGED, "桩体东北角破损约十厘米，编号可辨。"),
)


def load_inspections(
    demo: DemoCounty, line: BoundaryLine, counties: tuple[Division, Division, Division], people: Mapping[str, User]
) -> JointInspection:
    """Inside the demo's transaction, after its lines and people. `counties`: both sides and the third at the tri-point; `people` by
    username.
    """
    county, neighbour, third = counties
    officer = people["yuhe-quhua"]
    for number, year, lead, partner in ((4, 2021, neighbour, county), (5, 2026, county, neighbour)):
        LineRound.objects.create(line=line, number=number, year=year, lead=lead, partner=partner, basis="演示数据")
    inspection_plans.record_past(
        officer, line, year=2021, lead=neighbour.pk, filed_with="演示市人民政府", filed_on=date(2021, 11, 26),
        basis="舆和邻和线第四轮联检报告（演示数据）",
    )  # fmt: skip
    held = inspections.plan(
        officer, line, year=2026, lead=county.pk, kind=InspectionKind.FULL, round=line.rounds.get(number=5),
        starts_on=date(2026, 10, 12), ends_on=date(2026, 10, 30), occasion="第五轮联检（演示数据）",
    )  # fmt: skip
    sides = {"county": county.pk, "neighbour": neighbour.pk}
    team = []
    for side, name, duty, leads, login in _TEAM:
        account = people[login].pk if login else None
        team.append(
            inspections.add_member(
                officer, held, held.version, side=sides[side], name=name, duty=duty, leads=leads, account=account
            )
        )
        held.refresh_from_db()
    made = demo_line(demo)
    for low, high, who in _STRETCHES:
        ends = (round(made.length_m * low, -3), round(made.length_m * high, -3) if high < 1 else made.length_m)
        inspection_tasks.give_stretch(
            officer, held, held.version, from_m=ends[0], to_m=ends[1], people=[team[one].pk for one in who]
        )
        held.refresh_from_db()
    held = inspections.take_step(officer, held, held.version, Action.START)
    _walks(made, held, people)
    _visits(held, people["waiye"], _VISITS)
    _at_tri_point(line, (county, neighbour, third), people)
    _hazards(line, officer, made.length_m)
    held.refresh_from_db()
    return held


def _walks(made: DemoLine, held: JointInspection, people: Mapping[str, User]) -> None:
    """One good walk by each side; the other samples are left to be tried."""
    files = {one.name: one.content for one in samples(made)}
    for name, who in (("good-day1.gpx", "waiye"), ("good-handheld.csv", "linhe-waiye")):
        upload = SimpleUploadedFile(name, files[name])
        field_tracks.receive(people[who], held, key=uuid.uuid5(_NAMESPACE, name), content=upload, device=_DEVICE)


def _at_tri_point(line: BoundaryLine, counties: tuple[Division, Division, Division], people: Mapping[str, User]) -> None:
    """The river moved beside the tri-point: an extra inspection, recorded and waiting for three signatures."""
    officer, today = people["yuhe-quhua"], timezone.localdate()
    county, neighbour, third = counties
    held = inspections.plan(
        officer, line, year=today.year, lead=county.pk, third=third.pk, kind=InspectionKind.EXTRA, from_m=0.0, to_m=2000.0,
        occurrence=OccurrenceKind.RIVER, occurred_on=today - timedelta(days=60), occasion="三交点附近河岸坍塌（演示数据）",
        starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=8),
    )  # fmt: skip
    for side, name, duty in ((county, "陈守界", "股长"), (neighbour, "罗向北", "副局长"), (third, "安望岳", "股长")):
        inspections.add_member(officer, held, held.version, side=side.pk, name=name, duty=f"民政局{duty}", leads=True)
        held.refresh_from_db()
    held = inspections.take_step(officer, held, held.version, Action.START)
    _visits(held, people["waiye"], _VISITS[:1])
    for group in GROUPS:
        found = ("found", "河岸坍塌约四十米，界桩001未受影响（演示数据）。") if group.key == "features" else ("clear", "")
        held.refresh_from_db()
        inspections.answer_content(officer, held, held.version, group.key, *found)
    held.refresh_from_db()
    inspections.take_step(officer, held, held.version, Action.REVIEW)


def _visits(held: JointInspection, who: User, visits: Sequence[tuple[str, MarkerCondition, str]]) -> None:
    markers = {one.number: one for one in line_on(held.line).markers}
    day = min(held.starts_on or date(2026, 10, 12), timezone.localdate())
    for order, (number, condition, notes) in enumerate(visits):
        marker = markers[number]
        found = {
            "marker": marker.id,
            "condition": condition.value,
            "checks": {
                "position": True,
                "firm": condition != MarkerCondition.DAMAGED,
                "visible": condition != MarkerCondition.FAINT,
                "legible": condition != MarkerCondition.FAINT,
                "archive": True,
            },
            "done": ["cleared", "repainted"] if condition == MarkerCondition.FAINT else [],
            "notes": notes,
            "position": list(marker.place) if marker.place else None,
            "accuracy_m": 4.0,
            "device": _DEVICE,
            "visited_at": f"{day.isoformat()}T{9 + order:02d}:20:00+08:00",
        }
        marker_visits.receive(who, held, key=uuid.uuid5(_NAMESPACE, f"visit {held.kind} {number}"), content=found)


def _hazards(line: BoundaryLine, officer: User, length_m: float) -> None:
    today = timezone.localdate()
    mining = hazards.register(
        officer, line, kind="mining", title="界河采砂越过界线", likelihood="likely", consequence="serious",
        chainage_m=round(length_m * 0.43), found_on=today - timedelta(days=40), due_on=today + timedelta(days=12),
        details="河湾处采砂船越过界线约三十米，两岸村民各有反映（演示数据）。", criteria_note="仍在作业，双方已各派人到场。",
    )  # fmt: skip
    hazards.add_entry(
        officer, mining, kind=HazardEntryKind.MEETING, on=today - timedelta(days=30),
        text="两县联席会议：采砂船退至界线以东，联合巡查一个月。",
        responsible="两县民政局、水利局",
    )  # fmt: skip
    hazards.add_entry(
        officer, mining, kind=HazardEntryKind.MEASURE, on=today - timedelta(days=30), text="联合巡查并设临时界标。",
        responsible="舆和县民政局", due_on=today + timedelta(days=12),
    )  # fmt: skip
    mining.refresh_from_db()
    hazards.take_step(officer, mining, mining.version, HazardStep.HANDLE)
    hazards.register(
        officer, line, kind="building", title="临界村民骑线建房", likelihood="present", consequence="moderate",
        chainage_m=round(length_m * 0.70), found_on=today - timedelta(days=90), due_on=today - timedelta(days=5),
        details="一层砖房，约三分之一在邻和县一侧（演示数据）。", criteria_note="房屋已封顶。",
    )  # fmt: skip
    hazards.register(
        officer, line, kind="marker", title="004号界桩桩体破损", likelihood="present", consequence="slight",
        chainage_m=round(length_m * 0.274), found_on=today - timedelta(days=20), details="联检外业中发现（演示数据）。",
        criteria_note="编号可辨，位置未变。",
    )  # fmt: skip
