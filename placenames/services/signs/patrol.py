"""What patrols send from their telephones, taken once however often it is sent (docs/decisions/0104)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.photos import read_exif
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.crs import CGCS2000, distance_m
from gis.errors import InvalidInputError, NotFoundError
from gis.field import reading
from gis.field.receiving import LONGEST_DEVICE, digest_of, digest_of_words, kept, key_reused
from gis.files import services as files
from gis.files.models import StoredFile
from placenames import policies
from placenames.models import FindingOutcome, FixOutcome, Sign, SignFinding, SignPhoto, SignWork
from placenames.rules.signs import patrol as rules
from placenames.services.signs import keeping
from placenames.services.signs.areas import areas_of
from placenames.services.signs.registering import Entry, lock
from placenames.signs.lists import seen_by
from placenames.signs.types_in_force import types_in_force

LONGEST_NOTE: Final = 1000
LONGEST_NAME: Final = 120
_LARGEST_ID: Final = 2**63 - 1
# Events that say somebody looked at the sign itself.
_LOOKED: Final = ("sign.found", "sign.worked")


@dataclass(frozen=True)
class Received:
    """`is_new` False: it was here."""

    finding: SignFinding
    is_new: bool


@dataclass(frozen=True)
class ReceivedPhoto:
    """`duplicate`: the same photo of the same finding had come under another key, whose row this is."""

    photo: SignPhoto
    is_new: bool
    duplicate: bool = False


@dataclass(frozen=True)
class Told:
    """A finding as read (`read`). `seen`: up to when the device knew the sign; `propose`: its position is to be the sign's."""

    sign: int | None
    state: str
    name: str
    type: str
    note: str
    position: Point | None
    accuracy_m: float | None
    propose: bool
    seen: datetime | None
    found_at: datetime | None
    device: str


@transaction.atomic
def receive(actor: User, *, key: uuid.UUID, content: Mapping[str, Any]) -> Received:
    """Takes one finding as the device tells it (see `read`).

    What contradicts nobody goes onto the record at once, with a work order for what is damaged or missing; what contradicts another
    person, and signs on no record, wait for the office. Raises `ForbiddenError`, `NotFoundError` (sign_unknown), `ConflictError`
    (key_reused), `InvalidInputError` with the fields named.
    """
    ensure(policies.may_open_patrol(actor))
    lock()
    digest = digest_of_words(content)
    held = SignFinding.objects.filter(key=key).select_related("sign", "work").first()
    if held is not None:
        ensure(policies.may_send_findings(actor, held.area_id))
        if held.digest != digest:
            raise key_reused()
        return Received(held, False)
    told = read(content)
    sign = None if told.sign is None else _sign(actor, told.sign)
    area = sign.area_id if sign is not None else areas_of([Entry(told.type, position=told.position)])[0]
    ensure(policies.may_send_findings(actor, area))
    replaced = _replaced(actor, sign, content.get("replaces"))
    finding = SignFinding.objects.create(
        sign=sign, area_id=area, key=key, digest=digest, state=told.state, name=told.name, type=told.type, note=told.note,
        position=told.position, accuracy_m=told.accuracy_m, distance_m=_distance(sign, told.position),
        fix=FixOutcome.PROPOSED if told.propose and sign is not None else "",
        outcome=FindingOutcome.UNLISTED if sign is None else FindingOutcome.DIFFERS,
        device=told.device, found_at=told.found_at, replaces=replaced, sent_by=actor,
    )  # fmt: skip
    if replaced is not None:
        _retire(replaced)
    if sign is not None and _is_taken(actor, sign, told):
        finding.work = put_on_record(actor, finding)
        finding.outcome = FindingOutcome.TAKEN
        finding.save(update_fields=["work", "outcome"])
    _record(actor, finding, "sign.finding", state=finding.state, outcome=finding.outcome, key=str(key))
    return Received(finding, True)


def put_on_record(actor: User, finding: SignFinding) -> SignWork | None:
    """The sign is written as it was found. The work order that is open for it then, if what was found asks for one."""
    sign = finding.sign
    if sign is None:
        raise InvalidInputError("sign_unlisted", _("这个标志还没有登记。"))
    sent = finding.sent_at
    found_on = None if finding.found_at is None else timezone.localtime(finding.found_at).date()
    day = rules.day_of(finding.found_at, found_on, sent, timezone.localtime(sent).date(), sign.checked_on)
    return keeping.write_state(actor, sign, finding.state, day, finding.note[:300])[1]


@transaction.atomic
def receive_photo(actor: User, *, key: uuid.UUID, finding: uuid.UUID, content: UploadedFile | StoredFile) -> ReceivedPhoto:
    """Takes one photo of the finding with that key. Raises as `receive`, and finding_unknown, and as validators do."""
    ensure(policies.may_open_patrol(actor))
    lock()
    digest = digest_of(content)
    # Not only by who sent the finding: a colleague may send on what is left on a telephone.
    of = SignFinding.objects.filter(key=finding).select_related("sign").first()
    if of is None:
        raise NotFoundError("finding_unknown", _("这张照片所属的巡查记录还没有收到，请先传巡查记录。"))
    ensure(policies.may_send_findings(actor, of.area_id))
    held = SignPhoto.objects.filter(key=key).select_related("file", "finding").first()
    if held is not None:
        if held.finding_id != of.pk or held.file.sha256 != digest:
            raise key_reused()
        return ReceivedPhoto(held, False)
    same = SignPhoto.objects.filter(finding=of, file__sha256=digest).select_related("file", "finding").first()
    if same is not None:
        return ReceivedPhoto(same, False, duplicate=True)
    file = kept(actor, content, keeping.PURPOSE, of.area_id)
    with files.open_file(file) as handle:
        exif = read_exif(handle, timezone.get_default_timezone())
    place = Point(*exif.place, srid=CGCS2000) if exif.place else None
    beside = of.sign.position if of.sign is not None and of.sign.position is not None else of.position
    photo = SignPhoto.objects.create(
        sign=of.sign, finding=of, key=key, file=file, taken_at=exif.taken_at, position=place,
        distance_m=_apart(beside, place), note=of.note[:200], added_by=actor,
    )  # fmt: skip
    _record(actor, of, "sign.photo.add", file=file.name, sha256=digest, key=str(key))
    return ReceivedPhoto(photo, True)


def read(content: Mapping[str, Any]) -> Told:
    """A finding from a device's JSON; nothing is taken on trust.

    sign (id, or null with name, type and position), state (`rules.FINDABLE`), note, position ([longitude, latitude] or null),
    accuracy_m, propose (bool), seen and found_at (ISO 8601 with a zone), device.
    """
    wrong: dict[str, list[str]] = {}
    sign, state = content.get("sign"), content.get("state")
    if sign is not None and (not isinstance(sign, int) or isinstance(sign, bool) or abs(sign) > _LARGEST_ID):
        wrong["sign"] = [_("没有说明是哪个标志")]
    if state not in rules.FINDABLE:
        wrong["state"] = [_("请选择完好、损坏或缺失。")]
    texts = {name: content.get(name) or "" for name in ("name", "type", "note", "device")}
    for name, limit in (("name", LONGEST_NAME), ("type", 40), ("note", LONGEST_NOTE)):
        if not isinstance(texts[name], str) or len(texts[name]) > limit:
            wrong[name] = [_("不超过 %(limit)s 字。") % {"limit": limit}]
    position = _of("position", reading.position, content, wrong, _("定位读不懂"))
    found_at = _of("found_at", reading.moment, content, wrong, _("巡查时间读不懂"))
    seen = _of("seen", reading.moment, content, wrong, _("没有说明手机上的资料是何时的"))
    if sign is not None and seen is None and "seen" not in wrong:
        wrong["seen"] = [_("没有说明手机上的资料是何时的")]
    if sign is None and not wrong:
        if position is None:
            wrong["position"] = [_("未登记的标志要有定位。")]
        if texts["type"] not in types_in_force().types:
            wrong["type"] = [_("请选择标志类型。")]
    if wrong:
        raise InvalidInputError("bad_finding", _("巡查的内容不完整或读不懂。"), fields=wrong)
    clean = {name: str(text).replace("\0", "").strip() for name, text in texts.items()}
    return Told(
        sign=sign, state=str(state), name=clean["name"] if sign is None else "", type=clean["type"] if sign is None else "",
        note=clean["note"], position=position, accuracy_m=_accuracy(content.get("accuracy_m")),
        propose=content.get("propose") is True and position is not None, seen=seen, found_at=found_at,
        device=clean["device"][:LONGEST_DEVICE],
    )  # fmt: skip


def _of(name: str, reader: Any, content: Mapping[str, Any], wrong: dict[str, list[str]], words: str) -> Any:
    try:
        return reader(content.get(name))
    except ValueError:
        wrong[name] = [words]
        return None


def _accuracy(given: Any) -> float | None:
    found = reading.metres(given)
    return found if found is not None and 0 <= found < 1e7 else None


def _sign(actor: User, pk: int) -> Sign:
    """One that the person may see: what names a secret place is not there for others."""
    found = seen_by(actor, timezone.localdate()).filter(pk=pk).first()
    if found is None:
        raise NotFoundError("sign_unknown", _("登记中没有这个标志。"))
    return found


def _is_taken(actor: User, sign: Sign, told: Told) -> bool:
    events = sign.events.order_by("at", "pk").values_list("document__state", "at", "source__recorded_by", "action")
    since = [rules.Written(state, at, by, action in _LOOKED) for state, at, by, action in events]
    return rules.is_taken(told.state, actor.pk, told.seen or sign.changed_at, sign.state, since)


def _replaced(actor: User, sign: Sign | None, key: Any) -> SignFinding | None:
    """The finding that this one puts right; another person's is not replaced but contradicted."""
    try:
        wanted = uuid.UUID(str(key)) if key else None
    except ValueError:
        wanted = None
    return None if wanted is None else SignFinding.objects.filter(key=wanted, sent_by=actor, sign=sign).first()


def _retire(finding: SignFinding) -> None:
    if finding.fix == FixOutcome.PROPOSED:
        finding.fix = ""
    if finding.outcome in (FindingOutcome.TAKEN, FindingOutcome.DIFFERS, FindingOutcome.UNLISTED):
        finding.outcome = FindingOutcome.REPLACED
    finding.save(update_fields=["fix", "outcome"])


def _distance(sign: Sign | None, position: Point | None) -> float | None:
    return None if sign is None else _apart(sign.position, position)


def _apart(first: Point | None, second: Point | None) -> float | None:
    """Metres on the ellipsoid, None where either is not known."""
    if first is None or second is None:
        return None
    return round(distance_m((first.x, first.y), (second.x, second.y))[0], 1)


def _record(actor: User, finding: SignFinding, action: str, **after: Any) -> None:
    target, label = (finding.sign, finding.sign.code) if finding.sign is not None else (finding, finding.name)
    audit.record(actor=actor, action=action, target=target, label=label, area=finding.area_id, after=after)
