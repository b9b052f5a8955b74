"""What people found at a marker, taken once however often it is sent. Visits that differ are kept; a person says which counts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.models import JointInspection, MarkerCondition, MarkerOnLine, MarkerVisit
from boundaries.services.field_access import ensure_in_field, lock, side_for
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError
from gis.field import reading
from gis.field.receiving import LONGEST_DEVICE, digest_of_words, key_reused

# 界桩管理办法第六条 names what a marker must be; each is answered yes, no or not looked at.
CHECKS: Final = ("position", "firm", "visible", "legible", "archive")
DONE: Final = ("cleared", "repainted")
LONGEST_NOTES: Final = 4000
LARGEST_ID: Final = 2**63 - 1
MOST_REFERENCES: Final = 30


@dataclass(frozen=True)
class Received:
    """`is_new` False: it was here."""

    visit: MarkerVisit
    is_new: bool


@transaction.atomic
def receive(actor: User, inspection: JointInspection, *, key: uuid.UUID, content: Mapping[str, Any]) -> Received:
    """Takes one visit as the device tells it (see `read`).

    The same key with the same content is the same row. `replaces` names the key of an earlier visit of the same person which this
    one puts right. Raises `ConflictError` (key_reused, inspection_not_in_field) and `InvalidInputError` with the fields named.
    """
    locked = lock(inspection)
    ensure(policies.may_work_in_field(actor, locked))
    digest = digest_of_words(content)
    held = MarkerVisit.objects.filter(key=key).first()
    if held is not None:
        if held.inspection_id != locked.pk or held.digest != digest:
            raise key_reused()
        return Received(held, False)
    ensure_in_field(actor, locked)
    given = read(content)
    marker = given.pop("marker")
    if not MarkerOnLine.objects.filter(line=locked.line_id, marker=marker).exists():
        raise InvalidInputError("marker_not_on_line", _("这个界桩不在本次联检的界线上。"))
    replaced = _replaced(actor, locked, marker, content.get("replaces"))
    side = content.get("side")
    visit = MarkerVisit.objects.create(
        inspection=locked,
        marker_id=marker,
        key=key,
        digest=digest,
        side_id=side_for(actor, locked, side if isinstance(side, int) else None),
        replaces=replaced,
        sent_by=actor,
        **given,
    )
    if replaced is not None and replaced.chosen_at is not None:
        _unchoose(replaced)
    _record(actor, visit, "field.visit", after={"marker": marker, "condition": visit.condition, "key": str(key)})
    return Received(visit, True)


@transaction.atomic
def choose(actor: User, visit: MarkerVisit) -> MarkerVisit:
    """This one counts for the marker; the others stay readable."""
    inspection = lock(visit.inspection_id)
    ensure_in_field(actor, inspection)
    locked = MarkerVisit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    if locked.replaced_by.exists():
        raise ConflictError("visit_replaced", _("这份记录已被本人更改，请选更改后的那份。"))
    if locked.chosen_at is not None:
        return locked
    for other in MarkerVisit.objects.filter(inspection=inspection, marker=locked.marker_id, chosen_at__isnull=False):
        _unchoose(other)
    locked.chosen_at, locked.chosen_by = timezone.now(), actor
    locked.save(update_fields=["chosen_at", "chosen_by"])
    _record(actor, locked, "field.visit_choose", after={"marker": locked.marker_id, "key": str(locked.key)})
    return locked


def read(content: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a `MarkerVisit` from a device's JSON; nothing is taken on trust.

    marker (id), condition (`MarkerCondition`), checks ({of CHECKS: true, false or null}), references ([{"name", "ok", "note"}]),
    done ([of DONE]), notes, position ([longitude, latitude] or null), accuracy_m, device, visited_at (ISO 8601 with a zone).
    """
    wrong: dict[str, list[str]] = {}
    marker, condition = content.get("marker"), content.get("condition")
    if not isinstance(marker, int) or isinstance(marker, bool) or abs(marker) > LARGEST_ID:
        wrong["marker"] = [_("没有说明是哪个界桩")]
    if condition not in MarkerCondition.values:
        wrong["condition"] = [_("请选界桩状况")]
    checks = content.get("checks") or {}
    if not isinstance(checks, dict) or set(checks) - set(CHECKS) or not all(_is_answer(one) for one in checks.values()):
        wrong["checks"] = [_("五项检查的回答读不懂")]
    notes = content.get("notes") or ""
    if not isinstance(notes, str) or len(notes) > LONGEST_NOTES:
        wrong["notes"] = [_("说明请不超过 %(count)d 字") % {"count": LONGEST_NOTES}]
    done = content.get("done") or []
    if not isinstance(done, list) or not all(one in DONE for one in done):
        wrong["done"] = [_("已做的事读不懂")]
    references = _references(content.get("references") or [], wrong)
    position, visited_at = _position(content.get("position"), wrong), _moment(content.get("visited_at"), wrong)
    if wrong:
        raise InvalidInputError("bad_visit", _("界桩检查的内容不完整或读不懂。"), fields=wrong)
    return {
        "marker": marker,
        "condition": condition,
        "checks": {name: checks.get(name) for name in CHECKS},
        "references": references,
        "done": sorted(set(done)),
        "notes": str(notes).replace("\0", "").strip(),
        "position": position,
        "accuracy_m": reading.metres(content.get("accuracy_m")),
        "device": str(content.get("device") or "").replace("\0", "").strip()[:LONGEST_DEVICE],
        "visited_at": visited_at,
    }


def _is_answer(given: Any) -> bool:
    return given is None or isinstance(given, bool)


def _references(given: Any, wrong: dict[str, list[str]]) -> list[dict[str, Any]]:
    if not isinstance(given, list) or len(given) > MOST_REFERENCES or not all(isinstance(one, dict) for one in given):
        wrong["references"] = [_("方位物核对读不懂")]
        return []
    return [
        {
            "name": str(one.get("name") or "").replace("\0", "")[:120],
            "ok": one.get("ok") if one.get("ok") in (True, False) else None,
            "note": str(one.get("note") or "").replace("\0", "")[:300],
        }
        for one in given
    ]


def _position(given: Any, wrong: dict[str, list[str]]) -> Point | None:
    try:
        return reading.position(given)
    except ValueError:
        wrong["position"] = [_("定位读不懂")]
        return None


def _moment(given: Any, wrong: dict[str, list[str]]) -> datetime | None:
    try:
        return reading.moment(given)
    except ValueError:
        wrong["visited_at"] = [_("到访时间读不懂")]
        return None


def _replaced(actor: User, inspection: JointInspection, marker: int, key: Any) -> MarkerVisit | None:
    """The visit that this one puts right; another person's is not replaced but contradicted, and both are kept."""
    if not key:
        return None
    try:
        wanted = uuid.UUID(str(key))
    except ValueError:
        return None
    return MarkerVisit.objects.filter(inspection=inspection, marker=marker, key=wanted, sent_by=actor).first()


def _unchoose(visit: MarkerVisit) -> None:
    visit.chosen_at = visit.chosen_by = None
    visit.save(update_fields=["chosen_at", "chosen_by"])


def _record(actor: User, visit: MarkerVisit, action: str, **details: Any) -> None:
    inspection = visit.inspection
    audit.record(actor=actor, action=action, target=inspection, label=inspection.line.code, area=inspection.lead_id, **details)
