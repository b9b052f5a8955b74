"""The addresses of signs, for the table of test_access_walk, and what they are about."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile

from gis.accounts.models import Duty
from gis.crs import CGCS2000
from placenames.services.signs import editions, keeping, patrol, works
from placenames.services.signs.registering import Entry, enter
from tests.boundaries.field.world import photo
from tests.gis.access_table import Access, fixed, of, post

OFFICER = frozenset({Duty.PLACE_NAME_OFFICER})
PATROL = frozenset({Duty.PLACE_NAME_OFFICER, Duty.FIELD_INSPECTOR})
LOADERS = frozenset({Duty.PLACE_NAME_OFFICER, Duty.ADMINISTRATOR})
SIGN = of(pk="sign")


def of_signs(there: Any) -> dict[str, Any]:
    """A sign of the eastern township with work, a photo and a report; the register there is declared complete."""
    officer = there.people[Duty.PLACE_NAME_OFFICER, "east"]
    spot = Point(114.05, 33.05, srid=CGCS2000)
    sign = enter(officer, Entry("township", division=there.township.pk, position=spot))
    told = {
        "sign": sign.pk,
        "state": "standing",
        "seen": sign.changed_at.isoformat(),
        "position": [114.0501, 33.05],
        "propose": True,
    }
    finding = patrol.receive(officer, key=uuid4(), content=told).finding
    return {
        "sign": sign,
        "sign_finding": finding,
        "sign_finding_picture": patrol.receive_photo(
            officer, key=uuid4(), finding=finding.key, content=SimpleUploadedFile("查.jpg", photo(color="black"))
        ).photo,
        "sign_work": works.open_order(officer, sign, works.Order("repair", "破损")),
        "sign_picture": keeping.add_photo(officer, sign, SimpleUploadedFile("牌.jpg", photo(color="green"))),
        "sign_report": keeping.report(sign, what="other", text="看不清", contact="", sender="1"),
        "sign_ledger": editions.declare_ledger(officer, there.township.pk, date(2026, 1, 1), "普查"),
    }


def _entry(world: Any) -> dict[str, Any]:
    return {"name": "", "type": "street", "state": "standing", "lon": "114.06", "lat": "33.06"}


def _finding(world: Any) -> dict[str, Any]:
    return {"key": str(uuid4()), "sign": world.sign.pk, "state": "damaged", "seen": world.sign.changed_at.isoformat()}


def _finding_photo(world: Any) -> dict[str, Any]:
    content = SimpleUploadedFile("巡.jpg", photo(color="blue"))
    return {"key": str(uuid4()), "finding": str(world.sign_finding.key), "file": content}


def _beat(world: Any) -> dict[str, Any]:
    return {"area": f"d{world.township.pk}"}


TABLE: dict[str, list[Access]] = {
    "signs": [Access()],
    "sign": [Access(args=SIGN)],
    "sign-names": [Access(query=fixed(q="东"))],
    "signs-export": [Access(args=fixed(form="xlsx"))],
    "signs-production": [Access(args=fixed(form="xlsx"))],
    "sign-drawing": [Access(args=lambda world: {"pk": world.sign.pk, "form": "svg"})],
    "sign-code": [Access(args=SIGN)],
    "sign-new": [Access(OFFICER), post(OFFICER, area_bound=True, data=_entry)],
    "sign-edit": [
        Access(OFFICER, area_bound=True, args=SIGN),
        post(OFFICER, area_bound=True, args=SIGN, data=lambda world: {**_entry(world), "reason": "改"}),
    ],
    "sign-found": [post(PATROL, area_bound=True, args=SIGN, data=fixed(state="standing"))],
    "sign-photo": [post(PATROL, area_bound=True, args=SIGN)],
    "sign-photo-remove": [post(OFFICER, area_bound=True, args=of(pk="sign", photo="sign_picture"))],
    "sign-work-open": [post(OFFICER, area_bound=True, args=SIGN, data=fixed(kind="reletter", reason="改"))],
    "sign-work-move": [post(OFFICER, area_bound=True, args=of(pk="sign_work"), data=fixed(to="making"))],
    "sign-works": [Access()],
    "sign-reports": [Access(OFFICER)],
    "sign-report-handle": [post(OFFICER, area_bound=True, args=of(pk="sign_report"), data=fixed(accept="1"))],
    "sign-gaps": [Access(query=fixed(under="419901"))],
    "sign-gaps-export": [Access(args=fixed(form="gpx"), query=fixed(under="419901"))],
    "sign-gaps-plan": [post(OFFICER, area_bound=True, data=fixed(under="419901"))],
    "sign-patrol": [Access(PATROL)],
    "sign-patrol-manifest": [Access(public=True)],
    "sign-patrol-worker": [Access(public=True)],
    "sign-patrol-area": [Access(PATROL, area_bound=True, args=_beat)],
    "sign-patrol-about": [Access(PATROL, area_bound=True, args=_beat)],
    "sign-patrol-standing": [Access(PATROL, area_bound=True, args=_beat)],
    "sign-findings": [Access()],
    "sign-finding-new": [post(PATROL, area_bound=True, data=_finding, json=True)],
    "sign-finding-photo": [post(PATROL, area_bound=True, data=_finding_photo)],
    "sign-finding-picture": [Access(args=of(pk="sign_finding_picture"))],
    "sign-finding-step": [post(OFFICER, area_bound=True, args=lambda world: {"pk": world.sign_finding.pk, "step": "fix"})],
    "sign-types": [Access(), post(LOADERS, whole=True)],
    "sign-ledger": [post(OFFICER, area_bound=True, data=fixed(under="419901", since="2026-01-01", basis="普查"))],
    "sign-ledger-end": [post(OFFICER, area_bound=True, args=of(pk="sign_ledger"), data=fixed(reason="有缺"))],
    "sign-public": [
        Access(public=True, args=lambda world: {"token": world.sign.token}),
        post(public=True, args=lambda world: {"token": world.sign.token}),
    ],
}
