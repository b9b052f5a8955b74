"""Who may do what at which address: the table that test_access_walk holds the whole application to.

An address that is missing here fails the walk. `right` are the duties that may; `area_bound` says that the duty must be held over
the county in question; `whole` that it must be held over the whole register.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from gis.accounts.models import Duty
from tests.boundaries.field.world import photo

EVERY_DUTY = frozenset(Duty)
OFFICER = frozenset({Duty.DIVISION_OFFICER})
BRINGERS = frozenset({Duty.DIVISION_OFFICER, Duty.PLACE_NAME_OFFICER, Duty.FIELD_INSPECTOR})
REVIEWER = frozenset({Duty.REVIEWER})
AUDITOR = frozenset({Duty.AUDITOR})
ADMINISTRATOR = frozenset({Duty.ADMINISTRATOR})

Given = Callable[[Any], Mapping[str, Any]]


def nothing(world: Any) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Access:
    """One address with one method. `public`: without logging in. `signed_in`: also without any duty. `json`: data sent as JSON."""

    """One address with one method. `public`: without logging in. `signed_in`: also without any duty.

    `own`: only who began it, the East officer.
    """

    right: frozenset[Duty] = EVERY_DUTY
    method: str = "get"
    area_bound: bool = False
    whole: bool = False
    public: bool = False
    signed_in: bool = False
    own: bool = False
    args: Given = nothing
    query: Given = nothing
    data: Given = nothing
    json: bool = False


def post(right: frozenset[Duty] = EVERY_DUTY, **options: Any) -> Access:
    return Access(right, "post", **options)


def of(**names: str) -> Given:
    """Arguments taken from the world: ``of(pk="township")`` is the id of `world.township`."""
    return lambda world: {argument: getattr(world, name).pk for argument, name in names.items()}


def fixed(**values: Any) -> Given:
    return lambda world: values


PERSON = of(pk="person")
UPLOAD = of(pk="upload_")
STAGED = of(pk="staged")
UNIT = of(pk="township")
APPLICATION = of(pk="application")
DECISION = of(pk="decision")
LINE = of(pk="line")
ENACTED = of(pk="enacted")
INSPECTION = of(pk="inspection")
FIELD = frozenset({Duty.FIELD_INSPECTOR, Duty.DIVISION_OFFICER})
STANDARD = of(pk="standard")


def _renaming(world: Any) -> list[dict[str, Any]]:
    return [{"kind": "rename", "data": {"unit": world.township.pk, "name": "东山乡"}, "geometry": None}]


def _track(world: Any) -> dict[str, Any]:
    return {"key": str(uuid4()), "file": SimpleUploadedFile("走线.gpx", b"<gpx/>")}


def _visit(world: Any) -> dict[str, Any]:
    return {"key": str(uuid4()), "marker": world.marker.pk, "condition": "intact"}


def _photo(world: Any) -> dict[str, Any]:
    return {"key": str(uuid4()), "visit": str(world.visit.key), "file": SimpleUploadedFile("界桩.jpg", photo(color="blue"))}


TABLE: dict[str, list[Access]] = {
    # --- gis: the door and one's own things
    "healthz": [Access(public=True)],
    # --- placenames: finding names is for everybody; what is found depends on the person (tests/placenames)
    "names": [Access(public=True, query=fixed(q="东"))],
    "names-search": [Access(public=True, query=fixed(q="东"))],
    "set_language": [Access(public=True), post(public=True, data=fixed(language="en"))],
    "login": [Access(public=True), post(public=True)],
    "logout": [post(public=True)],
    "home": [Access(signed_in=True)],
    "own-password": [Access(signed_in=True), post(signed_in=True)],
    "job-list": [Access(signed_in=True)],
    # The job and the file of the world are the East administrator's and officer's own.
    "job-detail": [Access(ADMINISTRATOR, whole=True, args=of(pk="job"))],
    "file-download": [Access(area_bound=True, args=of(pk="file"))],
    # An upload of the East officer; nobody else goes on with it.
    "uploads": [
        Access(BRINGERS, query=fixed(purpose="import")),
        post(BRINGERS, data=fixed(purpose="import", name="数据.csv", size="10")),
    ],
    "upload": [Access(OFFICER, args=UPLOAD, own=True)],
    "upload-chunk": [post(OFFICER, args=lambda world: {"pk": world.upload_.pk, "index": 0}, own=True)],
    "upload-finish": [post(OFFICER, args=UPLOAD, own=True)],
    "upload-abort": [post(OFFICER, args=UPLOAD, own=True)],
    # --- importers: a file the East officer brought; those over the whole register see it too
    "imports": [Access(BRINGERS), post(BRINGERS)],
    "import-batch": [Access(OFFICER, area_bound=True, args=STAGED)],
    "import-choose": [post(OFFICER, area_bound=True, args=STAGED)],
    "import-set-up": [post(OFFICER, area_bound=True, args=STAGED)],
    "import-step": [post(OFFICER, area_bound=True, args=STAGED, data=fixed(step="discard"))],
    "import-row": [post(OFFICER, area_bound=True, args=STAGED, data=fixed(row="1", skip="1"))],
    "import-shapes": [Access(OFFICER, area_bound=True, args=STAGED)],
    "import-topology": [Access(OFFICER, area_bound=True, args=STAGED)],
    "import-topology-picture": [Access(OFFICER, area_bound=True, args=STAGED)],
    "import-repair": [post(OFFICER, area_bound=True, args=STAGED, data=fixed(deed="withdraw"))],
    "import-report": [Access(OFFICER, area_bound=True, args=STAGED)],
    # --- gis: people
    "people": [Access(ADMINISTRATOR)],
    "person-new": [Access(ADMINISTRATOR), post(ADMINISTRATOR, data=fixed(username="new", display_name="新人"))],
    "area-search": [Access(ADMINISTRATOR)],
    "person-detail": [
        Access(ADMINISTRATOR, area_bound=True, args=PERSON),
        post(ADMINISTRATOR, area_bound=True, args=PERSON, data=fixed(display_name="改名")),
    ],
    "person-deactivate": [post(ADMINISTRATOR, area_bound=True, args=PERSON)],
    "person-activate": [post(ADMINISTRATOR, area_bound=True, args=PERSON)],
    "person-password": [post(ADMINISTRATOR, area_bound=True, args=PERSON)],
    "duty-new": [
        Access(ADMINISTRATOR, area_bound=True, args=PERSON),
        post(ADMINISTRATOR, area_bound=True, args=PERSON, data=lambda world: {"duty": "reviewer", "area": world.township.pk}),
    ],
    "duty-end": [post(ADMINISTRATOR, area_bound=True, args=of(pk="person", duty="assignment"))],
    # --- gis: the trail; what an auditor of another county sees is tested in tests/gis/audit
    "audit": [Access(AUDITOR)],
    "audit-export": [Access(AUDITOR)],
    # --- boundaries: the workbench
    "decision-workbench-new": [Access(OFFICER, area_bound=True, query=lambda world: {"unit": world.township.pk})],
    "decision-workbench": [Access(area_bound=True, args=DECISION)],
    "workbench-units": [Access(query=lambda world: {"unit": world.township.pk})],
    "workbench-preview": [
        post(OFFICER, json=True, data=lambda world: {"day": "2026-03-01", "acts": _renaming(world)}),
        post(
            json=True,
            area_bound=True,
            data=lambda world: {"day": "2026-03-01", "acts": _renaming(world), "decision": world.decision.pk},
        ),
    ],
    "workbench-sides": [post(OFFICER, json=True, data=lambda world: {"day": "2026-03-01", "unit": world.township.pk})],
    "workbench-create": [
        post(
            OFFICER,
            json=True,
            area_bound=True,
            data=lambda world: {
                "title": "方案",
                "effective_on": "2026-03-01",
                "area": world.east.pk,
                "acts": _renaming(world),
            },
        )
    ],
    "workbench-save": [
        post(
            OFFICER,
            json=True,
            area_bound=True,
            args=DECISION,
            data=lambda world: {"version": 1, "title": "方案", "effective_on": "2026-03-01", "acts": _renaming(world)},
        )
    ],
    # --- boundaries: map and divisions
    "map": [Access()],
    "division-tile": [Access(args=fixed(day="2026-01-01", z=8, x=208, y=101))],
    "division-at": [Access(query=fixed(lon="114.05", lat="33.05"))],
    "division-search": [Access(query=fixed(q="东"))],
    "division-days": [Access()],
    "division-map": [Access()],
    "division-outline": [Access(args=UNIT)],
    # --- boundaries: in the field
    "field": [Access(FIELD)],
    "field-manifest": [Access(public=True)],
    "field-worker": [Access(public=True)],
    "field-inspection": [Access(FIELD, area_bound=True, args=INSPECTION)],
    "field-about": [Access(area_bound=True, args=INSPECTION)],
    "field-standing": [Access(area_bound=True, args=INSPECTION)],
    "field-desk": [
        Access(area_bound=True, args=INSPECTION),
        post(FIELD, area_bound=True, args=INSPECTION, data=lambda world: {"step": "rematch", "track": world.track.pk}),
    ],
    "field-tracks": [post(FIELD, area_bound=True, args=INSPECTION, data=_track)],
    "field-visits": [post(FIELD, area_bound=True, args=INSPECTION, data=_visit, json=True)],
    "field-photos": [post(FIELD, area_bound=True, args=INSPECTION, data=_photo)],
    "field-track-step": [
        post(FIELD, area_bound=True, args=lambda world: {"pk": world.track.pk, "step": "set-aside"}, data=fixed(reason="乘车经过"))
    ],
    "field-visit-choose": [post(FIELD, area_bound=True, args=of(pk="visit"))],
    "field-photo": [Access(area_bound=True, args=of(pk="photo"))],
    "compare": [Access(query=fixed(**{"from": "2020-01-01", "to": "2026-01-01"}))],
    "compare-export": [Access(args=fixed(form="xlsx"))],
    "divisions": [Access()],
    "divisions-export": [Access(args=fixed(form="csv"))],
    "division": [Access(args=UNIT)],
    "division-panel": [Access(args=UNIT)],
    # --- boundaries: figures, standards, screening
    "check": [Access(args=UNIT)],
    "indicators": [
        Access(args=UNIT),
        post(
            OFFICER,
            area_bound=True,
            args=UNIT,
            data=fixed(indicator="population", value="1234", unit="人", year="2024", document="统计公报"),
        ),
    ],
    "indicators-panel": [Access(args=UNIT)],
    "indicator-withdraw": [post(OFFICER, area_bound=True, args=of(pk="township", value="value"))],
    "indicators-import": [Access(OFFICER), post(OFFICER)],
    "indicators-template": [Access()],
    "screening": [Access()],
    "screening-export": [Access()],
    "api-screening": [Access()],
    "standards": [Access()],
    "standard-new": [Access(OFFICER), post(OFFICER)],
    "standard": [Access(args=STANDARD)],
    "standard-download": [Access(args=STANDARD)],
    "standard-preview": [post(OFFICER, args=STANDARD)],
    "standard-adopt": [post(OFFICER | REVIEWER, whole=True, args=STANDARD)],
    "standard-retire": [post(OFFICER | REVIEWER, whole=True, args=STANDARD)],
    "priority-counties": [
        Access(),
        post(
            OFFICER,
            whole=True,
            data=lambda world: {
                "division": world.west.pk,
                "list_title": "名单",
                "document": "文件",
                "valid_from": "2024-01-01",
            },
        ),
    ],
    "priority-remove": [post(OFFICER, whole=True, args=of(pk="priority"), data=fixed(kind="mistake", reason="误"))],
    # --- boundaries: corrections
    "division-records": [Access(args=UNIT)],
    "record-correct": [
        Access(REVIEWER, area_bound=True, args=of(pk="record")),
        post(
            REVIEWER, area_bound=True, args=of(pk="record"), data=fixed(name="东岗乡", type="township", reason="误", title="档案")
        ),
    ],
    "code-correct": [
        Access(REVIEWER, area_bound=True, args=of(pk="code")),
        post(REVIEWER, area_bound=True, args=of(pk="code"), data=fixed(code="419901202", reason="误", title="档案")),
    ],
    # --- boundaries: lines and markers
    "boundary-lines": [Access()],
    "boundary-lines-export": [Access(args=fixed(form="geojson"))],
    "boundary-lines-map": [Access(query=fixed(bbox="113,33,115,34"))],
    "boundary-line-new": [Access(OFFICER), post(OFFICER)],
    "boundary-line-derive": [Access(OFFICER), post(OFFICER)],
    "boundary-line": [Access(area_bound=True, args=LINE)],
    "boundary-line-features": [Access(area_bound=True, args=LINE)],
    "boundary-line-edit": [Access(OFFICER, area_bound=True, args=lambda world: {"pk": world.line.pk, "mode": "correct"})],
    "boundary-line-course": [post(OFFICER, area_bound=True, args=LINE)],
    "boundary-line-attach": [post(OFFICER, area_bound=True, args=LINE, data=fixed(kind="map"))],
    "boundary-line-detach": [post(OFFICER, area_bound=True, args=of(pk="line", attached="line_file"))],
    "boundary-marker-new": [Access(OFFICER, area_bound=True, args=LINE)],
    "boundary-marker": [Access(area_bound=True, args=of(pk="marker"))],
    "boundary-marker-edit": [Access(OFFICER, area_bound=True, args=lambda world: {"pk": world.marker.pk, "mode": "change"})],
    "boundary-marker-act": [post(OFFICER, area_bound=True, args=of(pk="marker"))],
    "boundary-marker-picture": [post(OFFICER, area_bound=True, args=of(pk="marker"))],
    "boundary-marker-picture-remove": [post(OFFICER, area_bound=True, args=of(pk="marker", picture="marker_picture"))],
    # --- boundaries: decisions
    "decisions": [Access()],
    "decision": [Access(area_bound=True, args=DECISION)],
    "decision-edit": [
        Access(OFFICER, area_bound=True, args=DECISION),
        post(OFFICER, area_bound=True, args=DECISION, data=fixed(version="1", title="更名", effective_on="2026-03-01")),
    ],
    "decision-step": [
        post(
            OFFICER,
            area_bound=True,
            args=lambda world: {"pk": world.decision.pk, "action": "submit"},
            data=lambda world: {"version": world.decision.version},
        ),
        post(
            REVIEWER,
            area_bound=True,
            args=lambda world: {"pk": world.decision.pk, "action": "enact"},
            data=lambda world: {"version": world.decision.version},
        ),
    ],
    "decision-attach": [
        post(OFFICER, area_bound=True, args=DECISION, data=lambda world: {"file": world.upload(), "title": "批复"})
    ],
    "decision-detach": [post(OFFICER, area_bound=True, args=of(pk="decision", attached="paper"))],
    "decision-comment": [post(area_bound=True, args=DECISION, data=fixed(text="请核对"))],
    "decision-uncomment": [post(OFFICER, area_bound=True, args=of(pk="decision", comment="remark"))],
    "decision-answer": [
        post(
            OFFICER | REVIEWER,
            area_bound=True,
            args=DECISION,
            data=lambda world: world.warning | {"reason": "经省政府同意"},
        )
    ],
    "decision-unanswer": [post(OFFICER | REVIEWER, area_bound=True, args=of(pk="decision", answer="answer"))],
    # --- boundaries: what is due, and what is done after an approval
    "due": [Access()],
    "due-export": [Access(args=fixed(form="ics"))],
    "decision-follow-up": [
        Access(area_bound=True, args=ENACTED),
        post(OFFICER, area_bound=True, args=ENACTED, data=fixed(version="0", row="notes", notes="已通知")),
    ],
    "decision-codes": [post(OFFICER, area_bound=True, args=ENACTED, data=fixed(version="0"))],
    "decision-close": [post(REVIEWER, area_bound=True, args=ENACTED, data=fixed(version="0"))],
    "decision-closing-answer": [post(OFFICER | REVIEWER, area_bound=True, args=ENACTED, data=fixed(rule="CHG-DL-04", reason="某"))],
    # --- boundaries: applications
    "applications": [Access()],
    "application-new": [
        Access(OFFICER, area_bound=True, query=lambda world: {"division": world.township.pk, "target": "town"}),
        post(OFFICER, area_bound=True, data=lambda world: {"division": world.township.pk, "target": "town"}),
    ],
    "application": [Access(area_bound=True, args=APPLICATION)],
    "application-edit": [
        Access(OFFICER, area_bound=True, args=APPLICATION),
        post(
            OFFICER,
            area_bound=True,
            args=APPLICATION,
            data=fixed(version="1", proposed_name="东岗镇", proposed_type="town"),
        ),
    ],
    "application-step": [
        post(
            OFFICER,
            area_bound=True,
            args=lambda world: {"pk": world.application.pk, "action": "check"},
            data=lambda world: {"version": world.application.version},
        )
    ],
    "application-attach": [
        post(
            OFFICER,
            area_bound=True,
            args=APPLICATION,
            data=lambda world: {
                "version": world.application.version,
                "document_class": world.attachment.document_class,
                "file": world.upload(),
                "title": "材料",
            },
        )
    ],
    "application-detach": [
        post(
            OFFICER,
            area_bound=True,
            args=of(pk="application", attachment="attachment"),
            data=lambda world: {"version": world.application.version},
        )
    ],
    "application-dossier": [Access(area_bound=True, args=APPLICATION)],
    "application-opinion": [Access(area_bound=True, args=APPLICATION)],
    "applications-panel": [Access(args=UNIT)],
    # --- boundaries: taking things away
    "decision-dossier": [Access(area_bound=True, args=of(pk="decision"))],
    "decision-map": [Access(area_bound=True, args=lambda world: {"pk": world.decision.pk, "side": "after", "form": "pdf"})],
    "yearly-changes-page": [Access()],
    "yearly-changes": [Access(args=fixed(year=2026))],
    "township-code-lists": [Access(), post(OFFICER | REVIEWER, whole=True, data=fixed(on="2025-12-31"))],
}
